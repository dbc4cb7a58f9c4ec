import Router from '@koa/router'
import { tenantOf } from '../middleware/tenant.js'
import { showOverview } from '../screens/overview.js'
import type { PanelParts } from './panel-parts.js'

/** `/app`: how it goes, at one glance. */
export function overviewRoutes({ context, show }: PanelParts): Router {
  return new Router().get('/', async (ctx) => {
    const view = showOverview(context, tenantOf(ctx), ctx.query)
    await show(ctx, { name: 'overview', title: () => 'Overview', view })
  })
}
