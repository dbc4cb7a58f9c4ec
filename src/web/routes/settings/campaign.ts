import Router from '@koa/router'
import { tenantOf } from '../../middleware/tenant.js'
import { campaignPage } from '../../pages/settings/campaign.js'
import type { PanelParts } from '../panel-parts.js'

/** `/app/settings/campaign`: the plan of contacts. */
export function campaignRoutes({ panelOf }: PanelParts): Router {
  return new Router().get('/campaign', async (ctx) => {
    ctx.body = campaignPage({ panel: await panelOf(tenantOf(ctx)) })
  })
}
