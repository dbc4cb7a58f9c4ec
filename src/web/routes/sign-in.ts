import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { askAgain, askForLink } from '../../accounts/ask-for-link.js'
import { takeTry } from '../../accounts/limits.js'
import { signOut } from '../../accounts/sessions.js'
import { inspectSignInLink, LINK_MS, signIn } from '../../accounts/sign-in.js'
import { emailAddress } from '../../config.js'
import type { Context } from '../../context.js'
import { newToken } from '../../secrets/tokens.js'
import { clientOf } from '../middleware/client.js'
import { readForm } from '../middleware/form.js'
import { type Cookies, wantedPage } from '../middleware/session.js'
import { signInPage, signInSentPage, signInVerifyPage, tooOftenPage } from '../pages/sign-in.js'

/** The way in by a one-time link. GET consumes nothing: scanners open links before people do. */
export function signInRoutes(context: Context, cookies: Cookies): Router {
  const hasMail = context.mail !== null
  const { trustProxy } = context.settings

  /** The link that is asked for now opens where this cookie is. One that is there stays, for links under way. */
  function browserOf(ctx: KoaContext): string {
    const browserToken = cookies.browser.read(ctx) ?? newToken()
    cookies.browser.write(ctx, browserToken, new Date(context.now().getTime() + 2 * LINK_MS))
    return browserToken
  }

  function tooOften(ctx: KoaContext, waitSeconds: number) {
    ctx.status = 429
    ctx.set('Retry-After', String(waitSeconds))
    ctx.body = tooOftenPage({ waitSeconds })
  }

  return new Router()
    .get('/sign-in', (ctx) => {
      ctx.body = signInPage({ hasMail })
    })
    .post('/sign-in', async (ctx) => {
      const form = await readForm(ctx)
      const token = form.get('token')
      const typed = form.get('email') ?? ''
      const asking = { client: clientOf(ctx, trustProxy), browserToken: browserOf(ctx) }
      const address = emailAddress.safeParse(typed)
      if (token === null && !address.success) {
        ctx.status = 422
        ctx.body = signInPage({
          hasMail,
          typed,
          fault: 'This is not a mail address. It needs to look like name@example.com.',
        })
        return
      }
      const asked =
        token === null
          ? await askForLink(context, { ...asking, email: address.data ?? '' })
          : await askAgain(context, { ...asking, token })
      if (!asked) return ctx.redirect('/sign-in')
      if (asked.kind === 'too_often') return tooOften(ctx, asked.waitSeconds)
      ctx.body = signInSentPage({ hasMail, email: token === null ? (address.data ?? '') : null })
    })
    .get('/sign-in/verify', async (ctx) => {
      const token = String(ctx.query.token ?? '')
      const state = await inspectSignInLink(context, { token, browserToken: cookies.browser.read(ctx) })
      ctx.set('Cache-Control', 'no-store')
      ctx.body = signInVerifyPage({ token, state, hasMail })
    })
    .post('/sign-in/verify', async (ctx) => {
      const token = (await readForm(ctx)).get('token') ?? ''
      const waitSeconds = await takeTry(context, 'verify-client', clientOf(ctx, trustProxy))
      if (waitSeconds !== null) return tooOften(ctx, waitSeconds)
      const result = await signIn(context, {
        token,
        browserToken: cookies.browser.read(ctx),
        userAgent: ctx.get('User-Agent'),
        sessionToken: cookies.session.read(ctx),
      })
      if (typeof result === 'string') {
        context.log.info({ link: result }, 'a sign-in link was refused')
        ctx.body = signInVerifyPage({ token, state: result, hasMail })
        return
      }
      const { ownerId, sessionId } = result
      context.log.info({ ownerId, sessionId }, 'an owner signed in')
      cookies.session.write(ctx, result.sessionToken, result.expiresAt)
      cookies.browser.clear(ctx)
      ctx.redirect(wantedPage(ctx, cookies))
    })
    .post('/sign-out', async (ctx) => {
      const token = cookies.session.read(ctx)
      if (token) await signOut(context, token)
      cookies.session.clear(ctx)
      ctx.set('Clear-Site-Data', '"cache", "storage"')
      ctx.redirect('/sign-in')
    })
}
