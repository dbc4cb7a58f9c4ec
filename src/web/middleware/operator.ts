import type { Context as KoaContext, Middleware, Next } from 'koa'
import { findSession } from '../../accounts/sessions.js'
import { isOperator } from '../../accounts/sign-up-rules.js'
import type { Context } from '../../context.js'
import type { Cookies } from './session.js'

/** Lets platform operators pass. For everyone else, signed in or not, there is no such page. */
export function requireOperator(context: Context, cookies: Cookies): Middleware {
  return async (ctx: KoaContext, next: Next) => {
    const token = cookies.session.read(ctx)
    const signedIn = token && (await findSession(context, token))
    if (!signedIn) return ctx.throw(404)
    if (!(await isOperator(context, signedIn.owner))) {
      context.log.info({ ownerId: signedIn.owner.id, method: ctx.method, route: ctx.path }, 'an owner is no operator')
      return ctx.throw(404)
    }
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}
