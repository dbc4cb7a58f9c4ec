import Router from '@koa/router'
import type { Middleware } from 'koa'
import type { Ring } from '../../../jobs/define-job.js'
import type { Context } from '../../context.js'
import { countOpenCases } from '../../recovery/read-cases.js'
import { saidOnce } from '../middleware/said.js'
import { requireTenant, type Tenant } from '../middleware/tenant.js'
import type { PanelProps } from '../pages/parts/panel.js'
import { caseRoutes } from './cases.js'
import { eventRoutes } from './events.js'
import { overviewRoutes } from './overview.js'
import type { PanelParts } from './panel-parts.js'
import { settingsRoutes } from './settings.js'

/** `/app`: the owner's overview, cases, events and settings. */
export function panelRoutes(context: Context, requireOwner: Middleware, ring: Ring): Router {
  async function panelOf({ owner, workspace, connection }: Tenant): Promise<PanelProps> {
    return {
      workspaceName: workspace.name,
      ownerEmail: owner.email,
      mode: connection.mode,
      openCases: await countOpenCases(context, workspace.id, connection.id),
    }
  }

  const parts: PanelParts = { context, ring, said: saidOnce(context.settings.appUrl, context.now), panelOf }
  return new Router({ prefix: '/app' })
    .use(requireOwner, requireTenant(context))
    .use(overviewRoutes(parts).routes())
    .use(caseRoutes(parts).routes())
    .use(eventRoutes(parts).routes())
    .use(settingsRoutes(parts).routes())
}
