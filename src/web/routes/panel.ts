import Router from '@koa/router'
import type { Middleware } from 'koa'
import { panelApi } from '../../../admin/panel.js'
import { CLIENT_SCRIPTS, panelFiles } from '../../../admin/panel-files.js'
import type { Ring } from '../../../jobs/define-job.js'
import { isOperator } from '../../accounts/sign-up-rules.js'
import type { Context } from '../../context.js'
import { countOpenCases } from '../../recovery/read-cases.js'
import { allowClient } from '../middleware/policy.js'
import { saidOnce } from '../middleware/said.js'
import { onlySameOrigin } from '../middleware/same-origin.js'
import { requireTenant, type Tenant, tenantOf } from '../middleware/tenant.js'
import type { PanelProps } from '../pages/parts/shell.js'
import { screenPage } from '../pages/screen-page.js'
import { screensOf } from '../screens/screens.js'
import { caseRoutes } from './cases.js'
import { diagnosticRoutes } from './diagnostics.js'
import { eventRoutes } from './events.js'
import { overviewRoutes } from './overview.js'
import type { PanelParts } from './panel-parts.js'
import { settingsRoutes } from './settings.js'

/** `/app`: the owner's overview, cases, events and settings. */
export function panelRoutes(context: Context, requireOwner: Middleware, ring: Ring): Router {
  async function panelOf({ owner, workspace, connection }: Tenant): Promise<PanelProps> {
    const [openCases, isOperating] = await Promise.all([
      countOpenCases(context, workspace.id, connection.id),
      isOperator(context, owner),
    ])
    return {
      workspaceName: workspace.name,
      ownerEmail: owner.email,
      mode: connection.mode,
      openCases,
      isOperator: isOperating,
    }
  }

  const show: PanelParts['show'] = async (ctx, { name, title, view }) => {
    const [panel, shown] = await Promise.all([panelOf(tenantOf(ctx)), view])
    if (!shown) return ctx.throw(404)
    allowClient(ctx)
    ctx.body = screenPage({ name, title: title(shown), view: shown, panel, scripts: CLIENT_SCRIPTS })
  }

  const parts: PanelParts = { context, ring, said: saidOnce(context.settings.appUrl, context.now), panelOf, show }
  const api = panelApi<Tenant>({
    db: context.db,
    screens: Object.fromEntries(
      Object.entries(screensOf(context)).map(([name, screen]) => [
        name,
        async (tenant, query) => {
          const [panel, view] = await Promise.all([panelOf(tenant), screen(tenant, query)])
          return view && { panel, view }
        },
      ]),
    ),
    ownerOf(ctx) {
      const tenant = tenantOf(ctx)
      const { owner, workspace, connection } = tenant
      return { id: owner.id, email: owner.email, workspaceId: workspace.id, connectionId: connection.id, tenant }
    },
  })
  return new Router({ prefix: '/app' })
    .all('/client/*path', panelFiles.serve)
    .all('/api/*path', onlySameOrigin(context.settings.appUrl))
    .use(requireOwner, requireTenant(context))
    .all('/api/*path', api)
    .use(overviewRoutes(parts).routes())
    .use(caseRoutes(parts).routes())
    .use(diagnosticRoutes(parts).routes())
    .use(eventRoutes(parts).routes())
    .use(settingsRoutes(parts).routes())
}
