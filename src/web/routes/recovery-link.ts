import Router from '@koa/router'
import type { Context } from '../../context.js'
import { findByLink, followLink, lookAtLink, stopReminders } from '../../recovery/follow-link.js'
import { returnFromPortal } from '../../recovery/return-from-portal.js'
import {
  linkBusyPage,
  linkClosedPage,
  linkDonePage,
  linkUnknownPage,
  linkUnreachablePage,
  stopPage,
} from '../pages/recovery-link.js'

/** By which browsers and previews say that nobody has asked for the page yet. */
const PURPOSE_HEADERS = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz']

/**
 * What a customer's mail leads to. The token in the path is the proof: no session, and one-click stop (RFC 8058) comes
 * from mail providers, so it is exempt from the same-origin rule.
 */
export function recoveryLinkRoutes(context: Context): Router {
  const router = new Router()

  router.get('/r/:token', async (ctx) => {
    const token = String(ctx.params.token)
    if (ctx.method === 'HEAD') {
      ctx.status = (await lookAtLink(context, token)) ? 200 : 404
      return
    }
    const target = await followLink(context, token, {
      userAgent: ctx.get('User-Agent'),
      purpose: PURPOSE_HEADERS.map((name) => ctx.get(name)).join(' '),
    })
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
    const token = String(ctx.params.token)
    if (ctx.method === 'HEAD') {
      ctx.status = (await findByLink(context, token)) ? 200 : 404
      return
    }
    const found = await returnFromPortal(context, token)
    const link = `/r/${encodeURIComponent(token)}`
    switch (found.kind) {
      case 'confirm':
        return ctx.redirect(found.url)
      case 'closed':
        ctx.body =
          found.outcome === 'recovered' ? linkDonePage({ ...found, kind: 'paid', link }) : linkClosedPage(found)
        return
      case 'unknown':
        ctx.status = 404
        ctx.body = linkUnknownPage()
        return
      default:
        ctx.body = linkDonePage({ ...found, link })
    }
  })

  router.get('/r/:token/stop', async (ctx) => {
    const linked = await findByLink(context, String(ctx.params.token))
    ctx.status = linked ? 200 : 404
    ctx.body = linked
      ? stopPage({
          workspaceName: linked.workspace.name,
          action: ctx.url,
          all: ctx.query.all === '1',
          stopped: linked.recoveryCase.reminders_stopped_at !== null,
        })
      : linkUnknownPage()
  })

  router.post('/r/:token/stop', async (ctx) => {
    const all = ctx.query.all === '1'
    const linked = await stopReminders(context, String(ctx.params.token), { all })
    ctx.status = linked ? 200 : 404
    ctx.body = linked
      ? stopPage({ workspaceName: linked.workspace.name, action: ctx.url, all, stopped: true })
      : linkUnknownPage()
  })

  return router
}
