import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'
import { type DiagnosticSchedule, nextDiagnosticAt } from '../domain/diagnostic-schedule.js'

/** When the diagnostic runs by itself, and of how large a growth the owner is told; `null`: of none. */
export async function setSchedule(
  { db, now }: Context,
  workspaceId: string,
  { every, hour, leakThreshold, weekday }: DiagnosticSchedule & { readonly leakThreshold: number | null },
): Promise<void> {
  await db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forNoKeyUpdate().throwIfNotFound()
    await workspace.$query(trx).patch({
      diagnostic_every: every,
      diagnostic_weekday: weekday,
      diagnostic_hour: hour,
      diagnostic_due_at: nextDiagnosticAt({ every, weekday, hour }, now(), workspace.time_zone),
      leak_threshold: leakThreshold,
    })
  })
}
