import type { Account } from '../account.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'

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

/** Paying the latest invoice makes a subscription active again, an older one does not. */
export function activateByPayment(account: Account, invoice: SimulatedInvoice): void {
  const subscription = subscriptionOf(account, invoice)
  if (subscription.latest_invoice !== invoice.id) return
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') {
    setSubscriptionStatus(account, subscription, 'active')
  }
  // Only the invoice of a resumption resumes a paused one; a renewal from before the pause does not.
  if (subscription.status === 'paused' && invoice.billing_reason === 'subscription_update') {
    unpause(account, subscription)
  }
}

/** `earlier` is what has just been changed besides its status. */
export function unpause(account: Account, subscription: SimulatedSubscription, earlier: object = {}): void {
  const previous = update(subscription, { status: 'active' })
  delete subscription.status_details
  account.events.emit('customer.subscription.resumed', subscription)
  account.events.emit('customer.subscription.updated', subscription, { ...previous, ...earlier })
}
