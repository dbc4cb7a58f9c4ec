import { type Context, connectionOf } from '../context.js'
import { CardPayment, type CardPaymentResult } from '../db/models/card-payment.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { type CardOnFile, chargedCard, newCardOf } from '../domain/new-card.js'
import { stripeRefusal } from '../stripe/client.js'
import { fetchCards } from '../stripe/fetch-cards.js'
import { readHints } from './card-hints.js'
import { latestPayment, planPayment } from './card-payments.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { claimPayment, payInvoice } from './pay-invoice.js'
import { addEntry } from './timeline.js'
import { lacks } from './why-withheld.js'

/** An owner's wish to have an invoice charged now. A click that is sent twice has the same request id. */
export interface RetryRequest extends OwnersCase {
  readonly requestId: string
}

/**
 * What came of it; `no_answer`: Stripe never said. `under_way`: a payment of this invoice is being made, and comes to its
 * end by itself. `unreachable`: Stripe was not asked to pay. `unknown`: the workspace has no such case.
 */
export type RetriedPayment =
  | { readonly kind: 'declined'; readonly code: string | null }
  | { readonly kind: Exclude<CardPaymentResult, 'declined' | 'unknown'> | 'no_answer' }
  | { readonly kind: 'under_way' | 'no_card' | 'closed' | 'unreachable' | 'unknown' }

/**
 * Pays an open invoice now because the owner wants it, whatever the switch says and what was tried before: with the
 * customer's new card, or else with the one that Stripe would charge. Running it twice with one request id pays once.
 */
export async function retryPayment(context: Context, request: RetryRequest): Promise<RetriedPayment> {
  const { workspaceId, caseId, requestId } = request
  const recoveryCase = await RecoveryCase.query(context.db).findOne({ workspace_id: workspaceId, id: caseId })
  if (!recoveryCase) return { kind: 'unknown' }
  const ofRequest = { workspace_id: workspaceId, case_id: caseId, occasion: `retry ${requestId}` }
  const known = await CardPayment.query(context.db).findOne(ofRequest)
  if (!known) {
    const refused = await planRetry(context, request, recoveryCase, ofRequest.occasion)
    if (refused) return refused
  }
  const { id } = known ?? (await CardPayment.query(context.db).findOne(ofRequest).throwIfNotFound())
  const claimed = await claimPayment(context, { workspace_id: workspaceId, id })
  if (claimed) await payInvoice(context, claimed)
  return outcomeOf(await CardPayment.query(context.db).findById(id).throwIfNotFound())
}

async function planRetry(
  context: Context,
  request: RetryRequest,
  recoveryCase: RecoveryCase,
  occasion: string,
): Promise<RetriedPayment | null> {
  if (recoveryCase.outcome) return { kind: 'closed' }
  const connection = await connectionOf(context, recoveryCase.workspace_id, recoveryCase.connection_id)
  if (lacks(connection, 'rak_invoice_write')) return { kind: 'not_allowed' }
  const card = await cardToCharge(context, recoveryCase)
  if (!card || 'kind' in card) return card ?? { kind: 'no_card' }

  return context.db.transaction(async (trx) => {
    const locked = await lockCase(trx, request)
    if (!locked || locked.outcome) return { kind: locked ? 'closed' : 'unknown' }
    const latest = await latestPayment(trx, locked)
    // The other half of a double click.
    if (latest?.occasion === occasion) return null
    if (!(await planPayment(context, trx, locked, { card, occasion }))) return { kind: 'under_way' }
    const entry = { kind: 'payment_retried', detail: { by: request.ownerId } } as const
    await addEntry(trx, locked, entry, { at: context.now(), key: request.requestId })
    return null
  })
}

async function cardToCharge(
  context: Context,
  recoveryCase: RecoveryCase,
): Promise<CardOnFile | { kind: 'not_allowed' | 'unreachable' } | null> {
  const { workspace_id, connection_id, stripe_invoice_id, failed_at } = recoveryCase
  const connection = await connectionOf(context, workspace_id, connection_id)
  const hints = await readHints(context.db, recoveryCase)
  try {
    const { capabilities } = connection
    const { cards } = await fetchCards(context.stripe(connection), stripe_invoice_id, {
      capabilities,
      wantsFaces: true,
    })
    return newCardOf(cards, hints, failed_at)?.card ?? chargedCard(cards)
  } catch (error) {
    const refusal = stripeRefusal(error)
    if (refusal === null) throw error
    return { kind: refusal === 'permission_missing' || refusal === 'key_rejected' ? 'not_allowed' : 'unreachable' }
  }
}

function outcomeOf({ result, reason }: CardPayment): RetriedPayment {
  switch (result) {
    case null:
      return { kind: 'under_way' }
    case 'declined':
      return { kind: 'declined', code: reason }
    case 'unknown':
      return { kind: 'no_answer' }
    default:
      return { kind: result }
  }
}
