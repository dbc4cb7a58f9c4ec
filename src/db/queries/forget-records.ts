import type { Db } from '../knex.js'

/** What was read is of no use to an ended run. Also what a killed worker left. */
export async function forgetRecords(db: Db, workspaceId: string): Promise<void> {
  const ended = db('diagnostics').where({ workspace_id: workspaceId }).whereNotNull('ended_at').select('id')
  await db('diagnostic_records').whereIn('diagnostic_id', ended).delete()
}
