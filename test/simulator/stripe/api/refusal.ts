import type Koa from 'koa'
import type { Account } from '../account.js'
import { Refusal } from '../billing/refusal.js'
import type { CallLog } from './call-log.js'
import { NotSimulatedError, refused, StripeApiError } from './errors.js'
import type { Answer } from './idempotency.js'

interface Parts {
  readonly account: Account
  readonly log: CallLog
}

/** What Stripe answers to an error; one of our own is a 500 that says so. */
export function refusal(
  parts: Parts,
  ctx: Koa.Context,
  thrown: unknown,
  render = (object: object): object => object,
): Answer {
  const error = thrown instanceof Refusal ? refused(thrown) : thrown
  if (!(error instanceof StripeApiError)) {
    const message = error instanceof Error ? error.message : String(error)
    parts.log.unbuilt.add(`${ctx.method} ${ctx.path} (the simulator failed: ${message})`)
    return { status: 500, body: JSON.stringify({ error: { message, type: 'api_error' } }) }
  }
  if (error instanceof NotSimulatedError) parts.log.unbuilt.add(`${ctx.state.operation ?? ctx.path} ${error.what}`)
  const seen = { ...error.error, request_log_url: logUrl(parts, ctx) }
  return { status: error.status, body: JSON.stringify({ error: render(seen) }), headers: error.headers }
}

function logUrl({ account }: Parts, ctx: Koa.Context): string {
  const mode = account.livemode ? '' : 'test/'
  return `https://dashboard.stripe.com/${mode}logs/${ctx.state.requestId}?t=${account.clock.seconds()}`
}

export function send(ctx: Koa.Context, answer: Answer): void {
  ctx.status = answer.status
  ctx.type = 'application/json'
  for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value)
  ctx.body = answer.body
}
