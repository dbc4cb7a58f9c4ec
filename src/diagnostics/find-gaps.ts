import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { CheckFailure } from '../db/models/event-check.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { insertEvents, type StoredEvent } from '../recovery/receive-events.js'
import { type Stripe, stripeRefusal } from '../stripe/client.js'
import { WEBHOOK_EVENTS } from '../stripe/event-types.js'
import { REACH_MS, TYPES_AT_ONCE } from '../stripe/list-events.js'
import { recordCheck } from './check-record.js'
import { ReadingStopped, readPages } from './read-pages.js'

/** A webhook may still be under way: most arrive within seconds, and its own ring is the faster one. */
export const GRACE_MS = 2 * 60_000
/** Stripe may list an event later than it happened, and its clock is not ours. */
const OVERLAP_MS = 3_600_000
/** The checked point moves this far at a time: what a run that breaks off has to read again. */
const SLICE_MS = 6 * 3_600_000
/** Of more than these the caller need not hear: the sweep rings for what is in the inbox. */
const TOLD_AT_MOST = 5_000

/**
 * Compares Stripe's event list with the inbox of the workspace's current connection, from the last checked point up to
 * two minutes ago, and stores what no webhook brought, as *backfilled*. What happened before Stripe was connected is
 * left alone, and what is older than 30 days Stripe does not tell.
 *
 * Safe to run twice, beside another, and after a crash: an event is stored once, and the checked point moves only when
 * everything before it is stored. When Stripe does not answer, or refuses, that is recorded, and the next run goes on
 * from there.
 *
 * @returns new rows of the inbox to ring for, not necessarily all
 */
export async function findGaps(
  context: Context,
  { workspaceId }: { workspaceId: string },
): Promise<{ found: StoredEvent[] }> {
  const found: StoredEvent[] = []
  const connection = await StripeConnection.query(context.db)
    .findOne({ workspace_id: workspaceId, replaced_at: null, rejected_at: null })
    .whereNotNull('api_key_sealed')
  const span = connection && spanToCheck(connection, context.now())
  if (!span || span.from >= span.until) return { found }

  const record = recordCheck(context, connection, span)
  let failure: CheckFailure | null = null
  try {
    for (const slice of slicesOf(span)) {
      for (const types of inGroups(WEBHOOK_EVENTS, TYPES_AT_ONCE)) {
        for await (const page of readPages(context, connection, { types, ...slice })) {
          const stored = await record.page(page.length, (trx) => storeMissing(context, trx, connection, page))
          if (found.length < TOLD_AT_MOST) found.push(...stored)
        }
      }
      await record.checkedUntil(slice.until)
    }
  } catch (error) {
    failure = failureIn(error)
    if (failure) context.log.warn({ err: error, workspaceId, failure }, 'the event list could not be read to its end')
  }
  await record.end(failure)
  return { found }
}

interface Span {
  readonly from: Date
  readonly until: Date
}

function spanToCheck({ created_at, events_checked_until }: StripeConnection, now: Date) {
  const reach = wholeSecond(now.getTime() - REACH_MS)
  const checked = events_checked_until ?? created_at
  const overlapping = checked.getTime() - OVERLAP_MS
  return {
    from: wholeSecond(Math.max(created_at.getTime(), overlapping, reach.getTime())),
    until: wholeSecond(now.getTime() - GRACE_MS),
    outOfReach: checked < reach ? { from: checked, until: reach } : null,
  }
}

/** As Stripe tells time. */
const wholeSecond = (ms: number) => new Date(Math.floor(ms / 1_000) * 1_000)

/** Oldest first: what Stripe will forget next is stored first. */
function* slicesOf({ from, until }: Span): Generator<Span> {
  for (let start = from; start < until; ) {
    const end = new Date(Math.min(start.getTime() + SLICE_MS, until.getTime()))
    yield { from: start, until: end }
    start = end
  }
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, nth) => items.slice(nth * size, (nth + 1) * size))
}

/** @returns the rows that are new: a webhook may bring the same event at the same time */
async function storeMissing(
  { now }: Context,
  trx: Db,
  { workspace_id, id, mode }: StripeConnection,
  page: readonly Stripe.Event[],
): Promise<StoredEvent[]> {
  const ours = page.filter(({ livemode }) => livemode === (mode === 'live'))
  const known = await StripeEvent.query(trx)
    .where({ workspace_id })
    .whereIn(
      'stripe_event_id',
      ours.map((event) => event.id),
    )
    .select('stripe_event_id')
  const ids = new Set(known.map(({ stripe_event_id }) => stripe_event_id))
  const missing = ours.filter((event) => !ids.has(event.id))
  if (missing.length === 0) return []
  const receivedAt = now()
  const incoming = missing.map((event) => ({
    workspaceId: workspace_id,
    connectionId: id,
    stripeEventId: event.id,
    type: event.type,
    occurredAt: new Date(event.created * 1_000),
    payload: Buffer.from(JSON.stringify(event)),
    receivedAt,
  }))
  return [...(await insertEvents(trx, incoming, receivedAt)).values()]
}

/** @throws what is no answer of Stripe's */
function failureIn(error: unknown): CheckFailure | null {
  if (error instanceof ReadingStopped) return error.failure
  const refusal = stripeRefusal(error)
  if (!refusal) throw error
  return refusal === 'not_found' ? 'refused' : refusal
}
