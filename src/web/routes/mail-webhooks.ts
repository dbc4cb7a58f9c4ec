import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { webhookOf } from '../../accounts/sender-webhook.js'
import type { Context } from '../../context.js'
import { withinTime } from '../../deadline.js'
import { verifyMailEvent } from '../../mail/resend-webhook.js'
import { recordMailEvent } from '../../recovery/record-mail-event.js'
import { readRawBody, refuse } from '../middleware/raw-body.js'

/** Whoever gets no answer asks again. */
const STORE_WITHIN_MS = 5_000

/**
 * `POST /webhooks/resend`: what became of mails; with a token, of those that a workspace sent through its own key. 200 means
 * that it is committed, or that it tells of nothing of ours. Anything else has it sent again, for about 28 hours. Source:
 * resend.com/docs/webhooks/retries-and-replays.
 */
export function mailWebhookRoutes(context: Context): Router {
  return new Router()
    .post('/webhooks/resend', async (ctx) => {
      const { mailWebhookSecret: secret } = context.settings
      if (!secret) return refuse(ctx, 404, 'RESEND_WEBHOOK_SECRET is not set here')
      await receive(ctx, { secret, workspaceId: null, hint: 'check RESEND_WEBHOOK_SECRET and the clock' })
    })
    .post('/webhooks/resend/:token', async (ctx) => {
      const found = withinTime(webhookOf(context, String(ctx.params.token)), STORE_WITHIN_MS, 'Postgres')
      const sender = await found.catch((error: unknown) => unavailable(ctx, error))
      if (sender === undefined) return
      if (sender === null) return refuse(ctx, 404, 'No sender has this webhook')
      if (sender.secret === null) return refuse(ctx, 404, 'The signing secret of this webhook is not saved yet')
      const { secret, workspaceId } = sender
      await receive(ctx, { secret, workspaceId, hint: 'save the signing secret of this webhook' })
    })

  async function receive(ctx: KoaContext, source: Source) {
    try {
      await take(ctx, source)
    } catch (error) {
      unavailable(ctx, error)
    }
  }

  function unavailable(ctx: KoaContext, error: unknown): undefined {
    context.log.error({ err: error }, 'what the mail provider told could not be stored')
    refuse(ctx, 503, 'Not stored, please send it again')
    ctx.set('Retry-After', '5')
    return undefined
  }

  async function take(ctx: KoaContext, { secret, workspaceId, hint }: Source) {
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
      context.log.warn({ reason, workspaceId }, 'a webhook of the mail provider was refused')
      if (reason === 'not_an_event') return refuse(ctx, 400, 'Signed, but not an event of Resend')
      return refuse(ctx, 400, `The signature does not match: ${hint}`)
    }
    const { event } = verification
    if (event) await withinTime(recordMailEvent(context, event, workspaceId), STORE_WITHIN_MS, 'Postgres')
    ctx.status = 200
    ctx.body = ''
  }
}

/** Who tells, and how it proves that. */
interface Source {
  readonly secret: string
  readonly workspaceId: string | null
  readonly hint: string
}
