import { readSystemChecks } from '../../accounts/check-system.js'
import type { Context } from '../../context.js'
import { countPastCandidates } from '../../diagnostics/past-cases.js'
import { readDiagnostics } from '../../diagnostics/read-diagnostics.js'
import { isRowId } from '../middleware/row-id.js'
import type { Tenant } from '../middleware/tenant.js'
import { type DiagnosticsView, presentDiagnostics } from '../presenters/diagnostics.js'
import type { Query } from './query.js'

/** The 90-day diagnostic. `run` names an earlier report, `currency` what its details are of. */
export async function showDiagnostics(
  context: Context,
  { workspace, connection }: Tenant,
  query: Query,
): Promise<DiagnosticsView | null> {
  const { currency, run } = query
  if (run !== undefined && !isRowId(run)) return null
  const wanted = { workspaceId: workspace.id, connectionId: connection.id, runId: run ?? null }
  const [diagnostics, unfollowed, checks] = await Promise.all([
    readDiagnostics(context, wanted),
    countPastCandidates(context, wanted),
    readSystemChecks(context, workspace.id),
  ])
  if (!diagnostics) return null
  const chosen = typeof currency === 'string' ? currency : null
  return presentDiagnostics({ workspace, connection, diagnostics, unfollowed, checks, currency: chosen }, context.now())
}
