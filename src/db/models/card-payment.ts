import { Row } from './row.js'

/**
 * What became of a payment.
 *
 * - `paid`, `processing` (a bank debit that takes days), `authentication` (the bank wants the customer), `declined`:
 *   Stripe's answer
 * - `not_allowed`: the owner or the key does not let us pay, so that Stripe's next attempt or the owner has to
 * - `already_paid`, `gone` (the invoice, the card or the case is no more): there was nothing to pay
 * - `unknown`: Stripe never answered within the time in which a call can be repeated safely
 */
export type CardPaymentResult =
  | 'paid'
  | 'processing'
  | 'authentication'
  | 'declined'
  | 'not_allowed'
  | 'already_paid'
  | 'gone'
  | 'unknown'

/** One payment of a case's invoice with one card that we make, made, or would have made. */
export class CardPayment extends Row {
  static override tableName = 'card_payments'
  /** Later ones have higher ids. */
  declare id: number
  declare workspace_id: string
  declare case_id: string
  declare payment_method_id: string
  /** A hash of number and date: a renewed card is another one under the same id. */
  declare card: string
  /** `card_changed`, or the id of the owner's request. */
  declare occasion: string
  declare idempotency_key: string
  declare planned_at: Date
  /** Until then it is in somebody's hands, or waits to be tried again; `null`: it is over. */
  declare lease_until: Date | null
  declare tries: number
  declare first_tried_at: Date | null
  declare answered_at: Date | null
  declare result: CardPaymentResult | null
  /** Stripe's code, or ours. */
  declare reason: string | null
}
