import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import type { RecordedEvent } from '../../event-log.js'
import { ofType } from '../../event-types.js'
import { eventJson } from '../../webhooks/event-json.js'
import { parametersExclusive, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { flag, onlyExpand, page, type Range, range, text } from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/events/:id', 'event_read', onlyExpand, ({ account, id }) => {
  const event = account.events.events.get(id)
  if (!event || !account.events.isKept(event)) throw resourceMissing('event', id, 'id')
  return asObject(account, event)
})

const list = route(
  'GET',
  '/v1/events',
  'event_read',
  z.strictObject({
    ...page,
    type: text.optional(),
    types: z.array(text).max(20, 'you can pass at most 20 types').optional(),
    created: range.optional(),
    delivery_success: flag.optional(),
  } satisfies Record<keyof Stripe.EventListParams, z.ZodType>),
  ({ account, params }) => {
    const { created, delivery_success: success, type, types } = params
    if (type !== undefined && types !== undefined) throw parametersExclusive('type', 'types')
    const isWanted = types === undefined ? ofType(type ?? '*') : (candidate: string) => types.includes(candidate)
    const found = pageOf('/v1/events', within(account, created), params, 'event', (event) => {
      return isWanted(event.type) && (success === undefined || success === (event.pendingWebhooks === 0))
    })
    return { ...found, data: found.data.map((event) => asObject(account, event)) }
  },
)

export const eventRoutes = [retrieve, list]

/** Events are in the order of their time: nothing outside of the range is looked at. */
function within({ events }: Account, { gt, gte, lt, lte }: Range = {}) {
  const from = Math.max(gte ?? 0, gt === undefined ? 0 : gt + 1)
  const until = Math.min(lt ?? Number.POSITIVE_INFINITY, lte === undefined ? Number.POSITIVE_INFINITY : lte + 1)
  return events.kept(from, until)
}

/** In the version in which it was made, whatever version the call is in. Source: docs.stripe.com/webhooks */
function asObject(account: Account, event: RecordedEvent): Stripe.Event {
  return JSON.parse(eventJson(event, event.apiVersion, account.livemode, account.store))
}
