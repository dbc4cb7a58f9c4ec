import Router from '@koa/router'
import { confirmAddress, inspectConfirmation } from '../../accounts/confirm-address.js'
import { takeTry } from '../../accounts/limits.js'
import { findSession } from '../../accounts/sessions.js'
import type { Context } from '../../context.js'
import { clientOf } from '../middleware/client.js'
import { readForm } from '../middleware/form.js'
import type { Cookies } from '../middleware/session.js'
import { confirmAddressPage } from '../pages/confirm-address.js'
import { tooOftenPage } from '../pages/sign-in.js'

/** `/confirm-address`: whoever reads a mailbox says yes. GET consumes nothing: scanners open links before people do. */
export function confirmAddressRoutes(context: Context, cookies: Cookies): Router {
  return new Router({ prefix: '/confirm-address' })
    .get('/', async (ctx) => {
      const token = String(ctx.query.token ?? '')
      ctx.set('Cache-Control', 'no-store')
      ctx.body = confirmAddressPage({ token, state: await inspectConfirmation(context, token) })
    })
    .post('/', async (ctx) => {
      const token = (await readForm(ctx)).get('token') ?? ''
      const waitSeconds = await takeTry(context, 'verify-client', clientOf(ctx, context.settings.trustProxy))
      if (waitSeconds !== null) {
        ctx.status = 429
        ctx.set('Retry-After', String(waitSeconds))
        ctx.body = tooOftenPage({ waitSeconds })
        return
      }
      const sessionToken = cookies.session.read(ctx)
      const here = sessionToken ? await findSession(context, sessionToken) : null
      const state = await confirmAddress(context, { token, ...(here && { keptSessionId: here.session.id }) })
      ctx.body = confirmAddressPage({ token, state })
    })
}
