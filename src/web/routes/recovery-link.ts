import Router from '@koa/router'
import type { Context } from '../../context.js'
import { findByLink, followLink, stopReminders } from '../../recovery/follow-link.js'
import {
  linkBusyPage,
  linkClosedPage,
  linkDonePage,
  linkUnknownPage,
  linkUnreachablePage,
  stopPage,
} from '../pages/recovery-link.js'

/**
 * What a customer's mail leads to. The token in the path is the proof: no session, and one-click stop (RFC 8058) comes
 * from mail providers, so it is exempt from the same-origin rule.
 */
export function recoveryLinkRoutes(context: Context): Router {
  const router = new Router()

  router.get('/r/:token', async (ctx) => {
    const token = String(ctx.params.token)
    if (ctx.method === 'HEAD') {
      // Scanners ask first: nothing is made for them.
      ctx.status = (await findByLink(context, token)) ? 200 : 404
      return
    }
    const target = await followLink(context, token)
    switch (target.kind) {
      case 'redirect':
        return ctx.redirect(target.url)
      case 'closed':
        ctx.body = linkClosedPage(target)
        return
      case 'unreachable':
        ctx.status = 503
        ctx.body = linkUnreachablePage(target)
        return
      case 'busy':
        ctx.status = 429
        ctx.set('Retry-After', '60')
        ctx.body = linkBusyPage(target)
        return
      case 'unknown':
        ctx.status = 404
        ctx.body = linkUnknownPage()
    }
  })

  router.get('/r/:token/done', async (ctx) => {
    const linked = await findByLink(context, String(ctx.params.token))
    ctx.status = linked ? 200 : 404
    ctx.body = linked
      ? linkDonePage({ workspaceName: linked.workspace.name, settled: linked.recoveryCase.outcome === 'recovered' })
      : linkUnknownPage()
  })

  router.get('/r/:token/stop', async (ctx) => {
    const linked = await findByLink(context, String(ctx.params.token))
    ctx.status = linked ? 200 : 404
    ctx.body = linked
      ? stopPage({
          workspaceName: linked.workspace.name,
          action: ctx.path,
          stopped: linked.recoveryCase.reminders_stopped_at !== null,
        })
      : linkUnknownPage()
  })

  router.post('/r/:token/stop', async (ctx) => {
    const linked = await stopReminders(context, String(ctx.params.token))
    ctx.status = linked ? 200 : 404
    ctx.body = linked
      ? stopPage({ workspaceName: linked.workspace.name, action: ctx.path, stopped: true })
      : linkUnknownPage()
  })

  return router
}
