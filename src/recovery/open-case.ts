import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { openCase as openState } from '../domain/case.js'
import { PermanentError } from '../errors.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import { detailsOf, failureOf } from './advance-case.js'
import { columnsOf } from './case-state.js'
import { addEntry, type TimelineEntry } from './timeline.js'

/** Where a case comes from. */
export interface CaseOrigin {
  readonly workspaceId: string
  readonly connectionId: string
  /** At Stripe. */
  readonly failedAt: Date
  /** When we learned of it. */
  readonly receivedAt: Date
  /** The first line of its timeline. */
  readonly told: TimelineEntry
}

/** Writes the case of an invoice's first failure, with its recovery link. The caller holds the invoice's lock. */
export async function openCase(
  context: Context,
  trx: Db,
  { connectionId, failedAt, receivedAt, told, workspaceId }: CaseOrigin,
  facts: InvoiceFacts,
): Promise<RecoveryCase> {
  if (!facts.subscriptionId) throw new PermanentError('This invoice belongs to no subscription')
  const state = openState(failureOf(facts, failedAt))
  const token = newToken()
  const recoveryCase = await RecoveryCase.query(trx)
    .insert({
      decline_class: 'unknown',
      ...detailsOf(facts),
      workspace_id: workspaceId,
      connection_id: connectionId,
      stripe_invoice_id: facts.invoiceId,
      stripe_subscription_id: facts.subscriptionId,
      currency: facts.currency,
      ...columnsOf(state),
      received_at: receivedAt,
      opened_at: context.now(),
      campaign_at: context.now(),
      link_token_hash: hashToken(token),
      link_token_sealed: context.cipher.seal(token, linkPlace(workspaceId)),
    })
    .returning('*')
  await addEntry(trx, recoveryCase, told, { at: receivedAt })
  return recoveryCase
}

/** Where the encrypted copy of a recovery link's token belongs. */
export const linkPlace = (workspaceId: string) => ({ workspaceId, field: 'recovery_cases.link_token' })
