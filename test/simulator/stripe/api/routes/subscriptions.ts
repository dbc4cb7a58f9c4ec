import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { cancelAtPeriodEnd, endSubscription } from '../../billing/ending.js'
import { pauseCollection, resumeCollection } from '../../billing/pausing.js'
import type { SimulatedSubscription } from '../../objects/subscription.js'
import { update } from '../../objects/wire.js'
import { namedCustomer } from '../customer-filter.js'
import { noSuch, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import {
  expand,
  flag,
  inRange,
  integer,
  merged,
  metadata,
  notSimulated,
  oneOf,
  onlyExpand,
  page,
  range,
  text,
} from '../params.js'
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

const retrieve = route('GET', '/v1/subscriptions/:id', 'subscription_read', onlyExpand, ({ account, id }) =>
  subscriptionOf(account, id),
)

const list = route(
  'GET',
  '/v1/subscriptions',
  'subscription_read',
  z.strictObject({
    ...page,
    customer: text.optional(),
    customer_account: text.optional(),
    price: text.optional(),
    status: oneOf(STATUSES).optional(),
    collection_method: oneOf(['charge_automatically', 'send_invoice']).optional(),
    created: range.optional(),
    current_period_end: range.optional(),
    current_period_start: range.optional(),
    ...notSimulated('automatic_tax', 'plan', 'test_clock'),
  } satisfies Record<keyof Stripe.SubscriptionListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    return pageOf('/v1/subscriptions', account.store.subscriptions, params, 'subscription', (subscription) => {
      const { collection_method, created, current_period_end, current_period_start, price, status } = params
      const { data } = subscription.items
      return (
        hasStatus(subscription, status) &&
        (customer === undefined || subscription.customer === customer) &&
        (price === undefined || data.some((item) => item.price.id === price)) &&
        (collection_method === undefined || subscription.collection_method === collection_method) &&
        data.some((item) => inRange(item.current_period_end, current_period_end)) &&
        data.some((item) => inRange(item.current_period_start, current_period_start)) &&
        inRange(subscription.created, created)
      )
    })
  },
)

const pauseCollectionParams = z.strictObject({
  behavior: oneOf(['keep_as_draft', 'mark_uncollectible', 'void']),
  resumes_at: integer.optional(),
} satisfies Record<keyof Stripe.SubscriptionUpdateParams.PauseCollection, z.ZodType>)

const change = route(
  'POST',
  '/v1/subscriptions/:id',
  'subscription_write',
  z.strictObject({
    default_payment_method: z.string().optional(),
    cancel_at_period_end: flag.optional(),
    pause_collection: z.union([z.literal(''), pauseCollectionParams]).optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
    ...notSimulated('add_invoice_items', 'application_fee_percent', 'automatic_tax', 'billing_cycle_anchor'),
    ...notSimulated('billing_schedules', 'billing_thresholds', 'cancel_at', 'cancellation_details'),
    ...notSimulated('collection_method', 'days_until_due', 'default_source', 'default_tax_rates', 'description'),
    ...notSimulated('discounts', 'invoice_settings', 'items', 'off_session', 'on_behalf_of'),
    ...notSimulated('payment_behavior', 'payment_settings', 'pending_invoice_item_interval', 'proration_behavior'),
    ...notSimulated('proration_date', 'transfer_data', 'trial_end', 'trial_from_plan', 'trial_settings'),
  } satisfies Record<keyof Stripe.SubscriptionUpdateParams, z.ZodType>),
  ({ account, id, params }) => {
    const subscription = subscriptionOf(account, id)
    const card = params.default_payment_method
    if (card && account.store.paymentMethods.get(card)?.customer !== subscription.customer) {
      throw noSuch('PaymentMethod', card, 'default_payment_method')
    }
    const previous = update(subscription, {
      // An empty value unsets it: the customer's default is charged again.
      ...(card !== undefined && { default_payment_method: card || null }),
      ...(params.metadata !== undefined && { metadata: merged(subscription.metadata, params.metadata) }),
    })
    if (Object.keys(previous).length > 0) account.events.emit('customer.subscription.updated', subscription, previous)
    if (params.cancel_at_period_end !== undefined) cancelAtPeriodEnd(account, subscription, params.cancel_at_period_end)
    const pause = params.pause_collection
    if (pause === '') resumeCollection(account, subscription)
    else if (pause) pauseCollection(account, subscription, { behavior: pause.behavior, resumesAt: pause.resumes_at })
    return subscription
  },
)

const cancel = route(
  'DELETE',
  '/v1/subscriptions/:id',
  'subscription_write',
  z.strictObject({
    invoice_now: flag.optional(),
    prorate: flag.optional(),
    expand: expand.optional(),
    ...notSimulated('cancellation_details'),
  } satisfies Record<keyof Stripe.SubscriptionCancelParams, z.ZodType>),
  ({ account, id }) => {
    const subscription = subscriptionOf(account, id)
    if (subscription.status === 'canceled') throw resourceMissing('subscription', id, 'id')
    endSubscription(account, subscription, 'cancellation_requested')
    return subscription
  },
)

export const subscriptionRoutes = [retrieve, list, change, cancel]

export function subscriptionOf(account: Account, id: string): SimulatedSubscription {
  const subscription = account.store.subscriptions.get(id)
  if (!subscription) throw resourceMissing('subscription', id, 'id')
  return subscription
}

/** Without a status Stripe lists all but the canceled ones. */
function hasStatus(subscription: SimulatedSubscription, status: (typeof STATUSES)[number] | undefined): boolean {
  const ended = subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
  if (status === undefined) return subscription.status !== 'canceled'
  if (status === 'all') return true
  return status === 'ended' ? ended : subscription.status === status
}
