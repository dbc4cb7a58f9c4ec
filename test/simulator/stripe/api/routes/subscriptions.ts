import { z } from 'zod'
import type { Account } from '../../account.js'
import { endSubscription } from '../../billing/collecting.js'
import type { SimulatedSubscription } from '../../objects/subscription.js'
import { update } from '../../objects/wire.js'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, flag, inRange, metadata, page, range } from '../params.js'
import { route } from '../route.js'

const STATUSES = [
  'active',
  'past_due',
  'unpaid',
  'canceled',
  'incomplete',
  'incomplete_expired',
  'trialing',
  'paused',
  'all',
  'ended',
] as const

const retrieve = route(
  'GET',
  '/v1/subscriptions/:id',
  'subscription_read',
  z.strictObject({ expand: expand.optional() }),
  ({ account, id }) => subscriptionOf(account, id),
)

const list = route(
  'GET',
  '/v1/subscriptions',
  'subscription_read',
  z.strictObject({
    ...page,
    customer: z.string().optional(),
    price: z.string().optional(),
    status: z.enum(STATUSES).optional(),
    collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
    created: range.optional(),
  }),
  ({ account, params }) =>
    pageOf('/v1/subscriptions', account.store.subscriptions, params, 'subscription', (subscription) => {
      const { collection_method, created, customer, price, status } = params
      return (
        hasStatus(subscription, status) &&
        (customer === undefined || subscription.customer === customer) &&
        (price === undefined || subscription.items.data.some((item) => item.price.id === price)) &&
        (collection_method === undefined || subscription.collection_method === collection_method) &&
        inRange(subscription.created, created)
      )
    }),
)

const change = route(
  'POST',
  '/v1/subscriptions/:id',
  'subscription_write',
  z.strictObject({
    default_payment_method: z.string().optional(),
    cancel_at_period_end: flag.optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
  }),
  ({ account, id, params }) => {
    const subscription = subscriptionOf(account, id)
    const card = params.default_payment_method
    if (card && account.store.paymentMethods.get(card)?.customer !== subscription.customer) {
      throw resourceMissing('PaymentMethod', card, 'default_payment_method')
    }
    const previous = update(subscription, {
      // An empty value unsets it: the customer's default is charged again.
      ...(card !== undefined && { default_payment_method: card === '' ? null : card }),
      ...(params.cancel_at_period_end !== undefined && { cancel_at_period_end: params.cancel_at_period_end }),
      ...(params.metadata && { metadata: { ...subscription.metadata, ...params.metadata } }),
    })
    account.events.emit('customer.subscription.updated', subscription, previous)
    return subscription
  },
)

const cancel = route(
  'DELETE',
  '/v1/subscriptions/:id',
  'subscription_write',
  z.strictObject({ invoice_now: flag.optional(), prorate: flag.optional(), expand: expand.optional() }),
  ({ account, id }) => {
    const subscription = subscriptionOf(account, id)
    endSubscription(account, subscription, 'cancellation_requested')
    return subscription
  },
)

export const subscriptionRoutes = [retrieve, list, change, cancel]

function subscriptionOf(account: Account, id: string): SimulatedSubscription {
  const subscription = account.store.subscriptions.get(id)
  if (!subscription) throw resourceMissing('subscription', id, 'id')
  return subscription
}

/** Without a status Stripe lists all but the canceled ones. */
function hasStatus(subscription: SimulatedSubscription, status: (typeof STATUSES)[number] | undefined): boolean {
  const ended = subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
  if (status === undefined) return !ended
  if (status === 'all') return true
  return status === 'ended' ? ended : subscription.status === status
}
