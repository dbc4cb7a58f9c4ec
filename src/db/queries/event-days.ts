import type { Db } from '../knex.js'

/** What arrived on a day and what became of it. */
export interface EventDay {
  /** In the time zone asked for: `2026-11-22`. */
  readonly day: string
  readonly events: number
}

interface Period {
  readonly workspaceId: string
  readonly connectionId: string
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** IANA name: where days begin. */
  readonly timeZone: string
}

/** Days without an event are left out; in order. */
export async function eventDays(db: Db, period: Period): Promise<EventDay[]> {
  const { rows } = await db.raw<{ rows: EventDay[] }>(
    `select (received_at at time zone :timeZone)::date::text as day, count(*)::int8 as events
     from stripe_events
     where workspace_id = :workspaceId and connection_id = :connectionId
       and received_at >= :from and received_at < :until
     group by 1 order by 1`,
    { ...period },
  )
  return rows
}
