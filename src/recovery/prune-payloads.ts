import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { redactEvent } from '../stripe/redact-event.js'

const DAY_MS = 86_400_000
/** A commit each: vacuum keeps up with small ones, and nobody waits for their rows. */
const EVENTS_AT_ONCE = 200
/** So much at a time, then the next round goes on. */
const BATCHES_A_ROUND = 250

/**
 * Takes out of old events' payloads what tells of people: ids, states, sums and times stay, so that an event still shows
 * what it did and can be replayed. An event that nobody has processed yet is left as it is, and those behind it with it.
 * Safe to run twice and beside another worker, and goes on where it was broken off.
 *
 * @returns how many events were pruned
 */
export async function prunePayloads(context: Context): Promise<number> {
  const { db, now, settings, stopping } = context
  const before = new Date(now().getTime() - settings.eventPayloadDays * DAY_MS)
  const connections = await StripeConnection.query(db).select('id').orderBy('id')
  let [pruned, batches] = [0, 0]
  for (const { id } of connections) {
    for (let isMore = true; isMore && batches < BATCHES_A_ROUND && !stopping.aborted; batches += 1) {
      const count = await db.transaction((trx) => pruneBatch(trx, id, before))
      pruned += count
      isMore = count === EVENTS_AT_ONCE
    }
  }
  return pruned
}

async function pruneBatch(trx: Db, connectionId: string, before: Date): Promise<number> {
  // Not the lock of an ordinary update: webhooks, whose rows refer to the connection, would wait for it.
  const connection = await StripeConnection.query(trx).findById(connectionId).forNoKeyUpdate().skipLocked()
  if (!connection) return 0
  const { pruned_to_at, pruned_to_id, workspace_id } = connection
  const found = await StripeEvent.query(trx)
    .where({ workspace_id, connection_id: connectionId })
    .where('received_at', '<', before)
    .modify((behind) => {
      if (pruned_to_at && pruned_to_id)
        void behind.whereRaw('(received_at, id) > (?::timestamptz, ?::uuid)', [pruned_to_at, pruned_to_id])
    })
    .orderBy(['received_at', 'id'])
    .limit(EVENTS_AT_ONCE)
    .select('id', 'received_at', 'processed_at', 'payload')
  const unprocessed = found.findIndex(({ processed_at }) => processed_at === null)
  const events = unprocessed < 0 ? found : found.slice(0, unprocessed)
  const last = events.at(-1)
  if (!last) return 0
  await trx.raw(
    `update stripe_events as event set payload = pruned.payload
     from unnest(?::uuid[], ?::text[]) as pruned (id, payload)
     where event.workspace_id = ? and event.id = pruned.id`,
    [events.map(({ id }) => id), events.map(({ payload }) => redactEvent(payload)), workspace_id],
  )
  await connection.$query(trx).patch({ pruned_to_at: last.received_at, pruned_to_id: last.id })
  return events.length
}
