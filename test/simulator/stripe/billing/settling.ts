import type { Account } from '../account.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'

/** An invoice is paid, by a charge or out of band: no retry comes any more, and its subscription is active again. */
export function settleInvoice(account: Account, invoice: SimulatedInvoice): void {
  const { clock, events, store } = account
  const now = clock.seconds()
  cancelRetry(account, invoice)

  const previous = update(invoice, {
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  })
  events.emit('invoice.updated', invoice, previous)
  events.emit('invoice.paid', invoice)
  events.emit('invoice.payment_succeeded', invoice)

  const payment = store.paymentOf(invoice.id)
  if (payment) {
    update(payment, {
      amount_paid: invoice.amount_paid,
      status: 'paid',
      status_transitions: { canceled_at: null, paid_at: now },
    })
    events.emit('invoice_payment.paid', payment)
  }

  const subscription = subscriptionOf(account, invoice)
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') {
    setSubscriptionStatus(account, subscription, 'active')
  }
}

export function subscriptionOf(account: Account, invoice: SimulatedInvoice): SimulatedSubscription {
  return account.store.subscriptions.require(invoice.parent.subscription_details.subscription)
}

export function setSubscriptionStatus(
  account: Account,
  subscription: SimulatedSubscription,
  status: SimulatedSubscription['status'],
): void {
  const previous = update(subscription, { status })
  if ('status' in previous) account.events.emit('customer.subscription.updated', subscription, previous)
}

export function cancelRetry(account: Account, invoice: SimulatedInvoice): void {
  account.retries.get(invoice.id)?.()
  account.retries.delete(invoice.id)
}
