import type { Db } from '../knex.js'

/** How the inbox of a connection stands now. */
export interface InboxStanding {
  readonly lastEventAt: Date | null
  /** That arrived in the last 24 hours. */
  readonly ofLastDay: number
  /** Arrived and not yet processed. */
  readonly waiting: number
  readonly oldestWaitingAt: Date | null
  readonly failed: number
}

export async function inboxStanding(
  db: Db,
  scope: { readonly workspaceId: string; readonly connectionId: string; readonly now: Date },
): Promise<InboxStanding> {
  const ofConnection = 'from stripe_events where workspace_id = :workspaceId and connection_id = :connectionId'
  const { rows } = await db.raw<{ rows: [InboxStanding] }>(
    `select
       (select received_at ${ofConnection} order by received_at desc, id desc limit 1) as "lastEventAt",
       (select count(*)::int8 ${ofConnection} and received_at > :now::timestamptz - interval '1 day') as "ofLastDay",
       (select count(*)::int8 ${ofConnection} and processed_at is null) as waiting,
       (select min(received_at) ${ofConnection} and processed_at is null) as "oldestWaitingAt",
       (select count(*)::int8 ${ofConnection} and outcome = 'failed') as failed`,
    { ...scope },
  )
  return rows[0]
}
