import Router from '@koa/router'
import type { PanelParts } from './panel-parts.js'
import { campaignRoutes } from './settings/campaign.js'
import { promptRoutes } from './settings/prompts.js'

/** `/app/settings`: what the owner decides. Each part has its page. */
export function settingsRoutes(parts: PanelParts): Router {
  return new Router({ prefix: '/settings' })
    .get('/', (ctx) => ctx.redirect('/app/settings/campaign'))
    .use(campaignRoutes(parts).routes())
    .use(promptRoutes(parts).routes())
}
