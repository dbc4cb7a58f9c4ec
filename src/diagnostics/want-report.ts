import type { Context } from '../context.js'
import { Diagnostic } from '../db/models/diagnostic.js'

/**
 * The owner wants the newest report by mail. It is mailed once for each time it is asked for, by whoever tells owners.
 *
 * @returns whether there is one
 */
export async function wantReport(
  { db, now }: Context,
  { connectionId, workspaceId }: { workspaceId: string; connectionId: string },
): Promise<boolean> {
  const newest = await Diagnostic.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId, outcome: 'finished' })
    .orderBy('asked_at', 'desc')
    .first()
  if (!newest) return false
  await newest.$query(db).patch({ report_wanted_at: now(), report_tried_at: null, report_told_at: null })
  return true
}
