import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { lookAtCards } from './look-at-cards.js'
import { claimPayment, payInvoice } from './pay-invoice.js'

/** One case is in one worker's hands for this long. */
const LEASE_MS = 60_000

export interface Settled {
  /** Stripe is to be asked how an invoice stands now. */
  readonly enrich: boolean
}

/**
 * Looks at the cards of the cases whose time has come, pays the invoices of those that have a new one, and changes the
 * subscriptions that keep the old one. Safe to run twice and beside another worker; one call to Stripe at a time, so
 * that a workspace stays far below Stripe's limits.
 */
export async function settleCards(context: Context, { workspaceId }: { workspaceId: string }): Promise<Settled> {
  return settle(context, { workspace_id: workspaceId })
}

/** The same for one case, which a customer is waiting for. */
export async function settleCase(context: Context, { workspace_id, id }: RecoveryCase): Promise<Settled> {
  return settle(context, { workspace_id, id })
}

interface Scope {
  readonly workspace_id: string
  readonly id?: string
}

async function settle(context: Context, scope: Scope): Promise<Settled> {
  let enrich = false
  while (!context.stopping.aborted) {
    const looked = await claimLook(context, scope)
    if (looked) await lookAtCards(context, looked)
    const { workspace_id, id } = looked ?? scope
    const payment = await claimPayment(context, { workspace_id, ...(id && { case_id: id }) })
    if (payment) await payInvoice(context, payment)
    if (!looked && !payment) break
    enrich ||= payment !== null
  }
  return { enrich }
}

/** Moves the due time on before anybody asks: a worker that dies has lost nothing, and no two ask at once. */
async function claimLook({ db, now }: Context, scope: Scope): Promise<RecoveryCase | null> {
  return db.transaction(async (trx) => {
    const due = await RecoveryCase.query(trx)
      .where(scope)
      .where('card_check_at', '<=', now())
      .orderBy('card_check_at')
      .forUpdate()
      .skipLocked()
      .first()
    if (!due) return null
    return due.$query(trx).patchAndFetch({ card_check_at: new Date(now().getTime() + LEASE_MS) })
  })
}
