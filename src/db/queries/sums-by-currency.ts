import type { Db } from '../knex.js'

/** What the cases of a workspace come to, in one currency. Amounts in minor units. */
export interface CurrencySums {
  readonly currency: string
  readonly exposed: number
  readonly recovered: number
  readonly cases: number
  readonly recoveredCases: number
}

/** Sums the cases of one connection, a row a currency: currencies are never added. */
export async function sumsByCurrency(db: Db, workspaceId: string, connectionId: string): Promise<CurrencySums[]> {
  return db('recovery_cases')
    .where({ workspace_id: workspaceId, connection_id: connectionId })
    .groupBy('currency')
    .orderBy('currency')
    .select(
      'currency',
      db.raw('sum(exposure)::int8 as exposed'),
      db.raw('sum(recovered)::int8 as recovered'),
      db.raw('count(*)::int8 as cases'),
      db.raw(`count(*) filter (where outcome = 'recovered')::int8 as "recoveredCases"`),
    )
}
