import type { Db } from '../knex.js'

/** What the cases of a connection come to in one currency, since the beginning. Amounts in minor units. */
export interface RunningSums {
  readonly currency: string
  readonly cases: number
  readonly exposed: number
  readonly recoveredCases: number
  /** All that was paid after opening, whatever became of it. */
  readonly cameBack: number
  /** The part of it that we brought about. */
  readonly assisted: number
  /** Refunded, disputed or credited after it was paid. */
  readonly wentBack: number
  readonly openCases: number
  readonly open: number
}

/** All of one moment of the database: the difference of two of them leaves nothing out and has nothing twice. */
export async function runningSums(db: Db, workspaceId: string, connectionId: string): Promise<RunningSums[]> {
  return db('recovery_cases')
    .where({ workspace_id: workspaceId, connection_id: connectionId })
    .groupBy('currency')
    .select(
      'currency',
      db.raw('count(*) as cases'),
      db.raw('sum(exposure)::int8 as exposed'),
      db.raw(`count(*) filter (where outcome = 'recovered') as "recoveredCases"`),
      db.raw('sum(recovered + returned)::int8 as "cameBack"'),
      db.raw('coalesce(sum(recovered + returned) filter (where assisted), 0)::int8 as assisted'),
      db.raw('sum(returned)::int8 as "wentBack"'),
      db.raw('count(*) filter (where closed_at is null) as "openCases"'),
      db.raw('sum(open)::int8 as open'),
    )
}
