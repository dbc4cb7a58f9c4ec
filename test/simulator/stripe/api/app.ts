import Router from '@koa/router'
import type Koa from 'koa'
import { injectFaults } from '../../faults.js'
import { type ApiParts, answerCall } from './answer-call.js'
import { faultBody, rateLimited, unrecognizedUrl } from './errors.js'
import { OtherMode } from './other-mode.js'
import { refusal, send } from './refusal.js'
import type { ApiRoute } from './route.js'
import { accountRoutes } from './routes/account.js'
import { cardChangeRoutes } from './routes/card-changes.js'
import { catalogRoutes } from './routes/catalog.js'
import { creditNoteRoutes } from './routes/credit-notes.js'
import { customerLifeRoutes } from './routes/customer-life.js'
import { customerRoutes } from './routes/customers.js'
import { disputeRoutes } from './routes/disputes.js'
import { eventRoutes } from './routes/events.js'
import { invoiceRoutes } from './routes/invoices.js'
import { paymentMethodRoutes } from './routes/payment-methods.js'
import { paymentRoutes } from './routes/payments.js'
import { portalRoutes } from './routes/portal.js'
import { refundRoutes } from './routes/refunds.js'
import { subscriptionPauseRoutes } from './routes/subscription-pauses.js'
import { subscriptionRoutes } from './routes/subscriptions.js'
import { webhookEndpointRoutes } from './routes/webhook-endpoints.js'

const ROUTES = [
  ...accountRoutes,
  ...cardChangeRoutes,
  ...catalogRoutes,
  ...creditNoteRoutes,
  ...customerLifeRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...invoiceRoutes,
  ...paymentMethodRoutes,
  ...paymentRoutes,
  ...portalRoutes,
  ...refundRoutes,
  ...subscriptionPauseRoutes,
  ...subscriptionRoutes,
  ...webhookEndpointRoutes,
] as readonly ApiRoute[]

/** `/v1/*` as the SDK speaks to it. */
export function apiMiddleware(parts: ApiParts): Koa.Middleware {
  const router = new Router()
  const otherMode = new OtherMode(parts)
  for (const route of ROUTES) {
    router.register(route.path, [route.method], async (ctx) => {
      await answerCall(parts, otherMode, route, ctx as unknown as Koa.Context, String(ctx.params.id ?? ''))
    })
  }
  const routes = router.routes() as unknown as Koa.Middleware
  const faults = injectFaults(parts.faults, faultBody)
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/v1/') && !ctx.path.startsWith('/v2/')) return next()
    await logged(parts, ctx, () => faults(ctx, () => dispatch(parts, routes, ctx)))
  }
}

async function dispatch(parts: ApiParts, routes: Koa.Middleware, ctx: Koa.Context): Promise<void> {
  try {
    if (!parts.rate.take(parts.account.clock.now())) throw rateLimited('global-rate')
    await routes(ctx as Koa.ParameterizedContext, async () => {
      parts.log.unbuilt.add(`${ctx.method} ${ctx.path}`)
      throw unrecognizedUrl(ctx.method, ctx.path)
    })
  } catch (error) {
    send(ctx, refusal(parts, ctx, error))
  }
}

async function logged(parts: ApiParts, ctx: Koa.Context, run: () => Promise<void>): Promise<void> {
  const requestId = parts.account.ids.next('req', '', 14)
  ctx.state.requestId = requestId
  ctx.state.version = ctx.get('stripe-version') || parts.account.events.apiVersion
  ctx.set('request-id', requestId)
  ctx.set('date', new Date(parts.account.clock.now()).toUTCString())
  ctx.set('stripe-version', ctx.state.version)
  const idempotencyKey = ctx.get('idempotency-key') || null
  if (idempotencyKey) ctx.set('idempotency-key', idempotencyKey)
  try {
    await run()
  } finally {
    parts.log.calls.push({
      at: parts.account.clock.now(),
      method: ctx.method,
      path: ctx.path,
      query: ctx.querystring,
      apiVersion: ctx.state.version,
      status: ctx.status,
      requestId,
      idempotencyKey,
      replayed: ctx.state.replayed === true,
      fault: ctx.state.fault,
    })
  }
}
