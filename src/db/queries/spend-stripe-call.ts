import type { Db } from '../knex.js'

/**
 * Takes one call out of this second's budget for a connection, over all workers. A second far ahead was one of a worker
 * whose clock is wrong: nobody waits until it is over.
 *
 * @param limit calls a second
 * @returns whether there was one left
 */
export async function spendStripeCall(db: Db, connectionId: string, limit: number, now: Date): Promise<boolean> {
  const second = new Date(Math.floor(now.getTime() / 1_000) * 1_000)
  const { rows } = await db.raw<{ rows: { used: number }[] }>(
    `insert into stripe_budgets as budget (connection_id, second, used) values (?, ?, 1)
     on conflict (connection_id) do update
       set used = case when ${IS_THIS_SECOND} then budget.used + 1 else 1 end,
           second = case when ${IS_THIS_SECOND} then budget.second else excluded.second end
     returning used`,
    [connectionId, second],
  )
  return (rows[0]?.used ?? 1) <= limit
}

/** Or one just ahead: clocks that are set by the same time servers still differ. */
const IS_THIS_SECOND = `budget.second between excluded.second and excluded.second + interval '10 seconds'`
