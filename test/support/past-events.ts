import type { Context } from '../../src/context.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { createEventReceiver, type IncomingEvent, type StoredEvent } from '../../src/recovery/receive-events.js'
import { isFailureEvent, WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import type { StripeSimulator } from '../simulator/index.js'
import type { RecordedEvent } from '../simulator/stripe/event-log.js'
import { eventJson } from '../simulator/stripe/webhooks/event-json.js'
import type { TestWorkspace } from './factories.js'

/** What a simulated account has seen of our types, in its order. */
export function pastEvents({ account }: StripeSimulator): RecordedEvent[] {
  const ours: ReadonlySet<string> = new Set(WEBHOOK_EVENTS)
  return [...account.events.events].filter(({ type }) => ours.has(type))
}

/**
 * Puts events into a workspace's inbox as an endpoint of this API version would get them. Gives their rows in the order
 * of the events, one that comes twice twice.
 */
export async function store(
  context: Context,
  { id: workspaceId, connectionId }: TestWorkspace,
  { account }: StripeSimulator,
  events: readonly RecordedEvent[],
  version: string,
): Promise<StoredEvent[]> {
  const receiver = createEventReceiver(context, () => undefined)
  const incoming = (event: RecordedEvent): IncomingEvent => ({
    workspaceId,
    connectionId,
    stripeEventId: event.id,
    type: event.type,
    occurredAt: new Date(event.created * 1000),
    payload: Buffer.from(eventJson(event, version, account.livemode, account.store)),
    receivedAt: context.now(),
  })
  await Promise.all(events.map((event) => receiver.receive(incoming(event))))
  const rows = await StripeEvent.query(context.db).where({ workspace_id: workspaceId }).select('id', 'stripe_event_id')
  const idOf = new Map(rows.map(({ id, stripe_event_id }) => [stripe_event_id, id]))
  return events.map(({ id, type }) => ({
    workspaceId,
    eventId: String(idOf.get(id)),
    isFailure: isFailureEvent(type),
  }))
}
