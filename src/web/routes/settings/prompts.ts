import Router from '@koa/router'
import { tenantOf } from '../../middleware/tenant.js'
import { promptsPage } from '../../pages/settings/prompts.js'
import type { PanelParts } from '../panel-parts.js'

/** `/app/settings/prompts`: the switch, behind its dry run. */
export function promptRoutes({ panelOf }: PanelParts): Router {
  return new Router().get('/prompts', async (ctx) => {
    ctx.body = promptsPage({ panel: await panelOf(tenantOf(ctx)) })
  })
}
