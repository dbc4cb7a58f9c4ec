import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import type { Context } from '../../context.js'
import { withinTime } from '../../deadline.js'
import type { EventReceiver } from '../../recovery/receive-events.js'
import { countSignatureFailure, type WebhookTarget, type WebhookTargets } from '../../recovery/webhook-target.js'
import { verifyEvent } from '../../stripe/verify-event.js'
import { readRawBody, refuse } from '../middleware/raw-body.js'

/** Stripe gives up a delivery after some seconds: by then it has our answer. */
const STORE_WITHIN_MS = 5_000

/**
 * `POST /webhooks/stripe/:token`. 200 means that the event is committed. It makes no Stripe call and sends no mail, and
 * knows no other 5xx than the 503 for "not stored, send it again".
 */
export function webhookRoutes(context: Context, targets: WebhookTargets, receiver: EventReceiver): Router {
  return new Router().post('/webhooks/stripe/:token', async (ctx) => {
    const answered = context.metrics.webhookSeconds.startTimer()
    try {
      context.metrics.webhooks.inc({ result: await receive(ctx, String(ctx.params.token)) })
    } catch (error) {
      context.metrics.webhooks.inc({ result: 'not_stored' })
      context.log.error({ err: error }, 'a webhook event could not be stored')
      refuse(ctx, 503, 'Not stored, please send it again')
      ctx.set('Retry-After', '5')
    }
    answered()
  })

  async function receive(ctx: KoaContext, token: string): Promise<Result> {
    const receivedAt = context.now()
    const stored = patience(STORE_WITHIN_MS)
    const target = await stored(targets.find(token))
    if (!target) return turnDown(ctx, 404, 'No workspace has this webhook URL')

    const body = await readRawBody(ctx)
    if (!Buffer.isBuffer(body)) return turnDown(ctx, body.status, body.reason)

    const header = ctx.get('Stripe-Signature')
    const text = body.toString('utf8') // Which the SDK verifies faster than bytes.
    let verification = verifyEvent(text, header, target.secrets)
    if (!verification.verified && verification.reason === 'signature') {
      // It may be signed with a secret that was saved a moment ago.
      const fresh = await stored(targets.find(token, true))
      verification = verifyEvent(text, header, fresh?.secrets ?? [])
    }
    if (!verification.verified) return refuseUnverified(ctx, target, verification.reason)
    const { envelope } = verification
    if (envelope.livemode !== target.livemode) {
      return turnDown(ctx, 400, `This workspace is connected in ${target.livemode ? 'live' : 'test'} mode`)
    }
    const isNew = await stored(
      receiver.receive({
        workspaceId: target.workspaceId,
        connectionId: target.connectionId,
        stripeEventId: envelope.id,
        type: envelope.type,
        occurredAt: new Date(envelope.created * 1_000),
        payload: body,
        receivedAt,
      }),
    )
    ctx.status = 200
    ctx.body = ''
    return isNew ? 'accepted' : 'duplicate'
  }

  function refuseUnverified(ctx: KoaContext, target: WebhookTarget, reason: 'signature' | 'not_an_event'): Result {
    if (reason === 'not_an_event') return turnDown(ctx, 400, 'Signed, but not a Stripe event')
    countSignatureFailure(context, target).catch((error: unknown) =>
      context.log.warn({ err: error }, 'a signature failure could not be counted'),
    )
    refuse(ctx, 400, 'The signature does not match: check the signing secret of this endpoint')
    return 'unverified'
  }
}

/** What became of a webhook, as it is counted. */
type Result = 'accepted' | 'duplicate' | 'unverified' | 'refused'

function turnDown(ctx: KoaContext, status: number, words: string): Result {
  refuse(ctx, status, words)
  return 'refused'
}

/** One patience for all waits of a request together: what is left of it shrinks. */
function patience(ms: number) {
  let left = ms
  return async <Result>(work: Promise<Result>): Promise<Result> => {
    const began = Date.now()
    try {
      return await withinTime(work, Math.max(1, left), 'Postgres')
    } finally {
      left -= Date.now() - began
    }
  }
}
