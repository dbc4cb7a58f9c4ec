import Router from '@koa/router'
import { inspectSignInLink, signIn, signOut } from '../../accounts/sign-in.js'
import type { Context } from '../../context.js'
import { readForm } from '../middleware/form.js'
import type { SessionCookie } from '../middleware/session.js'
import { signInPage, signInVerifyPage } from '../pages/sign-in.js'

/** The way in by a one-time link. GET consumes nothing: scanners open links before people do. */
export function signInRoutes(context: Context, cookie: SessionCookie): Router {
  return new Router()
    .get('/sign-in', (ctx) => {
      ctx.body = signInPage({ state: 'start' })
    })
    .get('/sign-in/verify', async (ctx) => {
      const token = String(ctx.query.token ?? '')
      const state = await inspectSignInLink(context, token)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = state === 'valid' ? signInVerifyPage({ token }) : signInPage({ state })
    })
    .post('/sign-in/verify', async (ctx) => {
      const token = (await readForm(ctx)).get('token') ?? ''
      const result = await signIn(context, token)
      if (typeof result === 'string') {
        ctx.body = signInPage({ state: result })
        return
      }
      cookie.write(ctx, result.sessionToken, result.expiresAt)
      ctx.redirect('/app')
    })
    .post('/sign-out', async (ctx) => {
      const token = cookie.read(ctx)
      if (token) await signOut(context, token)
      cookie.clear(ctx)
      ctx.redirect('/sign-in')
    })
}
