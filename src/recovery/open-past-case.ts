import { type Context, connectionOf } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { isRecoverable } from '../domain/case-rules.js'
import { stripeRefusal } from '../stripe/client.js'
import { fetchInvoice } from '../stripe/fetch-invoice.js'
import { advanceCase } from './advance-case.js'
import type { Truth } from './ask-stripe.js'
import { withEarlier } from './earlier-events.js'
import { isForgotten } from './forgotten.js'
import { lockIds } from './lock-ids.js'
import { openCase } from './open-case.js'
import { planCampaign } from './plan-campaign.js'
import { takeStripeCall } from './take-stripe-call.js'

/** An invoice that failed before we heard of it, and that no event will tell us of. */
export interface PastInvoice {
  readonly workspaceId: string
  readonly connectionId: string
  readonly invoiceId: string
  /** Its first failure. */
  readonly failedAt: Date
  /** When the owner wanted a case of it: from then on the first mail has its five minutes. */
  readonly wantedAt: Date
}

/** Why no case was opened, or that one was. */
export type PastOutcome =
  | 'opened'
  | 'has_case'
  /** Paid, voided or given up meanwhile. */
  | 'settled'
  | 'no_renewal'
  /** Its subscription has ended: there is nothing to renew. */
  | 'ended'
  | 'forgotten'
  | 'disconnected'
  /** Stripe no longer has it. */
  | 'gone'

/** Calls a second that this may take: the owner waits for it, and a few are left to what customers wait for. */
const CALLS_A_SECOND = { test: 16, live: 40 }
const LONGEST_WAIT_MS = 20_000

/**
 * Asks Stripe for the invoice as it is now.
 *
 * @returns `gone`: Stripe no longer has it; `null`: it did not answer, ask again later
 */
export async function lookAtPast(context: Context, past: PastInvoice): Promise<Truth | 'gone' | null> {
  const { connectionId, invoiceId, workspaceId } = past
  try {
    const connection = await connectionOf(context, workspaceId, connectionId)
    const budget = { limit: CALLS_A_SECOND[connection.mode], withinMs: LONGEST_WAIT_MS }
    if (!(await takeStripeCall(context, connectionId, budget))) return null
    const asOf = context.now()
    const { capabilities } = connection
    return { ...(await fetchInvoice(context.stripe(connection), invoiceId, { asOf, capabilities })), asOf }
  } catch (error) {
    const refusal = stripeRefusal(error)
    if (refusal === 'not_found') return 'gone'
    if (refusal === null) throw error
    context.log.warn({ err: error, workspaceId, invoiceId, refusal }, 'Stripe did not give an invoice of the past')
    return null
  }
}

/**
 * Opens a case of an invoice of the past, as Stripe has it now, and plans its campaign from now on. Running it twice
 * opens one.
 *
 * @returns `null`: Stripe did not answer, try again later
 */
export async function openPastCase(context: Context, past: PastInvoice): Promise<PastOutcome | null> {
  const truth = await lookAtPast(context, past)
  if (truth === null || truth === 'gone') return truth
  return context.db.transaction(async (trx) => {
    await lockPast(trx, past.workspaceId, [truth])
    return openFromTruth(context, trx, past, truth)
  })
}

/** Before any row is locked. */
export function lockPast(trx: Db, workspaceId: string, truths: readonly Truth[]): Promise<void> {
  const ids = truths.flatMap(({ facts }) => [
    facts.invoiceId,
    facts.subscriptionId,
    facts.customer.id ?? facts.customer.account,
    ...facts.paymentIds,
  ])
  return lockIds(
    trx,
    workspaceId,
    ids.filter((id) => id !== null),
  )
}

/** The same within a transaction whose caller has locked what `lockPast` locks. */
export async function openFromTruth(
  context: Context,
  trx: Db,
  { connectionId, failedAt, invoiceId, wantedAt, workspaceId }: PastInvoice,
  truth: Truth,
): Promise<PastOutcome> {
  const { facts, subscription } = truth
  const known = await RecoveryCase.query(trx).findOne({ workspace_id: workspaceId, stripe_invoice_id: invoiceId })
  if (known) return 'has_case'
  if (facts.status !== 'open') return 'settled'
  if (!isRecoverable(facts).opens) return 'no_renewal'
  if (subscription?.endedAt) return 'ended'
  if (await isForgotten(trx, workspaceId, facts.customer.id ?? facts.customer.account)) return 'forgotten'
  const current = await StripeConnection.query(trx)
    .findOne({ workspace_id: workspaceId, id: connectionId, replaced_at: null })
    .forShare()
    .select('id')
  if (!current) return 'disconnected'

  const origin = { workspaceId, connectionId, failedAt, receivedAt: wantedAt }
  const opened = await openCase(context, trx, { ...origin, told: { kind: 'found_in_past', detail: {} } }, facts)
  const news = await withEarlier(trx, opened, { events: [], truth }, { isOpening: true })
  const advanced = await advanceCase(context, trx, opened, news, 'answered')
  if (!advanced.outcome) await planCampaign(context, trx, advanced)
  return 'opened'
}
