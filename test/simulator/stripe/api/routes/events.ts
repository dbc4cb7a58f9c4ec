import { z } from 'zod'
import type { Account } from '../../account.js'
import type { RecordedEvent } from '../../event-log.js'
import { eventJson } from '../../webhooks/event-json.js'
import { CURRENT_VERSION } from '../../webhooks/versions.js'
import { badRequest, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, flag, inRange, page, range } from '../params.js'
import { route } from '../route.js'

const KEPT_SECONDS = 30 * 24 * 3600

const retrieve = route(
  'GET',
  '/v1/events/:id',
  'event_read',
  z.strictObject({ expand: expand.optional() }),
  ({ account, id }) => {
    const event = account.events.events.get(id)
    if (!event) throw resourceMissing('event', id, 'id')
    return asObject(account, event)
  },
)

const list = route(
  'GET',
  '/v1/events',
  'event_read',
  z.strictObject({
    ...page,
    type: z.string().optional(),
    types: z.array(z.string()).max(20, 'you can pass at most 20 types').optional(),
    created: range.optional(),
    delivery_success: flag.optional(),
  }),
  ({ account, params }) => {
    const { created, delivery_success, type, types } = params
    if (type !== undefined && types !== undefined) throw badRequest('You may only specify one of these: type, types.')
    const oldest = account.clock.seconds() - KEPT_SECONDS
    const found = pageOf('/v1/events', account.events.events, params, 'event', (event) => {
      return (
        event.created >= oldest &&
        (type === undefined || matches(event.type, type)) &&
        (types === undefined || types.includes(event.type)) &&
        (delivery_success === undefined || delivery_success === (event.pendingWebhooks === 0)) &&
        inRange(event.created, created)
      )
    })
    return { ...found, data: found.data.map((event) => asObject(account, event)) }
  },
)

export const eventRoutes = [retrieve, list]

function asObject(account: Account, event: RecordedEvent): object {
  return JSON.parse(eventJson(event, CURRENT_VERSION, account.livemode, account.store))
}

/** `invoice.*` stands for all that begin so. */
function matches(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}
