import type { Db } from '../db/knex.js'
import { CardPayment, type CardPaymentResult } from '../db/models/card-payment.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'

/** The latest payment that we made for a case, or would have made, with a card that Stripe confirmed. */
export interface LastPayment {
  /** `null`: it is planned or under way. */
  readonly result: CardPaymentResult | null
  readonly reason: string | null
  /** A charge failed since. */
  readonly failedSince: boolean
}

/** By case. A case without one is not in it. */
export async function lastPayments(
  db: Db,
  cases: readonly Pick<RecoveryCase, 'id'>[],
): Promise<ReadonlyMap<string, LastPayment>> {
  if (cases.length === 0) return new Map()
  const { rows } = await db.raw<{ rows: (LastPayment & { case_id: string })[] }>(
    `select distinct on (payment.case_id) payment.case_id, payment.result, payment.reason, exists (
       select from case_entries entry
       where entry.workspace_id = payment.workspace_id and entry.case_id = payment.case_id
         and entry.kind in ('charge_failed', 'action_required')
         and entry.at > coalesce(payment.answered_at, payment.planned_at)
     ) as "failedSince"
     from card_payments payment
     where payment.case_id = any(?)
     order by payment.case_id, payment.id desc`,
    [cases.map(({ id }) => id)],
  )
  return new Map(rows.map(({ case_id, ...payment }) => [case_id, payment]))
}

/** The customer has done their part, and nothing that failed later speaks against it. */
const WAITING: ReadonlySet<CardPaymentResult | null> = new Set([null, 'paid', 'already_paid'] as const)

/**
 * Those of the cases whose customer has another card that was not yet tried in vain: our payment with it is planned,
 * under way or done, or we may not pay and Stripe's next attempt or the owner will. Nobody is reminded meanwhile.
 */
export async function waitingForCharge(
  db: Db,
  cases: readonly Pick<RecoveryCase, 'id' | 'pinned_at'>[],
): Promise<Set<string>> {
  const payments = await lastPayments(db, cases)
  const isWaiting = ({ id, pinned_at }: Pick<RecoveryCase, 'id' | 'pinned_at'>) => {
    const last = payments.get(id)
    if (!last || WAITING.has(last.result)) return last !== undefined
    // What failed since was the debit, or Stripe's own attempt with the new card, unless the old one is still charged.
    if (last.result === 'processing') return !last.failedSince
    return last.result === 'not_allowed' && (!last.failedSince || pinned_at !== null)
  }
  return new Set(cases.filter(isWaiting).map(({ id }) => id))
}

/** Whether the bank wanted the customer when we paid last: the link then leads to the hosted invoice. */
export async function needsConfirmation(db: Db, { workspace_id, id }: RecoveryCase): Promise<boolean> {
  const last = await CardPayment.query(db).where({ workspace_id, case_id: id }).orderBy('id', 'desc').first()
  return last?.result === 'authentication'
}
