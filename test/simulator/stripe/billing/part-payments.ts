import { money } from '../../money.js'
import type { Account } from '../account.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { buildInvoicePayment } from '../objects/invoice-payment.js'
import { buildPaymentIntent } from '../objects/payment-intent.js'
import { type ChargeResult, chargePayment } from './charging.js'
import { Refusal } from './refusal.js'
import { cancelPayment } from './settling.js'

/**
 * The owner charges a part of what remains, by a payment intent of its own beside the default one. A part that is
 * declined leaves nothing behind. Source: docs.stripe.com/invoicing/partial-payments
 */
export function payPart(
  account: Account,
  invoice: SimulatedInvoice,
  amount: number,
  paymentMethod: string,
): ChargeResult {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw new Refusal(`A part can only be paid of an open invoice. This one is ${invoice.status}.`)
  }
  if (amount < 1 || amount > invoice.amount_remaining) {
    const remaining = money(invoice.amount_remaining, invoice.currency)
    throw new Refusal(`A part must be at most what remains of the invoice (${remaining}).`, { param: 'amount' })
  }
  const { clock, events, ids, store } = account
  const created = clock.seconds()
  const intent = store.paymentIntents.add(
    buildPaymentIntent({ id: ids.next('pi', invoice.id), created, invoice, amount, description: null }),
  )
  const payment = store.addPayment(
    buildInvoicePayment({
      id: ids.next('inpay', invoice.id),
      created,
      invoice,
      amount,
      isDefault: false,
      payment: { payment_intent: intent.id, type: 'payment_intent' },
    }),
  )
  events.emit('payment_intent.created', intent)
  const result = chargePayment(account, invoice, payment, { paymentMethod, onSession: false })
  if (result.outcome !== 'paid') cancelPayment(account, payment, 'automatic')
  return result
}
