import { randomUUID } from 'node:crypto'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { type CheckFailure, EventCheck } from '../db/models/event-check.js'
import { StripeConnection } from '../db/models/stripe-connection.js'

interface Span {
  readonly from: Date
  /** What Stripe no longer lists. */
  readonly outOfReach: { readonly from: Date; readonly until: Date } | null
}

/** What is written down of one check. */
export interface CheckRecord {
  /** Stores what a page lacked, and counts it with the same commit. */
  page<Row>(seen: number, store: (trx: Db) => Promise<Row[]>): Promise<Row[]>
  /** Everything before `until` is in the inbox: whoever checks next begins there. */
  checkedUntil(until: Date): Promise<void>
  end(failure: CheckFailure | null): Promise<void>
}

/**
 * Keeps the record of a check as it goes on. A gap, or a time out of reach, is written with the commit that it belongs
 * to, so a process that is killed leaves a true record. One that found nothing is written at its end only, into the row
 * of the check before when that came to the same.
 */
export function recordCheck({ db, now }: Context, connection: StripeConnection, span: Span): CheckRecord {
  const { workspace_id, id: connection_id } = connection
  const key = { id: randomUUID(), workspace_id, connection_id }
  const beganAt = now()
  let seen = 0
  let missing = 0
  let until = span.from

  const write = (trx: Db, failure: CheckFailure | null) =>
    EventCheck.query(trx)
      .insert({
        ...key,
        from_at: span.from,
        to_at: until,
        began_at: beganAt,
        ended_at: now(),
        events_seen: seen,
        events_missing: missing,
        out_of_reach_from: passedBy()?.from ?? null,
        out_of_reach_until: passedBy()?.until ?? null,
        failure,
      })
      .onConflict('id')
      .merge()
  /** What is out of reach is passed by for good when the checked point moves, and said with that. */
  const passedBy = () => (until > span.from ? span.outOfReach : null)
  const isToBeSeen = () => missing > 0 || passedBy() !== null

  /** @returns whether the check before came to the same, so that its row goes on */
  async function goOn(failure: CheckFailure | null): Promise<boolean> {
    const last = await EventCheck.query(db).where({ workspace_id, connection_id }).orderBy('ended_at', 'desc').first()
    if (!last || last.failure !== failure || last.events_missing > 0 || last.out_of_reach_until) return false
    const gone = await EventCheck.query(db)
      .findById(last.id)
      .patch({
        to_at: db.raw('greatest(to_at, ?::timestamptz)', [until]) as never,
        ended_at: now(),
        events_seen: db.raw('events_seen + ?', [seen]) as never,
      })
    return gone > 0
  }

  return {
    page: (listed, store) =>
      db.transaction(async (trx) => {
        const stored = await store(trx)
        seen += listed
        missing += stored.length
        if (isToBeSeen()) await write(trx, null)
        return stored
      }),
    checkedUntil: (time) =>
      db.transaction(async (trx) => {
        until = time
        await StripeConnection.query(trx)
          .findOne({ workspace_id, id: connection_id })
          .patch({ events_checked_until: trx.raw('greatest(events_checked_until, ?::timestamptz)', [time]) as never })
        if (isToBeSeen()) await write(trx, null)
      }),
    async end(failure) {
      if (isToBeSeen()) return void (await write(db, failure))
      const hasCome = failure !== null || until > span.from
      if (hasCome && !(await goOn(failure))) await write(db, failure)
    },
  }
}
