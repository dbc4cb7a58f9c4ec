import { at, fieldsOf, idOf, isPresent, textOf, timeOf } from './json.js'

/** What a subscription says that a recovery case needs. Times in UTC. */
export interface SubscriptionFacts {
  readonly subscriptionId: string
  /** When it ended for good; `null` while it may renew. */
  readonly endedAt: Date | null
  /** The subscription is paused, or the collection of its invoices is. */
  readonly isPaused: boolean
}

/** Stripe's states of a subscription that never renews again. Source: docs.stripe.com/api/subscriptions/object */
const ENDED = ['canceled', 'incomplete_expired']

/**
 * Reads a subscription of any API version.
 *
 * @param asOf stands for the end of one that ended at no time the payload tells
 * @returns `null` when the value is no subscription, such as its bare id
 */
export function readSubscriptionFacts(value: unknown, asOf: Date): SubscriptionFacts | null {
  const subscription = fieldsOf(value)
  const subscriptionId = idOf(subscription.id)
  if (!isPresent(subscription) || subscription.object !== 'subscription' || !subscriptionId) return null
  const status = textOf(subscription.status)
  const hasEnded = status !== null && ENDED.includes(status)
  return {
    subscriptionId,
    endedAt: timeOf(subscription.ended_at) ?? (hasEnded ? (timeOf(subscription.canceled_at) ?? asOf) : null),
    isPaused: status === 'paused' || isPresent(fieldsOf(at(subscription, 'pause_collection'))),
  }
}
