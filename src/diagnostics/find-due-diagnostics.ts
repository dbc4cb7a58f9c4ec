import type { Context } from '../context.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { Workspace } from '../db/models/workspace.js'
import { nextDiagnosticAt } from '../domain/diagnostic-schedule.js'
import { askForDiagnostic, askForFirst, usableConnections, withoutRun } from './ask-for-diagnostic.js'

/** Workspaces handled in one round; the next comes soon. */
const AT_MOST = 200

/**
 * Asks for the runs that are due: the first of each connection, and those of the schedule. What was due several times
 * over, in a downtime, runs once.
 *
 * @returns the workspaces whose run waits for a worker, by id
 */
export async function findDueDiagnostics(context: Context): Promise<string[]> {
  for (const { workspace_id } of await withoutRun(context.db).limit(AT_MOST)) await askForFirst(context, workspace_id)
  for (const workspaceId of await dueBySchedule(context)) await followSchedule(context, workspaceId)
  const waiting = await Diagnostic.query(context.db)
    .where({ ended_at: null })
    .where((free) => free.whereNull('leased_until').orWhere('leased_until', '<=', context.now()))
    .where((due) => due.whereNull('retry_at').orWhere('retry_at', '<=', context.now()))
    .orderBy('asked_at')
    .limit(AT_MOST)
    .select('workspace_id')
  return waiting.map(({ workspace_id }) => workspace_id)
}

async function dueBySchedule({ db, now }: Context): Promise<string[]> {
  const workspaces = await Workspace.query(db)
    .whereNot({ diagnostic_every: 'never' })
    .where((due) => due.whereNull('diagnostic_due_at').orWhere('diagnostic_due_at', '<=', now()))
    .whereIn('id', usableConnections(db).select('workspace_id'))
    .limit(AT_MOST)
    .select('id')
  return workspaces.map(({ id }) => id)
}

/** The run and when the next is due are one commit. */
async function followSchedule({ db, now }: Context, workspaceId: string): Promise<void> {
  await db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forNoKeyUpdate()
    if (!workspace) return
    const {
      diagnostic_due_at: due,
      diagnostic_every: every,
      diagnostic_hour: hour,
      diagnostic_weekday: weekday,
    } = workspace
    if (due && due > now()) return
    if (due) await askForDiagnostic({ db: trx, now }, workspaceId, 'schedule')
    await workspace.$query(trx).patch({
      diagnostic_due_at: nextDiagnosticAt({ every, weekday, hour }, now(), workspace.time_zone),
    })
  })
}
