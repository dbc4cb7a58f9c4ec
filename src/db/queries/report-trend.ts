import type { Db } from '../knex.js'

/** What one run's report says of one currency. Amounts in minor units. */
export interface TrendPoint {
  readonly id: string
  readonly until: Date
  readonly currency: string
  readonly renewals: number
  readonly invoices: number
  readonly atRisk: number
  readonly lost: number
}

/** The newest runs of a connection, newest first, a row for each currency; without reading their reports whole. */
export async function reportTrend(
  db: Db,
  { workspaceId, connectionId, runs }: { workspaceId: string; connectionId: string; runs: number },
): Promise<TrendPoint[]> {
  const { rows } = await db.raw<{ rows: TrendPoint[] }>(
    `select run.id, run.window_until as until, told->>'currency' as currency, (told->>'renewals')::int8 as renewals,
       (told->>'invoices')::int8 as invoices, (told->>'atRisk')::int8 as "atRisk",
       (told->'parts'->'lost'->>'amount')::int8 as lost
     from (select id, window_until, report from diagnostics
           where workspace_id = ? and connection_id = ? and outcome = 'finished'
           order by asked_at desc limit ?) as run
     cross join json_array_elements(run.report->'currencies') as told
     order by run.window_until desc`,
    [workspaceId, connectionId, runs],
  )
  return rows
}
