import Router from '@koa/router'
import type Koa from 'koa'
import rawBody from 'raw-body'
import { type Faults, injectFaults, pauseWhenSlow } from '../../faults.js'
import type { RateLimit } from '../../rate-limit.js'
import { CURRENT_VERSION } from '../webhooks/versions.js'
import type { CallLog } from './call-log.js'
import { faultBody, rateLimited, StripeApiError, unrecognizedUrl } from './errors.js'
import { expandPaths } from './expand.js'
import { type FormFields, parseForm } from './form.js'
import type { Answer, IdempotencyKeys } from './idempotency.js'
import type { ApiKey, ApiKeys } from './keys.js'
import { readParams } from './params.js'
import type { ApiContext, ApiRoute } from './route.js'
import { accountRoutes } from './routes/account.js'
import { catalogRoutes } from './routes/catalog.js'
import { customerRoutes } from './routes/customers.js'
import { eventRoutes } from './routes/events.js'
import { invoiceRoutes } from './routes/invoices.js'
import { paymentMethodRoutes } from './routes/payment-methods.js'
import { paymentRoutes } from './routes/payments.js'
import { portalRoutes } from './routes/portal.js'
import { subscriptionRoutes } from './routes/subscriptions.js'
import { webhookEndpointRoutes } from './routes/webhook-endpoints.js'

const ROUTES = [
  ...accountRoutes,
  ...catalogRoutes,
  ...customerRoutes,
  ...eventRoutes,
  ...invoiceRoutes,
  ...paymentMethodRoutes,
  ...paymentRoutes,
  ...portalRoutes,
  ...subscriptionRoutes,
  ...webhookEndpointRoutes,
] as readonly ApiRoute[]

/** What a kind of object needs to be read, also when it is reached by expansion. */
const READ_PERMISSION: Readonly<Record<string, string>> = {
  charge: 'charge_read',
  customer: 'customer_read',
  invoice: 'invoice_read',
  invoice_payment: 'invoice_read',
  payment_intent: 'payment_intent_read',
  payment_method: 'payment_method_read',
  price: 'plan_read',
  product: 'product_read',
  subscription: 'subscription_read',
}

export interface ApiParts extends ApiContext {
  readonly keys: ApiKeys
  readonly idempotency: IdempotencyKeys
  readonly log: CallLog
  readonly rate: RateLimit
  readonly faults: Faults
}

/** `/v1/*` as the SDK speaks to it. */
export function apiMiddleware(parts: ApiParts): Koa.Middleware {
  const router = new Router()
  for (const route of ROUTES) {
    router.register(route.path, [route.method], async (ctx) => {
      await answerCall(parts, route, ctx as unknown as Koa.Context, String(ctx.params.id ?? ''))
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
    if (!parts.rate.take()) throw rateLimited()
    await routes(ctx as Koa.ParameterizedContext, async () => {
      parts.log.notSimulated.push(`${ctx.method} ${ctx.path}`)
      throw unrecognizedUrl(ctx.method, ctx.path)
    })
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error
    if (error.status === 429) ctx.set('retry-after', '1')
    send(ctx, { status: error.status, body: JSON.stringify({ error: error.error }) })
  }
}

async function answerCall(parts: ApiParts, route: ApiRoute, ctx: Koa.Context, id: string): Promise<void> {
  const key = parts.keys.authenticate(ctx.get('authorization') || undefined)
  const body = route.method === 'GET' ? '' : await rawBody(ctx.req, { encoding: 'utf8', limit: '1mb' })
  // Stripe can check parameters before permissions, so a probe must not take such an error for a permission.
  const params = readParams(route.schema, parseForm(body || ctx.querystring)) as FormFields
  if (route.permission) parts.keys.demand(key, route.permission)

  const idempotencyKey = route.method === 'POST' ? ctx.get('idempotency-key') : ''
  if (idempotencyKey === '') {
    await pauseWhenSlow(ctx)
    send(ctx, act(parts, route, key, id, params, ctx))
    return
  }

  const kept = `${key.key} ${idempotencyKey}`
  const earlier = parts.idempotency.begin(kept, `${ctx.path}\n${body}`, parts.account.clock.elapsed())
  if (earlier) {
    ctx.set('idempotent-replayed', 'true')
    ctx.state.replayed = true
    send(ctx, earlier)
    return
  }
  await pauseWhenSlow(ctx)
  const answer = act(parts, route, key, id, params, ctx)
  parts.idempotency.keep(kept, answer)
  send(ctx, answer)
}

/** Errors of an executed call are answers too: they are kept under its idempotency key. */
function act(parts: ApiParts, route: ApiRoute, key: ApiKey, id: string, params: FormFields, ctx: Koa.Context): Answer {
  const { events, store } = parts.account
  events.request = { id: ctx.state.requestId, idempotency_key: ctx.get('idempotency-key') || null }
  try {
    const found = route.handle({ ...parts, id, params: params as never })
    const paths = Array.isArray(params.expand) ? (params.expand as string[]) : []
    const opened = expandPaths(store, found, paths, (kind) => {
      const permission = READ_PERMISSION[kind]
      if (permission) parts.keys.demand(key, permission)
    })
    return { status: 200, body: JSON.stringify(opened) }
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error
    return { status: error.status, body: JSON.stringify({ error: error.error }) }
  } finally {
    events.request = { id: null, idempotency_key: null }
  }
}

function send(ctx: Koa.Context, answer: Answer): void {
  ctx.status = answer.status
  ctx.type = 'application/json'
  ctx.body = answer.body
}

async function logged(parts: ApiParts, ctx: Koa.Context, run: () => Promise<void>): Promise<void> {
  const requestId = parts.account.ids.next('req', '', 14)
  ctx.state.requestId = requestId
  ctx.set('request-id', requestId)
  ctx.set('stripe-version', ctx.get('stripe-version') || CURRENT_VERSION)
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
      status: ctx.status,
      requestId,
      idempotencyKey,
      replayed: ctx.state.replayed === true,
      fault: ctx.state.fault,
    })
  }
}
