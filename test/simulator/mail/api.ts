import Router from '@koa/router'
import type Koa from 'koa'
import { injectFaults } from '../faults.js'
import { faultBody, MailApiError, rateLimited } from './errors.js'
import { authenticate } from './keys.js'
import { domainRoutes } from './routes/domains.js'
import { emailRoutes } from './routes/emails.js'
import { webhookRoutes } from './routes/webhooks.js'
import type { MailSimulator } from './simulator.js'

const OURS = /^\/(emails|domains|webhooks)(\/|$)/

/** Resend's API as its SDK speaks to it. */
export function mailApi(simulator: MailSimulator): Koa.Middleware {
  const router = new Router()
  emailRoutes(router, simulator)
  domainRoutes(router, simulator)
  webhookRoutes(router, simulator)
  const routes = router.routes() as unknown as Koa.Middleware
  const faults = injectFaults(simulator.faults, faultBody)

  return async (ctx, next) => {
    if (!OURS.test(ctx.path) && !ctx.get('authorization').startsWith('Bearer re_')) return next()
    await faults(ctx, () => answer(simulator, ctx, routes))
    simulator.calls.push({
      at: simulator.now(),
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      error: ctx.status < 400 ? null : nameIn(ctx.body),
      idempotencyKey: ctx.get('idempotency-key') || null,
      fault: ctx.state.fault,
    })
  }
}

async function answer(simulator: MailSimulator, ctx: Koa.Context, routes: Koa.Middleware): Promise<void> {
  try {
    ctx.state.key = authenticate(simulator.keys, ctx.get('authorization'))
    limitRate(simulator, ctx)
    await routes(ctx as Koa.ParameterizedContext, async () => {
      simulator.unbuilt.add(`${ctx.method} ${ctx.path}`)
      throw new MailApiError(404, 'not_found', 'The requested endpoint does not exist')
    })
  } catch (error) {
    if (!(error instanceof MailApiError)) throw error
    ctx.status = error.status
    ctx.body = error.body()
  }
}

/** The headers follow the sixth draft of the IETF's rate limit fields. */
function limitRate({ rate }: MailSimulator, ctx: Koa.Context): void {
  const allowed = rate.take()
  if (rate.perSecond !== undefined) {
    ctx.set('ratelimit-limit', String(rate.perSecond))
    ctx.set('ratelimit-remaining', String(rate.remaining()))
    ctx.set('ratelimit-reset', '1')
  }
  if (allowed) return
  ctx.set('retry-after', '1')
  throw rateLimited(rate.perSecond)
}

function nameIn(body: unknown): string | null {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : null
  return typeof name === 'string' ? name : null
}
