import type Stripe from 'stripe'
import type { Account } from '../account.js'
import { buildInvoice, type SimulatedInvoice } from '../objects/invoice.js'
import { buildInvoicePayment } from '../objects/invoice-payment.js'
import { buildPaymentIntent } from '../objects/payment-intent.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { periodEnd } from './periods.js'
import { Refusal } from './refusal.js'
import { settleInvoice } from './settling.js'

export interface WantedInvoice {
  readonly billingReason: Stripe.Invoice.BillingReason
  /** Minor units, instead of the plan's price. */
  readonly amount?: number | undefined
}

/** A period begins now: its invoice is drawn, still a draft, and the subscription moves on to that period. */
export function drawInvoice(
  account: Account,
  subscription: SimulatedSubscription,
  { amount, billingReason }: WantedInvoice,
): SimulatedInvoice {
  const { clock, events, ids, store } = account
  const now = clock.seconds()
  const item = subscription.items.data[0]!
  const end = periodEnd(item.price, now, subscription.billing_cycle_anchor)
  const id = ids.next('in', subscription.id)
  const invoice = store.invoices.add(
    buildInvoice({
      id,
      lineId: ids.next('il', id),
      created: now,
      accountName: account.name,
      accountCountry: account.country,
      customer: store.customers.require(subscription.customer),
      subscription,
      productName: store.products.require(item.price.product).name,
      billingReason,
      periodStart: now,
      periodEnd: end,
      amount,
    }),
  )
  events.emit('invoice.created', invoice)
  const items = { data: [update(item, { current_period_start: now, current_period_end: end })] }
  events.emit('customer.subscription.updated', subscription, {
    ...update(subscription, { latest_invoice: invoice.id }),
    items,
  })
  return invoice
}

/**
 * From a draft to an invoice that asks for money: it gets its number, its page and a payment, and the customer's credit
 * balance is taken off, unless it is one that nobody is to pay. An invoice that leaves nothing to pay is paid by that.
 */
export function finalizeInvoice(account: Account, invoice: SimulatedInvoice, asksForMoney = true): void {
  if (invoice.status !== 'draft') throw new Refusal("This invoice is already finalized, you can't re-finalize it.")
  const { baseUrl, clock, events, ids, store } = account
  const now = clock.seconds()
  const customer = store.customers.require(invoice.customer)
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  const balance = asksForMoney ? useBalance(account, invoice) : 0
  const due = invoice.total + balance
  update(invoice, {
    amount_due: due,
    amount_remaining: due,
    effective_at: now,
    ending_balance: customer.balance,
    hosted_invoice_url: `${baseUrl}/i/${invoice.id}`,
    invoice_pdf: `${baseUrl}/i/${invoice.id}/pdf`,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    starting_balance: customer.balance + balance,
    status: 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: now },
    webhooks_delivered_at: now,
  })
  if (due === 0) {
    events.emit('invoice.finalized', invoice)
    settleInvoice(account, invoice)
    return
  }
  const intent = store.paymentIntents.add(
    buildPaymentIntent({
      id: ids.next('pi', invoice.id),
      created: now,
      invoice,
      amount: due,
      description: 'Subscription update',
    }),
  )
  store.addPayment(
    buildInvoicePayment({
      id: ids.next('inpay', invoice.id),
      created: now,
      invoice,
      amount: due,
      isDefault: true,
      payment: { payment_intent: intent.id, type: 'payment_intent' },
    }),
  )
  events.emit('invoice.finalized', invoice)
  events.emit('payment_intent.created', intent)
}

/** Gives what a customer's credit takes off, as a negative amount, and takes it from the credit. */
function useBalance(account: Account, invoice: SimulatedInvoice): number {
  const customer = account.store.customers.require(invoice.customer)
  const used = Math.min(Math.max(0, -customer.balance), invoice.total)
  if (used === 0) return 0
  account.events.emit('customer.updated', customer, update(customer, { balance: customer.balance + used }))
  return -used
}
