import type { Db } from '../knex.js'

/**
 * Takes one call out of this second's budget for a connection, over all workers.
 *
 * @param limit calls a second
 * @returns whether there was one left
 */
export async function spendStripeCall(db: Db, connectionId: string, limit: number, now: Date): Promise<boolean> {
  const second = new Date(Math.floor(now.getTime() / 1_000) * 1_000)
  const { rows } = await db.raw<{ rows: { used: number }[] }>(
    `insert into stripe_budgets as budget (connection_id, second, used) values (?, ?, 1)
     on conflict (connection_id) do update
       set used = case when budget.second >= excluded.second then budget.used + 1 else 1 end,
           second = greatest(budget.second, excluded.second)
     returning used`,
    [connectionId, second],
  )
  return (rows[0]?.used ?? 1) <= limit
}
