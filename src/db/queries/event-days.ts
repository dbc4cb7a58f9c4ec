import type { Db } from '../knex.js'

interface Period {
  readonly workspaceId: string
  readonly connectionId: string
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** IANA name: where days begin. */
  readonly timeZone: string
}

/**
 * The days on which any event arrived, in the time zone asked for, in order: `2026-11-22`. One look into the index for
 * each day: counting them would read every event of the period.
 */
export async function eventDays(db: Db, period: Period): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { day: string }[] }>(
    `select day::date::text as day
     from generate_series(
       (:from::timestamptz at time zone :timeZone)::date::timestamp,
       (:until::timestamptz at time zone :timeZone)::date::timestamp,
       interval '1 day'
     ) as day
     where exists (
       select from stripe_events
       where workspace_id = :workspaceId and connection_id = :connectionId
         and received_at >= greatest(day at time zone :timeZone, :from::timestamptz)
         and received_at < least((day + interval '1 day') at time zone :timeZone, :until::timestamptz)
     )
     order by 1`,
    { ...period },
  )
  return rows.map(({ day }) => day)
}
