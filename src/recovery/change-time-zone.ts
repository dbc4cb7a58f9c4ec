import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'
import { isTimeZone } from '../domain/time-zones.js'
import { planOpenCases } from './plan-campaign.js'

/**
 * Moves a workspace to another time zone. Reminders that are not fixed to a mail yet are planned anew in its sending
 * hours, in the same commit; when the next digest is due is worked out anew.
 *
 * @param timeZone IANA name, such as `Europe/Berlin`
 * @returns `changed`: touches may be due, ring for the workspace; `unknown`: there is no such zone, nothing has changed
 */
export async function changeTimeZone(
  context: Context,
  { workspaceId, timeZone }: { workspaceId: string; timeZone: string },
): Promise<'changed' | 'same' | 'unknown'> {
  if (!isTimeZone(timeZone)) return 'unknown'
  return context.db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    if (workspace.time_zone === timeZone) return 'same'
    await workspace.$query(trx).patch({ time_zone: timeZone, digest_due_at: null, diagnostic_due_at: null })
    await planOpenCases(context, trx, workspace)
    return 'changed'
  })
}
