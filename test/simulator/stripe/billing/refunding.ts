import type Stripe from 'stripe'
import { money } from '../../money.js'
import type { Account } from '../account.js'
import type { SimulatedCharge } from '../objects/charge.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { buildRefund, type SimulatedRefund } from '../objects/refund.js'
import { update } from '../objects/wire.js'
import { Refusal } from './refusal.js'

export interface RefundRequest {
  /** Minor units; all that is left when absent. */
  readonly amount?: number | undefined
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | undefined
  readonly metadata?: Stripe.Metadata | undefined
}

/** Why a refund fails, as far as Stripe knows. Source: the SDK's type of `failure_reason` */
export type RefundFailure =
  | 'charge_for_pending_refund_disputed'
  | 'declined'
  | 'expired_or_canceled_card'
  | 'insufficient_funds'
  | 'lost_or_stolen_card'
  | 'merchant_request'
  | 'unknown'

/** Refunds what was charged for an invoice: the newest charge first where parts were paid. Gives a refund per charge. */
export function refundInvoice(account: Account, invoice: SimulatedInvoice, request: RefundRequest): SimulatedRefund[] {
  const charges = account.store.successfulChargesOf(invoice.id)
  const [newest] = charges
  if (!newest) throw new Refusal('This invoice does not have a successful charge to refund.')
  const open = charges.filter((charge) => refundable(charge) > 0)
  if (open.length < 2) return [refundCharge(account, open[0] ?? newest, request)]

  const total = open.reduce((sum, charge) => sum + refundable(charge), 0)
  let left = request.amount ?? total
  if (left > total) throw tooMuch(left, total, invoice.currency)
  const refunds: SimulatedRefund[] = []
  for (const charge of open) {
    const amount = Math.min(left, refundable(charge))
    if (amount === 0) break
    refunds.push(refundCharge(account, charge, { ...request, amount }))
    left -= amount
  }
  return refunds
}

/** All or a part of one charge goes back to its card. The events are those since 2024-10-28.acacia. */
export function refundCharge(account: Account, charge: SimulatedCharge, request: RefundRequest): SimulatedRefund {
  const { clock, events, ids, store } = account
  const { amount = refundable(charge), metadata = {}, reason = null } = request
  requireRefundable(account, charge, amount)
  const refund = store.refunds.add(
    buildRefund({ id: ids.next('re', charge.id), created: clock.seconds(), charge, amount, reason, metadata }),
  )
  events.emit('refund.created', refund)
  events.emit('charge.refunded', charge, count(charge, amount))
  const reference = { reference: ids.next('arn', refund.id, 23).slice(4), reference_status: 'available' }
  const card = { ...refund.destination_details!.card!, ...reference }
  report(account, refund, update(refund, { destination_details: { card, type: 'card' } }))
  return refund
}

/** The bank sends the money back to the account: the charge counts as unrefunded again by as much. */
export function failRefund(account: Account, refund: SimulatedRefund, reason: RefundFailure): void {
  if (refund.status !== 'succeeded') throw new Refusal(`Refund ${refund.id} has already ${refund.status}.`)
  count(account.store.charges.require(refund.charge), -refund.amount)
  report(account, refund, { ...update(refund, { failure_reason: reason, status: 'failed' }), failure_reason: null })
  account.events.emit('refund.failed', refund)
}

/** Minor units. */
export function refundable(charge: SimulatedCharge): number {
  return charge.amount_captured - charge.amount_refunded
}

function requireRefundable(account: Account, charge: SimulatedCharge, amount: number): void {
  if (charge.status !== 'succeeded') throw new Refusal(`Charge ${charge.id} failed and cannot be refunded.`)
  if (account.store.disputes.of(charge.id).some(({ status }) => status !== 'won')) {
    throw new Refusal(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  }
  if (refundable(charge) === 0) {
    throw new Refusal(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (amount < 1) throw new Refusal('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount > refundable(charge)) throw tooMuch(amount, refundable(charge), charge.currency)
}

function tooMuch(amount: number, left: number, currency: string): Refusal {
  const [wanted, possible] = [money(amount, currency), money(left, currency)]
  const words = `Refund amount (${wanted}) is greater than unrefunded amount on charge (${possible})`
  return new Refusal(words, { param: 'amount' })
}

function count(charge: SimulatedCharge, amount: number): Partial<SimulatedCharge> {
  const refunded = charge.amount_refunded + amount
  return update(charge, { amount_refunded: refunded, refunded: refunded === charge.amount_captured })
}

function report(account: Account, refund: SimulatedRefund, previous: object): void {
  account.events.emit('refund.updated', refund, previous)
  account.events.emit('charge.refund.updated', refund, previous)
}
