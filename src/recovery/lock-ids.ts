import type { Db } from '../db/knex.js'

/**
 * Everything of one invoice, customer or payment at a time, also before its case exists. Ask before any row is locked.
 */
export async function lockIds(trx: Db, workspaceId: string, ids: readonly string[]): Promise<void> {
  await trx.raw(
    `select pg_advisory_xact_lock(hashtextextended(name, 0))
     from (select distinct unnest(?::text[]) as name order by name) as names`,
    [ids.map((id) => `${workspaceId} ${id}`)],
  )
}
