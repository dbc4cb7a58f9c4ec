import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CardPayment } from '../db/models/card-payment.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import type { CardOnFile } from '../domain/new-card.js'
import { hashToken } from '../secrets/tokens.js'
import type { WithheldReason } from './timeline.js'

/** The occasion of payments that follow from a changed card; an owner's has the id of the request. */
export const CARD_CHANGED = 'card_changed'

interface Plan {
  readonly card: CardOnFile
  readonly occasion: string
  /** Why we may not pay; then it is only written down that we would have. */
  readonly withheld?: WithheldReason | null
}

/**
 * Plans to pay a case's invoice with a card, once per invoice, card and occasion: due at once. The caller has locked the
 * case.
 *
 * @returns whether it is; not when it was planned before, or another payment of this invoice is under way
 */
export async function planPayment(
  { now }: Context,
  trx: Db,
  { workspace_id, id, stripe_invoice_id }: RecoveryCase,
  { card, occasion, withheld = null }: Plan,
): Promise<boolean> {
  const face = faceHash(card)
  // Said the same way again after a database was restored: Stripe still knows the key.
  const name = hashToken([stripe_invoice_id, card.id, face, occasion].join(' '))
  const planned = await CardPayment.query(trx)
    .insert({
      workspace_id,
      case_id: id,
      payment_method_id: card.id,
      card: face,
      occasion,
      idempotency_key: `secondloop-pay-${name}`,
      planned_at: now(),
      ...(withheld
        ? { lease_until: null, answered_at: now(), result: 'not_allowed', reason: withheld }
        : { lease_until: now() }),
    })
    .onConflict()
    .ignore()
    .returning('id')
  return planned.id !== undefined
}

/** The same card with another number or date is another card. No number is kept for it. */
export const faceHash = ({ id, face }: CardOnFile) => hashToken(`${id} ${face ?? ''}`).slice(0, 32)

export async function latestPayment(
  db: Db,
  { workspace_id, id }: Pick<RecoveryCase, 'workspace_id' | 'id'>,
): Promise<CardPayment | undefined> {
  return CardPayment.query(db).where({ workspace_id, case_id: id }).orderBy('id', 'desc').first()
}
