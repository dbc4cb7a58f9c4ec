import type { Context as KoaContext, Next } from 'koa'
import type { Log } from '../../log.js'
import { errorPage } from '../pages/error.js'

/** Who may not, comes from elsewhere, or too often: whoever looks for an attack finds it in the log. */
const TURNED_AWAY = new Set([401, 403, 421, 429])

/** The only place where a fault becomes an HTTP status. What went wrong is logged, never shown. */
export function answerErrors(log: Log) {
  return async (ctx: KoaContext, next: Next) => {
    try {
      await next()
      if (ctx.status === 404 && !ctx.body) answer(ctx, 404)
    } catch (error) {
      const status = (error as { status?: unknown; expose?: unknown }).status
      const isClients = typeof status === 'number' && status >= 400 && status < 500
      if (!isClients) log.error({ err: error, method: ctx.method, route: ctx.path }, 'a request failed')
      answer(ctx, isClients ? status : 500)
    }
    if (TURNED_AWAY.has(ctx.status)) {
      log.info({ status: ctx.status, method: ctx.method, route: ctx.path }, 'a request was turned away')
    }
  }
}

const WORDS: Record<number, { title: string; what: string; next: string }> = {
  403: {
    title: 'Not from here',
    what: 'This request did not come from our own page, so nothing was changed.',
    next: 'Open the page again and press the button there.',
  },
  404: {
    title: 'Nothing here',
    what: 'There is no page at this address.',
    next: 'Check the link.',
  },
  421: {
    title: 'Not under this address',
    what: 'This page answers only under the address that it was set up with, so that a forged one leads nowhere.',
    next: 'Open that address, or set APP_URL to this one and start again.',
  },
  429: {
    title: 'That was often',
    what: 'This was asked for too often, so it was not done again.',
    next: 'Wait a while, then try once more.',
  },
  500: {
    title: 'That did not work',
    what: 'We could not answer just now. Nothing is lost.',
    next: 'Try again in a moment.',
  },
}
const OTHER = {
  title: 'Not understood',
  what: 'This request was not complete, so nothing was changed.',
  next: 'Go back and try again.',
}

function answer(ctx: KoaContext, status: number) {
  ctx.status = status
  ctx.type = 'html'
  const home = /^\/app(\/|$)/.test(ctx.path) ? { href: '/app', name: 'To your overview' } : undefined
  ctx.body = errorPage({ status, ...(WORDS[status] ?? OTHER), home })
}
