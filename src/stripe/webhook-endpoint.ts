import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { STRIPE_API_VERSION, type Stripe, stripeRefusal } from './client.js'
import { WEBHOOK_EVENTS } from './event-types.js'

/** The endpoint that stands now, and its signing secret if we did not hold it yet. */
export interface MadeEndpoint {
  readonly id: string
  readonly secret: string | null
}

interface Wanted {
  /** Holds the workspace's token: never in a log. */
  readonly url: string
  /** The endpoints whose signing secret we hold. */
  readonly held: readonly string[]
  /** Tells our idempotency keys from those of others in the account. */
  readonly connectionId: string
}

/**
 * Sees to it that an endpoint of ours stands at the URL, in our API version and with exactly our events.
 *
 * One whose secret we hold is mended where it was changed, and moved where our URL was. Otherwise one is made, under an idempotency key: whoever died
 * between making and storing gets the same one again with its secret, as does who asks at the same time. Others at the
 * URL stay until `removeOtherEndpoints`, so that no event falls between the two.
 *
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function standEndpoint(stripe: Stripe, { url, held, connectionId }: Wanted): Promise<MadeEndpoint> {
  const ours = (await allEndpoints(stripe))
    .filter(({ id, api_version }) => held.includes(id) && api_version === STRIPE_API_VERSION)
    // One that stands at another address stood at ours before that changed.
    .toSorted((a, b) => Number(b.url === url) - Number(a.url === url))[0]
  if (ours) {
    if (ours.url !== url || !isAsWanted(ours)) {
      await stripe.webhookEndpoints.update(ours.id, { url, enabled_events: [...WEBHOOK_EVENTS], disabled: false })
    }
    return { id: ours.id, secret: null }
  }
  return create(stripe, { url, connectionId, after: held.join() || 'none' })
}

/** Two endpoints at one URL would send everything twice, half of it signed with a secret that we don't have. */
export async function removeOtherEndpoints(stripe: Stripe, url: string, kept: string): Promise<void> {
  for (const { id, url: its } of await allEndpoints(stripe)) {
    if (id === kept || its !== url) continue
    try {
      await stripe.webhookEndpoints.del(id)
    } catch (error) {
      if (stripeRefusal(error) !== 'not_found') throw error
    }
  }
}

/** An account has 16 at most: one page holds them. Source: docs.stripe.com/webhooks. */
async function allEndpoints(stripe: Stripe): Promise<Stripe.WebhookEndpoint[]> {
  const { data } = await stripe.webhookEndpoints.list({ limit: 100 })
  return data
}

/** How the endpoint at a URL stands. */
export type EndpointStanding = 'as_wanted' | 'missing' | 'disabled' | 'other_version' | 'other_events'

/**
 * Looks whether an endpoint stands at the URL, enabled, in our API version and with our events; the best of several.
 *
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function lookAtEndpoint(stripe: Stripe, url: string): Promise<EndpointStanding> {
  const standings = (await allEndpoints(stripe)).filter((endpoint) => endpoint.url === url).map(standingOf)
  const order: readonly EndpointStanding[] = ['as_wanted', 'other_version', 'other_events', 'disabled']
  return order.find((standing) => standings.includes(standing)) ?? 'missing'
}

function standingOf(endpoint: Stripe.WebhookEndpoint): EndpointStanding {
  if (endpoint.status !== 'enabled') return 'disabled'
  const isEvery = endpoint.enabled_events.includes('*')
  if (!isEvery && WEBHOOK_EVENTS.some((type) => !endpoint.enabled_events.includes(type))) return 'other_events'
  return endpoint.api_version === STRIPE_API_VERSION ? 'as_wanted' : 'other_version'
}

const inOrder = (events: readonly string[]) => [...events].sort().join()
const isAsWanted = ({ enabled_events, status }: Stripe.WebhookEndpoint) =>
  status === 'enabled' && inOrder(enabled_events) === inOrder(WEBHOOK_EVENTS)

const TRIES = 4
const UNDER_WAY_MS = 500
const CONFLICT = 409

async function create(
  stripe: Stripe,
  { url, connectionId, after }: { url: string; connectionId: string; after: string },
  triesLeft = TRIES,
): Promise<MadeEndpoint> {
  const params: Stripe.WebhookEndpointCreateParams = {
    url,
    enabled_events: [...WEBHOOK_EVENTS],
    api_version: STRIPE_API_VERSION,
    description: 'SecondLoop',
  }
  const story = JSON.stringify([connectionId, after, params])
  const idempotencyKey = `secondloop-endpoint-${createHash('sha256').update(story).digest('hex').slice(0, 32)}`
  try {
    const { id, secret = null } = await stripe.webhookEndpoints.create(params, { idempotencyKey })
    if (await isThere(stripe, id)) return { id, secret }
    // An answer kept from before: that endpoint was taken away since. The next one has a key of its own.
    if (triesLeft > 1) return create(stripe, { url, connectionId, after: id }, triesLeft - 1)
    throw new Error('Stripe made no endpoint that stays')
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== CONFLICT || triesLeft <= 1) throw error
    await sleep(UNDER_WAY_MS)
    return create(stripe, { url, connectionId, after }, triesLeft - 1)
  }
}

async function isThere(stripe: Stripe, id: string): Promise<boolean> {
  try {
    await stripe.webhookEndpoints.retrieve(id)
    return true
  } catch (error) {
    if (stripeRefusal(error) === 'not_found') return false
    throw error
  }
}
