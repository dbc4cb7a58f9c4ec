import Router from '@koa/router'
import { stripeStatus } from '../../accounts/stripe-status.js'
import { readEventChecks } from '../../diagnostics/read-event-checks.js'
import { readOverview } from '../../recovery/read-overview.js'
import { tenantOf } from '../middleware/tenant.js'
import { overviewPage } from '../pages/overview.js'
import { presentOverview } from '../presenters/overview.js'
import { periodOf } from '../presenters/overview-period.js'
import type { PanelParts } from './panel-parts.js'

/** `/app`: how it goes, at one glance. */
export function overviewRoutes({ context, panelOf }: PanelParts): Router {
  return new Router().get('/', async (ctx) => {
    const tenant = tenantOf(ctx)
    const { workspace, connection } = tenant
    const now = context.now()
    const period = periodOf(ctx.query, workspace.time_zone, now)
    const scope = { workspaceId: workspace.id, connectionId: connection.id }
    const [panel, overview, checks, stripe] = await Promise.all([
      panelOf(tenant),
      readOverview(context, { ...scope, from: period.from, until: period.until, timeZone: workspace.time_zone }),
      readEventChecks(context, workspace.id, connection.id),
      stripeStatus(context, workspace.id),
    ])
    ctx.body = overviewPage({
      panel,
      overview: presentOverview({ workspace, connection, period, overview, checks, stripe }, now),
    })
  })
}
