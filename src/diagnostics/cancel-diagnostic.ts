import type { Context } from '../context.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { forgetRecords } from '../db/queries/forget-records.js'

/**
 * Ends the workspace's run without a report. Whoever works on it finds that out at the next page.
 *
 * @returns `none`: there is none under way
 */
export async function cancelDiagnostic({ db, now }: Context, workspaceId: string): Promise<'canceled' | 'none'> {
  const canceled = await Diagnostic.query(db)
    .where({ workspace_id: workspaceId, ended_at: null })
    .patch({ ended_at: now(), outcome: 'canceled', leased_until: null })
  await forgetRecords(db, workspaceId)
  return canceled > 0 ? 'canceled' : 'none'
}
