import type Koa from 'koa'
import rawBody from 'raw-body'
import { type Faults, pauseWhenSlow } from '../../faults.js'
import type { RateLimit } from '../../rate-limit.js'
import type { Json } from '../versions/step.js'
import { isSimulated, isVersion } from '../versions/versions.js'
import type { CallLog } from './call-log.js'
import type { EndpointRate } from './endpoint-rate.js'
import { foreignAccount, NotSimulatedError, rateLimited, unknownVersion, wrongContentType } from './errors.js'
import { demandDepth, expandPaths } from './expand.js'
import { type FormFields, parseForm } from './form.js'
import type { Answer, IdempotencyKeys } from './idempotency.js'
import type { ApiKey, ApiKeys } from './keys.js'
import type { OtherMode } from './other-mode.js'
import { readParams } from './params.js'
import { READ_PERMISSION } from './read-permission.js'
import { refusal, send } from './refusal.js'
import { type Render, renderIn } from './render.js'
import type { ApiContext, ApiRoute } from './route.js'

export interface ApiParts extends ApiContext {
  readonly keys: ApiKeys
  readonly idempotency: IdempotencyKeys
  readonly log: CallLog
  readonly rate: RateLimit
  readonly endpointRate: EndpointRate
  readonly faults: Faults
}

/** One call on its way through. */
interface Call {
  readonly route: ApiRoute
  readonly id: string
  readonly params: FormFields
  /** What it is about: the account, or the same account in the other mode. */
  readonly context: ApiContext
  readonly render: Render
  /** Renders an answer and opens in it what the call wants opened. */
  readonly expand: (answer: object) => Json
  /** What is to be told of an error. */
  readonly explained: (error: unknown) => unknown
}

/** One call of a route: who asks, in which version, for what; then the answer, once for an idempotency key. */
export async function answerCall(
  parts: ApiParts,
  otherMode: OtherMode,
  route: ApiRoute,
  ctx: Koa.Context,
  id: string,
): Promise<void> {
  ctx.state.operation = `${route.method} ${route.path}`
  const key = parts.keys.authenticate(ctx.get('authorization') || undefined)
  demandOwnAccount(parts, ctx, key)
  demandVersion(ctx.state.version)
  if (!parts.endpointRate.take(ctx.state.operation, parts.account.clock.now())) throw rateLimited('endpoint-rate')
  const form = route.method === 'POST' ? await formOf(ctx) : ctx.querystring
  // Stripe can check parameters before permissions, so a probe must not take such an error for a permission.
  const params = readParams(route.schema, parseForm(form)) as FormFields
  demandDepth(expansionsOf(params))
  if (route.permission) parts.keys.demand(key, route.permission)
  const away = key.livemode === parts.account.livemode ? undefined : otherMode
  const call = readCall(parts, away, { id, key, params, route, version: ctx.state.version })
  // What can't be expanded is refused before anything is done.
  const subject = route.method === 'GET' ? undefined : call.context.account.store.find(id)
  if (subject) call.expand(subject)

  const idempotencyKey = route.method === 'POST' ? ctx.get('idempotency-key') : ''
  if (idempotencyKey === '') {
    await pauseWhenSlow(ctx)
    send(ctx, act(parts, call, ctx))
    return
  }

  const now = parts.account.clock.elapsed()
  const earlier = parts.idempotency.begin(idempotencyKey, `${ctx.path}\n${form}`, now, ctx.state.requestId)
  if (earlier) {
    ctx.set('idempotent-replayed', 'true')
    ctx.set('original-request', earlier.requestId)
    ctx.state.replayed = true
    send(ctx, earlier.answer)
    return
  }
  await pauseWhenSlow(ctx)
  const answer = act(parts, call, ctx)
  parts.idempotency.keep(idempotencyKey, answer)
  send(ctx, answer)
}

function readCall(
  parts: ApiParts,
  away: OtherMode | undefined,
  {
    key,
    version,
    ...asked
  }: Pick<Call, 'id' | 'params' | 'route'> & { readonly key: ApiKey; readonly version: string },
): Call {
  const context: ApiContext = away?.context ?? parts
  const { store } = context.account
  const render = renderIn(version, store)
  const onOpen = (kind: string) => {
    const permission = READ_PERMISSION[kind]
    if (permission) parts.keys.demand(key, permission)
  }
  return {
    ...asked,
    context,
    render,
    expand: (answer) => expandPaths({ store, render, onOpen }, render(answer), expansionsOf(asked.params)),
    explained: (error) => (away ? away.explained(error) : error),
  }
}

/** Errors of an executed call are answers too: they are kept under its idempotency key. */
function act(parts: ApiParts, call: Call, ctx: Koa.Context): Answer {
  const { context, id, params, route } = call
  const { events } = context.account
  events.request = { id: ctx.state.requestId, idempotency_key: ctx.get('idempotency-key') || null }
  try {
    const answer = route.handle({ ...context, id, params: params as never })
    return { status: 200, body: JSON.stringify(call.expand(answer)) }
  } catch (error) {
    return refusal(parts, ctx, call.explained(error), call.render)
  } finally {
    events.request = { id: null, idempotency_key: null }
  }
}

function expansionsOf({ expand }: FormFields): readonly string[] {
  return Array.isArray(expand) ? (expand as string[]) : []
}

async function formOf(ctx: Koa.Context): Promise<string> {
  const body = await rawBody(ctx.req, { encoding: 'utf8', limit: '1mb' })
  if (body !== '' && ctx.is('urlencoded') !== 'urlencoded') throw wrongContentType()
  return body
}

/** Connect is not simulated. */
function demandOwnAccount(parts: ApiParts, ctx: Koa.Context, key: ApiKey): void {
  for (const header of ['stripe-account', 'stripe-context']) {
    const account = ctx.get(header)
    if (account === '' || account === parts.account.id) continue
    parts.log.unbuilt.add(`${ctx.state.operation} with ${header}: ${account}`)
    throw foreignAccount(key.key, account)
  }
}

function demandVersion(version: string): void {
  if (!isVersion(version)) throw unknownVersion(version)
  if (!isSimulated(version)) throw new NotSimulatedError(`API version ${version}`)
}
