import { stripeStatus } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import { diagnosticStanding } from '../../diagnostics/read-diagnostics.js'
import { readEventChecks } from '../../diagnostics/read-event-checks.js'
import { readOverview } from '../../recovery/read-overview.js'
import type { Tenant } from '../middleware/tenant.js'
import { type OverviewView, presentOverview } from '../presenters/overview.js'
import { periodOf } from '../presenters/overview-period.js'
import type { Query } from './query.js'

/** How it goes, at one glance. `days`, or `first` and `last`, name the period. */
export async function showOverview(
  context: Context,
  { workspace, connection }: Tenant,
  query: Query,
): Promise<OverviewView> {
  const now = context.now()
  const period = periodOf(query, workspace.time_zone, now)
  const scope = { workspaceId: workspace.id, connectionId: connection.id }
  const [overview, checks, stripe, diagnostic] = await Promise.all([
    readOverview(context, { ...scope, from: period.from, until: period.until, timeZone: workspace.time_zone }),
    readEventChecks(context, workspace.id, connection.id),
    stripeStatus(context, workspace.id),
    diagnosticStanding(context, scope),
  ])
  return presentOverview({ workspace, connection, period, overview, checks, stripe, diagnostic }, now)
}
