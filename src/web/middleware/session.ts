import type { Context as KoaContext, Middleware, Next } from 'koa'
import { findSession } from '../../accounts/sessions.js'
import type { Context } from '../../context.js'
import { type OwnCookie, ownCookie } from './cookies.js'

/** What the way in keeps in a browser. */
export interface Cookies {
  readonly session: OwnCookie
  /** Names the browser that asked for a link: the link signs in there and nowhere else. */
  readonly browser: OwnCookie
  /** The page that somebody wanted before signing in. */
  readonly wanted: OwnCookie
}

export const cookiesOf = (appUrl: string): Cookies => ({
  session: ownCookie(appUrl, 'session'),
  browser: ownCookie(appUrl, 'browser'),
  wanted: ownCookie(appUrl, 'wanted'),
})

const WANTED_FOR_MS = 30 * 60_000
/** Our own pages only, so that a cookie leads nowhere else; and none that is for a script. */
const OWN_PAGE = /^\/(app|jobs|onboarding)(?!\/(api|client)\/)(\/[\w./-]*)?$/

/** Lets only signed-in owners pass; everyone else is led to exactly `/sign-in`. */
export function requireOwner(context: Context, cookies: Cookies): Middleware {
  return async (ctx: KoaContext, next: Next) => {
    const token = cookies.session.read(ctx)
    const signedIn = token && (await findSession(context, token))
    if (!signedIn) {
      if (ctx.method === 'GET' && OWN_PAGE.test(ctx.path)) {
        cookies.wanted.write(ctx, ctx.path, new Date(context.now().getTime() + WANTED_FOR_MS))
      }
      return ctx.redirect('/sign-in')
    }
    ctx.state.owner = signedIn.owner
    ctx.state.session = signedIn.session
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}

/** Where somebody goes once signed in. */
export function wantedPage(ctx: KoaContext, { wanted }: Cookies): string {
  const path = wanted.read(ctx)
  if (path) wanted.clear(ctx)
  return path && OWN_PAGE.test(path) ? path : '/app'
}
