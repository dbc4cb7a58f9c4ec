import Router from '@koa/router'
import type { PanelParts } from './panel-parts.js'
import { campaignRoutes } from './settings/campaign.js'
import { mailRoutes } from './settings/mails.js'
import { promptRoutes } from './settings/prompts.js'
import { senderRoutes } from './settings/sender.js'
import { stripeRoutes } from './settings/stripe.js'
import { suppressedRoutes } from './settings/suppressed.js'
import { workspaceRoutes } from './settings/workspace.js'

/** `/app/settings`: what the owner decides. Each part has its page. */
export function settingsRoutes(parts: PanelParts): Router {
  return new Router({ prefix: '/settings' })
    .get('/', (ctx) => ctx.redirect('/app/settings/workspace'))
    .use(workspaceRoutes(parts).routes())
    .use(stripeRoutes(parts).routes())
    .use(campaignRoutes(parts).routes())
    .use(mailRoutes(parts).routes())
    .use(senderRoutes(parts).routes())
    .use(suppressedRoutes(parts).routes())
    .use(promptRoutes(parts).routes())
}
