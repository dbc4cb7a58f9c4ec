import type { Db } from '../knex.js'

/** How many calls a second the processing of a connection's events makes now. */
export async function stripeCallsNow(db: Db, connectionId: string, now: Date): Promise<number> {
  const row: { used: number } | undefined = await db('stripe_budgets')
    .where({ connection_id: connectionId })
    .where('second', '>=', new Date(now.getTime() - 1_500))
    .first('used')
  return row?.used ?? 0
}
