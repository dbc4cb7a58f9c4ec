import Router from '@koa/router'
import type Koa from 'koa'
import rawBody from 'raw-body'
import { injectFaults, pauseWhenSlow } from '../faults.js'
import { faultBody, MailApiError, rateLimited } from './errors.js'
import type { AcceptedMail } from './inbox.js'
import type { MailSimulator } from './simulator.js'
import { readMail } from './validation.js'

const BATCH_LIMIT = 100

/** Resend's API as its SDK speaks to it. */
export function mailApi(simulator: MailSimulator): Koa.Middleware {
  const router = new Router()
  router.post('/emails', async (ctx) => {
    ctx.body = await once(simulator, ctx, (body, key) => sendOne(simulator, body, key))
  })
  router.post('/emails/batch', async (ctx) => {
    const permissive = ctx.get('x-batch-validation') === 'permissive'
    ctx.body = await once(simulator, ctx, (body, key) => sendBatch(simulator, body, key, permissive))
  })
  router.get('/emails', (ctx) => {
    demandFullAccess(simulator, ctx.get('authorization'))
    const data = [...simulator.inbox.mails].reverse().slice(0, 20).map(asSummary)
    ctx.body = { object: 'list', has_more: simulator.inbox.mails.length > data.length, data }
  })
  router.get('/emails/:id', (ctx) => {
    demandFullAccess(simulator, ctx.get('authorization'))
    const mail = simulator.inbox.get(ctx.params.id ?? '')
    if (!mail) throw new MailApiError(404, 'not_found', 'Email not found')
    ctx.body = asEmail(mail)
  })
  const routes = router.routes() as unknown as Koa.Middleware
  const faults = injectFaults(simulator.faults, faultBody)

  return async (ctx, next) => {
    const ours = ctx.path === '/emails' || ctx.path.startsWith('/emails/')
    if (!ours && !ctx.get('authorization').startsWith('Bearer re_')) return next()
    await faults(ctx, () => answer(simulator, ctx, routes))
    simulator.calls.push({
      at: simulator.now(),
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      idempotencyKey: ctx.get('idempotency-key') || null,
      fault: ctx.state.fault,
    })
  }
}

async function answer(simulator: MailSimulator, ctx: Koa.Context, routes: Koa.Middleware): Promise<void> {
  try {
    authenticate(simulator, ctx.get('authorization'))
    limitRate(simulator, ctx)
    await routes(ctx as Koa.ParameterizedContext, async () => {
      simulator.notSimulated.push(`${ctx.method} ${ctx.path}`)
      throw new MailApiError(404, 'not_found', `The simulator has no ${ctx.method} ${ctx.path}`)
    })
  } catch (error) {
    if (!(error instanceof MailApiError)) throw error
    ctx.status = error.status
    ctx.body = error.body()
  }
}

function authenticate(simulator: MailSimulator, authorization: string): void {
  const key = authorization.replace(/^Bearer /, '')
  if (key === '') throw new MailApiError(401, 'missing_api_key', 'Missing API key in the authorization header')
  if (!simulator.keys.has(key)) throw new MailApiError(401, 'validation_error', 'API key is invalid')
}

/** Keys that may only send can neither list nor look up. */
function demandFullAccess(simulator: MailSimulator, authorization: string): void {
  if (simulator.keys.get(authorization.replace(/^Bearer /, '')) !== 'sending_access') return
  throw new MailApiError(401, 'restricted_api_key', 'This API key is restricted to only send emails')
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
  throw rateLimited()
}

/** Runs a send under its idempotency key. A refused send is not kept: its key can be used again. */
async function once(
  simulator: MailSimulator,
  ctx: Pick<Koa.Context, 'req' | 'get' | 'state' | 'set' | 'path'>,
  send: (body: unknown, key: string | null) => object,
): Promise<object> {
  const text = await rawBody(ctx.req, { encoding: 'utf8', limit: '40mb' })
  const body = parse(text)
  const key = ctx.get('idempotency-key')
  if (key === '') {
    await pauseWhenSlow(ctx as Koa.Context)
    return send(body, null)
  }
  const earlier = simulator.idempotency.begin(key, `${ctx.path}\n${text}`, simulator.now())
  if (earlier) {
    ctx.set('idempotent-replayed', 'true')
    return earlier
  }
  try {
    await pauseWhenSlow(ctx as Koa.Context)
    const answer = send(body, key)
    simulator.idempotency.keep(key, answer)
    return answer
  } catch (error) {
    simulator.idempotency.forget(key)
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MailApiError(422, 'validation_error', 'The request body is not valid JSON.')
  }
}

function sendOne(simulator: MailSimulator, body: unknown, key: string | null): object {
  return { id: simulator.inbox.accept(readMail(body), key, null, simulator.now()).id }
}

/** Strict: one bad mail refuses all. Permissive: the bad ones are named by their index, the others go out. */
function sendBatch(simulator: MailSimulator, body: unknown, key: string | null, permissive: boolean): object {
  if (!Array.isArray(body) || body.length === 0 || body.length > BATCH_LIMIT) {
    throw new MailApiError(422, 'validation_error', `A batch holds 1 to ${BATCH_LIMIT} emails.`)
  }
  const errors: { index: number; message: string }[] = []
  const good = body.flatMap((entry: unknown, index) => {
    try {
      return [{ mail: readMail(entry), index }]
    } catch (error) {
      if (!permissive || !(error instanceof MailApiError)) throw error
      errors.push({ index, message: error.message })
      return []
    }
  })
  const data = good.map(({ mail, index }) => ({ id: simulator.inbox.accept(mail, key, index, simulator.now()).id }))
  return permissive ? { data, errors } : { data }
}

function asSummary(mail: AcceptedMail) {
  return {
    id: mail.id,
    to: mail.to,
    from: mail.from,
    created_at: new Date(mail.acceptedAt).toISOString(),
    subject: mail.subject,
    bcc: emptyAsNull(mail.bcc),
    cc: emptyAsNull(mail.cc),
    reply_to: emptyAsNull(mail.replyTo),
    last_event: 'delivered',
    scheduled_at: null,
  }
}

function asEmail(mail: AcceptedMail) {
  return {
    object: 'email',
    ...asSummary(mail),
    html: mail.html,
    text: mail.text,
    message_id: `<${mail.id}@simulated.example>`,
    tags: mail.tags,
    topic_id: null,
  }
}

function emptyAsNull(list: readonly string[]): readonly string[] | null {
  return list.length > 0 ? list : null
}
