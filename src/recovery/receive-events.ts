import type { Context } from '../context.js'
import { isFailureEvent } from '../stripe/event-types.js'

/** A verified event on its way into the inbox: a webhook, or one that Stripe listed. */
export interface IncomingEvent {
  readonly workspaceId: string
  readonly connectionId: string
  readonly stripeEventId: string
  readonly type: string
  readonly occurredAt: Date
  /** The body as received, UTF-8. As bytes it goes to Postgres as it is: text would be encoded once more. */
  readonly payload: Buffer
  readonly receivedAt: Date
}

/** A row of the inbox that nobody has processed yet. */
export interface StoredEvent {
  readonly workspaceId: string
  readonly eventId: string
  /** A first mail may wait for it. */
  readonly isFailure: boolean
}

/** Long enough to fill a batch under load, far too short to be felt. */
const GATHER_MS = 2
const BATCH_LIMIT = 500

/**
 * Gathers what arrives together and commits it with one statement.
 */
export interface EventReceiver {
  /** Resolves once the event is committed: `true` if it is new, `false` for a duplicate. */
  receive(event: IncomingEvent): Promise<boolean>
  /** Resolves once everything accepted so far is committed or refused. */
  drain(): Promise<void>
}

/**
 * @param onStored told of the new rows after each commit; must not throw
 */
export function createEventReceiver(
  context: Pick<Context, 'db' | 'log'>,
  onStored: (events: StoredEvent[]) => void,
): EventReceiver {
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | null = null
  const underWay = new Set<Promise<void>>()

  function flush() {
    timer = null
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_LIMIT)
      waiting = waiting.slice(BATCH_LIMIT)
      const work = store(context, batch, onStored).finally(() => underWay.delete(work))
      underWay.add(work)
    }
  }

  return {
    receive: (event) =>
      new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject })
        timer ??= setTimeout(flush, GATHER_MS)
      }),
    async drain() {
      if (timer) clearTimeout(timer)
      flush()
      await Promise.all(underWay)
    },
  }
}

interface Waiting {
  readonly event: IncomingEvent
  resolve(isNew: boolean): void
  reject(error: unknown): void
}

/** Never rejects: each waiting request hears its own result. */
async function store(
  context: Pick<Context, 'db' | 'log'>,
  batch: Waiting[],
  onStored: (events: StoredEvent[]) => void,
) {
  try {
    const stored = await insert(context.db, batch)
    onStored([...stored.values()])
    for (const { event, resolve } of batch) resolve(stored.delete(keyOf(event)))
  } catch (error) {
    if (batch.length > 1 && isRefusedValue(error)) {
      // One event that Postgres refuses must not take its neighbours with it.
      context.log.warn({ err: error, events: batch.length }, 'a batch of events was refused, storing them one by one')
      await Promise.all(batch.map((one) => store(context, [one], onStored)))
    } else {
      for (const { reject } of batch) reject(error)
    }
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const isRefusedValue = (error: unknown) => /^2[23]/.test((error as { code?: string }).code ?? '')
const DEADLOCK = '40P01'

/** Tries once more after a deadlock. */
async function insert(db: Context['db'], batch: Waiting[]): Promise<Map<string, StoredEvent>> {
  const events = batch.map(({ event }) => event)
  try {
    return await insertEvents(db, events)
  } catch (error) {
    if ((error as { code?: string }).code === DEADLOCK) return insertEvents(db, events)
    throw error
  }
}

/**
 * The one way into the inbox.
 *
 * @param backfilledAt when the events were fetched from Stripe's list; `null`: they came as webhooks
 * @returns the new rows by `keyOf`; an event that was there already is missing
 */
export async function insertEvents(
  db: Context['db'],
  incoming: readonly IncomingEvent[],
  backfilledAt: Date | null = null,
): Promise<Map<string, StoredEvent>> {
  // In one order everywhere: two web processes with the same events then wait for each other instead of deadlocking.
  const events = unique(incoming).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  // Each a parameter of its own: inside one array literal every quote of every payload would have to be escaped.
  const payloads = events.map(() => '?').join(', ')
  const { rows } = await db.raw<{
    rows: { id: string; workspace_id: string; stripe_event_id: string; type: string }[]
  }>(
    `insert into stripe_events
       (workspace_id, connection_id, stripe_event_id, type, occurred_at, payload, received_at, backfilled_at)
     select *, ?::timestamptz from unnest(
       ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::timestamptz[], array[${payloads}]::text[], ?::timestamptz[])
     on conflict (workspace_id, stripe_event_id) do nothing
     returning id, workspace_id, stripe_event_id, type`,
    [
      backfilledAt,
      events.map((event) => event.workspaceId),
      events.map((event) => event.connectionId),
      events.map((event) => event.stripeEventId),
      events.map((event) => event.type),
      events.map((event) => event.occurredAt),
      ...events.map((event) => event.payload),
      events.map((event) => event.receivedAt),
    ] as never,
  )
  return new Map(
    rows.map((row) => [
      keyOf({ workspaceId: row.workspace_id, stripeEventId: row.stripe_event_id }),
      { workspaceId: row.workspace_id, eventId: row.id, isFailure: isFailureEvent(row.type) },
    ]),
  )
}

const keyOf = (event: Pick<IncomingEvent, 'workspaceId' | 'stripeEventId'>) =>
  `${event.workspaceId} ${event.stripeEventId}`

function unique(events: readonly IncomingEvent[]): IncomingEvent[] {
  return [...new Map(events.map((event) => [keyOf(event), event])).values()]
}
