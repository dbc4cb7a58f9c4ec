import type { Stripe } from './client.js'

/** Events that happened from `from` on and before `until`, to the second. */
export interface EventQuery {
  /** At most `TYPES_AT_ONCE`. */
  readonly types: readonly string[]
  readonly from: Date
  readonly until: Date
}

/** Limits of Stripe's event list, which goes back 30 days. Source: docs.stripe.com/api/events/list */
export const TYPES_AT_ONCE = 20
export const REACH_MS = 30 * 86_400_000

/**
 * One page of Stripe's event list, newest first. Each event is in the API version in which it was made, as a webhook is
 * in the version of its endpoint.
 *
 * @param after the id of the last event of the page before
 * @param limit at most 100
 */
export async function listEvents(
  stripe: Stripe,
  { types, from, until }: EventQuery,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ events: Stripe.Event[]; hasMore: boolean }> {
  const { data, has_more } = await stripe.events.list({
    types: [...types],
    created: { gte: seconds(from), lt: seconds(until) },
    limit,
    ...(after && { starting_after: after }),
  })
  return { events: data, hasMore: has_more }
}

const seconds = (time: Date) => Math.floor(time.getTime() / 1_000)
