import type { Account } from '../account.js'
import type { SimulatedCustomer } from '../objects/customer.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { detachCard } from './card-changes.js'
import { Refusal } from './refusal.js'
import { cancelRetry } from './settling.js'

type CancellationReason = 'cancellation_requested' | 'payment_failed'

/** Ends a subscription now. Stripe stops collecting its invoices; they can still be paid. */
export function endSubscription(
  account: Account,
  subscription: SimulatedSubscription,
  reason: CancellationReason,
): void {
  if (subscription.status === 'canceled') throw new Refusal(`No such subscription: '${subscription.id}'`, MISSING)
  const now = account.clock.seconds()
  update(subscription, {
    status: 'canceled',
    // One that was to end with its period keeps the time of that wish. Source: the SDK's type of `canceled_at`
    canceled_at: subscription.cancel_at_period_end ? subscription.canceled_at : now,
    ended_at: now,
    cancellation_details: { ...subscription.cancellation_details!, reason },
  })
  delete subscription.status_details
  account.events.emit('customer.subscription.deleted', subscription)
  for (const invoice of account.store.invoices.of(subscription.id)) {
    if (invoice.status !== 'open') continue
    cancelRetry(account, invoice)
    const previous = update(invoice, { auto_advance: false, next_payment_attempt: null })
    if (Object.keys(previous).length > 0) account.events.emit('invoice.updated', invoice, previous)
  }
}

/** From now on it ends with its period; `false` takes that back. */
export function cancelAtPeriodEnd(account: Account, subscription: SimulatedSubscription, wanted: boolean): void {
  if (subscription.status === 'canceled') throw new Refusal(`No such subscription: '${subscription.id}'`, MISSING)
  const previous = update(subscription, {
    cancel_at: wanted ? subscription.items.data[0]!.current_period_end : null,
    cancel_at_period_end: wanted,
    canceled_at: wanted ? account.clock.seconds() : null,
    cancellation_details: {
      ...subscription.cancellation_details!,
      reason: wanted ? 'cancellation_requested' : null,
    },
  })
  if (Object.keys(previous).length > 0) account.events.emit('customer.subscription.updated', subscription, previous)
}

/** Its subscriptions end with it and its cards are detached; its invoices stay. */
export function deleteCustomer(account: Account, customer: SimulatedCustomer): void {
  for (const subscription of account.store.subscriptions.of(customer.id)) {
    if (subscription.status !== 'canceled') endSubscription(account, subscription, 'cancellation_requested')
  }
  account.store.deletedCustomers.add(customer.id)
  for (const method of account.store.paymentMethods.of(customer.id)) {
    if (method.customer === customer.id) detachCard(account, method)
  }
  account.events.emit('customer.deleted', customer)
}

const MISSING = { code: 'resource_missing', param: 'id' }
