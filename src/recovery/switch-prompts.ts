import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { planOpenCases } from './plan-campaign.js'

/**
 * Switches prompts on or off. Switched on, open cases follow the campaign: those that nobody was written to about begin
 * it now. Switched off, what is planned waits; a mail that is fixed already still goes out.
 *
 * @returns `done`: touches may be due, ring for the workspace
 */
export async function switchPrompts(
  context: Context,
  { workspaceId, on }: { workspaceId: string; on: boolean },
): Promise<'done' | 'already'> {
  return context.db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    if ((workspace.prompts_on_at !== null) === on) return 'already'
    if (on) await turnPromptsOn(context, trx, workspace)
    else await workspace.$query(trx).patch({ prompts_on_at: null })
    return 'done'
  })
}

/** The caller holds the workspace's row. */
export async function turnPromptsOn(context: Context, trx: Db, workspace: Workspace): Promise<void> {
  const now = context.now()
  const switchedOn = await workspace
    .$query(trx)
    .patchAndFetch({ prompts_on_at: now, restored_at: null, restored_from: null })
  const begun = Touch.query(trx)
    .where({ workspace_id: workspace.id })
    .where((over) => over.whereNotNull('mail_id').orWhereNotNull('skipped_at'))
  await RecoveryCase.query(trx)
    .where({ workspace_id: workspace.id, closed_at: null })
    .whereNotIn('id', begun.select('case_id'))
    .patch({ campaign_at: now })
  await planOpenCases(context, trx, switchedOn)
}
