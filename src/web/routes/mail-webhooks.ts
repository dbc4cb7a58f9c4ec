import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import type { Context } from '../../context.js'
import { withinTime } from '../../deadline.js'
import { verifyMailEvent } from '../../mail/resend-webhook.js'
import { recordMailEvent } from '../../recovery/record-mail-event.js'
import { readRawBody, refuse } from '../middleware/raw-body.js'

/** Whoever gets no answer asks again. */
const STORE_WITHIN_MS = 5_000

/**
 * `POST /webhooks/resend`: what became of mails. 200 means that it is committed, or that it tells of nothing of ours.
 * Anything else has it sent again, for about 28 hours. Source: resend.com/docs/webhooks/retries-and-replays.
 */
export function mailWebhookRoutes(context: Context): Router {
  return new Router().post('/webhooks/resend', async (ctx) => {
    const { mailWebhookSecret: secret } = context.settings
    if (!secret) return refuse(ctx, 404, 'RESEND_WEBHOOK_SECRET is not set here')
    try {
      await receive(ctx, secret)
    } catch (error) {
      context.log.error({ err: error }, 'what the mail provider told could not be stored')
      refuse(ctx, 503, 'Not stored, please send it again')
      ctx.set('Retry-After', '5')
    }
  })

  async function receive(ctx: KoaContext, secret: string) {
    const body = await readRawBody(ctx)
    if (!Buffer.isBuffer(body)) return refuse(ctx, body.status, body.reason)
    const headers = {
      id: ctx.get('svix-id'),
      timestamp: ctx.get('svix-timestamp'),
      signature: ctx.get('svix-signature'),
    }
    const verification = verifyMailEvent(body.toString('utf8'), headers, secret)
    if (!verification.verified) {
      const { reason } = verification
      context.log.warn({ reason }, 'a webhook of the mail provider was refused')
      if (reason === 'not_an_event') return refuse(ctx, 400, 'Signed, but not an event of Resend')
      return refuse(ctx, 400, 'The signature does not match: check RESEND_WEBHOOK_SECRET and the clock')
    }
    const { event } = verification
    if (event) await withinTime(recordMailEvent(context, event), STORE_WITHIN_MS, 'Postgres')
    ctx.status = 200
    ctx.body = ''
  }
}
