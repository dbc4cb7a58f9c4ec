import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { takeTry } from '../../../accounts/limits.js'
import { type MailKind, previewMail } from '../../../recovery/preview-mail.js'
import { sendTestMail } from '../../../recovery/send-test-mail.js'
import { readForm } from '../../middleware/form.js'
import { allowOwnFrames, onlyAsMail } from '../../middleware/policy.js'
import { isRowId } from '../../middleware/row-id.js'
import { tenantOf } from '../../middleware/tenant.js'
import { mailsPage } from '../../pages/settings/mails.js'
import {
  fieldsOf,
  framed,
  frameOf,
  pageOf,
  presentChoices,
  presentMailPreview,
  presentTooOften,
  presentUnsent,
  wantedMail,
} from '../../presenters/mail-preview.js'
import { presentSaid, type SaidView } from '../../presenters/said.js'
import type { PanelParts } from '../panel-parts.js'

/** Where what was said belongs. */
const PLACE = 'mails'

/** `/app/settings/mails`: every mail as its reader gets it, and one of them to the owner. */
export function mailRoutes({ context, said, panelOf }: PanelParts): Router {
  async function show(ctx: KoaContext, kind: MailKind, what: SaidView | null) {
    const tenant = tenantOf(ctx)
    const mail = await previewMail(context, tenant.workspace.id, kind)
    allowOwnFrames(ctx)
    ctx.body = mailsPage({
      panel: await panelOf(tenant),
      choices: presentChoices(kind),
      mail: mail && presentMailPreview(mail),
      frame: frameOf(kind),
      isTall: kind.several && kind.template !== 'digest',
      ownerEmail: tenant.owner.email,
      fields: { ...fieldsOf(kind), request: randomUUID() },
      said: what,
    })
  }

  return new Router()
    .get('/mails', (ctx) => show(ctx, wantedMail(ctx.query), presentSaid(said.hear(ctx, PLACE))))
    .get('/mails/preview', async (ctx) => {
      const mail = await previewMail(context, tenantOf(ctx).workspace.id, wantedMail(ctx.query))
      if (!mail) return ctx.throw(404)
      onlyAsMail(ctx)
      ctx.type = 'html'
      ctx.body = framed(mail.content.html)
    })
    .post('/mails', async (ctx) => {
      const form = await readForm(ctx)
      const kind = wantedMail(Object.fromEntries(form))
      const requestId = form.get('request')
      if (!isRowId(requestId)) return ctx.throw(400)
      const workspaceId = tenantOf(ctx).workspace.id
      const waitSeconds = await takeTry(context, 'test-mail', workspaceId)
      if (waitSeconds !== null) {
        ctx.status = 429
        return show(ctx, kind, presentTooOften(waitSeconds))
      }
      const sent = await sendTestMail(context, { ...kind, workspaceId, requestId })
      if (sent.kind !== 'sent') {
        ctx.status = 503
        return show(ctx, kind, presentUnsent(sent))
      }
      said.say(ctx, PLACE, 'test-mail-sent')
      ctx.status = 303
      ctx.redirect(pageOf(kind))
    })
}
