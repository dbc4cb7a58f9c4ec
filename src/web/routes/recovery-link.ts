import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { mailLanguage } from '../../../emails/words/languages.js'
import type { Context } from '../../context.js'
import { findByLink, followLink, letterheadOf, lookAtLink, stopReminders } from '../../recovery/follow-link.js'
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
  router.use((ctx, next) => {
    ctx.set('Cache-Control', 'no-store')
    return next()
  })

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
        answerUnknown(ctx)
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
        return answerUnknown(ctx)
      default:
        ctx.body = linkDonePage({ ...found, link })
    }
  })

  router.get('/r/:token/stop', async (ctx) => {
    const linked = await findByLink(context, String(ctx.params.token))
    if (!linked) return answerUnknown(ctx)
    ctx.body = stopPage({
      ...letterheadOf(linked),
      action: ctx.url,
      all: ctx.query.all === '1',
      stopped: linked.recoveryCase.reminders_stopped_at !== null,
    })
  })

  router.post('/r/:token/stop', async (ctx) => {
    const all = ctx.query.all === '1'
    const linked = await stopReminders(context, String(ctx.params.token), { all })
    if (!linked) return answerUnknown(ctx)
    ctx.body = stopPage({ ...letterheadOf(linked), action: ctx.url, all, stopped: true })
  })

  return router
}

/** Nobody is known by a link that was cut off: the browser tells in which language to say so. */
function answerUnknown(ctx: KoaContext): void {
  ctx.status = 404
  ctx.vary('Accept-Language')
  ctx.body = linkUnknownPage({ language: mailLanguage(ctx.acceptsLanguages()) })
}
