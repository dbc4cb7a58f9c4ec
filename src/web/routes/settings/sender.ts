import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { deliverTouchesJob } from '../../../../jobs/deliver-touches.js'
import { setSenderName } from '../../../accounts/change-details.js'
import { checkSenderNow } from '../../../accounts/check-senders.js'
import { connectSender } from '../../../accounts/connect-sender.js'
import { takeTry } from '../../../accounts/limits.js'
import { readSender } from '../../../accounts/read-sender.js'
import { removeSender } from '../../../accounts/remove-sender.js'
import { askForReplyTo, clearReplyTo, pendingReplyTo } from '../../../accounts/reply-to.js'
import { saveSenderSecret } from '../../../accounts/sender-webhook.js'
import { previewMail } from '../../../recovery/preview-mail.js'
import { readForm } from '../../middleware/form.js'
import { tenantOf } from '../../middleware/tenant.js'
import { type SenderPageProps, senderPage } from '../../pages/settings/sender.js'
import { presentSaid, type SaidView, type SaidWord } from '../../presenters/said.js'
import { presentSender } from '../../presenters/sender.js'
import { viewOf } from '../../presenters/view.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/sender'
/** Where what was said belongs. */
const PLACE = 'sender'

/** What a press did: a word, or the page again with what is wrong. */
type Result = { readonly word: SaidWord } | ({ readonly status: number } & Pick<SenderPageProps, 'typed' | 'faults'>)

/** `/app/settings/sender`: the workspace's own way to send, where answers go, and who signs. */
export function senderRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  const isLocal = /^(localhost|127\.|\[::1\])/.test(new URL(context.settings.appUrl).hostname)

  async function show(ctx: KoaContext, more: Pick<SenderPageProps, 'typed' | 'faults'>, what: SaidView | null) {
    const tenant = tenantOf(ctx)
    const { workspace, owner } = tenant
    const example = { template: 'first_notice', variant: 'card', language: 'en', several: false } as const
    const sending = {
      workspace,
      owner,
      from: (await previewMail(context, workspace.id, example))?.from_address ?? null,
      installation: context.mail?.from ?? null,
      own: await readSender(context, workspace.id),
      pendingReplyTo: await pendingReplyTo(context, workspace.id),
    }
    ctx.body = senderPage({
      panel: await panelOf(tenant),
      sender: presentSender(sending, viewOf(workspace, context.now())),
      isLocal,
      said: what,
      ...more,
    })
  }

  async function connect(workspaceId: string, form: URLSearchParams): Promise<Result> {
    const [fromAddress, apiKey] = [form.get('fromAddress') ?? '', form.get('apiKey') ?? '']
    const connected = await connectSender(context, { workspaceId, fromAddress, apiKey })
    switch (connected.kind) {
      case 'connected':
        await ring(deliverTouchesJob, { workspaceId })
        return { word: connected.webhook === 'made' ? 'sender-connected' : 'sender-half' }
      case 'refused': {
        const { field, reason } = connected
        return {
          status: 422,
          typed: { fromAddress, ...(field === 'fromAddress' && { apiKey }) },
          faults: { [field]: reason },
        }
      }
      case 'too_often':
        return { status: 429, typed: { fromAddress, apiKey }, faults: { apiKey: waitInWords(connected.waitSeconds) } }
      case 'unreachable':
        return {
          status: 503,
          typed: { fromAddress, apiKey },
          faults: { apiKey: 'Resend did not answer, so nothing has changed. Try again in a minute.' },
        }
    }
  }

  async function check(workspaceId: string): Promise<Result> {
    const before = await readSender(context, workspaceId)
    if (!before) return { word: 'sender-none' }
    if ((await takeTry(context, 'check-sender', workspaceId)) !== null) return { word: 'sender-unanswered' }
    if (await checkSenderNow(context, workspaceId)) {
      await ring(deliverTouchesJob, { workspaceId })
      return { word: 'sender-works' }
    }
    const after = await readSender(context, workspaceId)
    const isAsBefore = !before.withdrawn && !after?.withdrawn
    return { word: isAsBefore ? 'sender-unanswered' : 'sender-refused' }
  }

  async function askReplyTo(workspaceId: string, address: string): Promise<Result> {
    const asked = await askForReplyTo(context, { workspaceId, address })
    const fault = (status: number, replyTo: string) => ({ status, typed: { replyTo: address }, faults: { replyTo } })
    switch (asked.kind) {
      case 'asked':
        return { word: 'reply-to-asked' }
      case 'saved':
        return { word: 'reply-to-saved' }
      case 'refused':
        return fault(422, asked.reason)
      case 'too_often':
        return fault(429, waitInWords(asked.waitSeconds))
      case 'not_sent':
        return fault(503, 'The mail with the link could not be sent, so nothing has changed. Try again in a minute.')
    }
  }

  async function act(workspaceId: string, form: URLSearchParams): Promise<Result | null> {
    switch (form.get('do')) {
      case 'connect':
        return connect(workspaceId, form)
      case 'check':
        return check(workspaceId)
      case 'remove':
        await removeSender(context, workspaceId)
        await ring(deliverTouchesJob, { workspaceId })
        return { word: 'sender-removed' }
      case 'secret': {
        const saved = await saveSenderSecret(context, { workspaceId, secret: form.get('secret') ?? '' })
        return saved.kind === 'saved' ? { word: 'sender-secret' } : { status: 422, faults: { secret: saved.reason } }
      }
      case 'reply-to':
        return askReplyTo(workspaceId, form.get('replyTo') ?? '')
      case 'reply-to-me':
        await clearReplyTo(context, workspaceId)
        return { word: 'reply-to-cleared' }
      case 'name': {
        const senderName = form.get('senderName') ?? ''
        const changed = await setSenderName(context, workspaceId, senderName)
        return changed.kind === 'saved'
          ? { word: 'sender-name' }
          : { status: 422, typed: { senderName }, faults: { senderName: changed.reason } }
      }
      default:
        return null
    }
  }

  return new Router()
    .get('/sender', (ctx) => show(ctx, {}, presentSaid(said.hear(ctx, PLACE))))
    .post('/sender', async (ctx) => {
      const result = await act(tenantOf(ctx).workspace.id, await readForm(ctx))
      if (!result) return ctx.throw(400)
      if ('word' in result) {
        said.say(ctx, PLACE, result.word)
        ctx.status = 303
        return ctx.redirect(HERE)
      }
      ctx.status = result.status
      await show(ctx, result, NOT_CHANGED)
    })
}

const NOT_CHANGED: SaidView = {
  glyph: 'attention',
  tone: 'attention',
  words: 'Nothing has changed: what is marked below was not taken.',
}

const waitInWords = (seconds: number) =>
  `Too many were tried, so nothing has changed. Wait ${Math.ceil(seconds / 60)} minutes, then try again.`
