import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { deliverTouchesJob } from '../../../jobs/deliver-touches.js'
import { enrichCasesJob } from '../../../jobs/enrich-cases.js'
import { settleCardsJob } from '../../../jobs/settle-cards.js'
import { dismissCase } from '../../recovery/dismiss-case.js'
import { exportCases } from '../../recovery/export-cases.js'
import type { OwnersCase } from '../../recovery/lock-case.js'
import { pauseCase } from '../../recovery/pause-case.js'
import { resumeCase } from '../../recovery/resume-case.js'
import { retryPayment } from '../../recovery/retry-payment.js'
import { revealLink } from '../../recovery/reveal-link.js'
import { sendNow } from '../../recovery/send-now.js'
import { limitDownloads } from '../middleware/downloads.js'
import { readForm } from '../middleware/form.js'
import { isRowId } from '../middleware/row-id.js'
import { tenantOf } from '../middleware/tenant.js'
import { readCaseAddress } from '../presenters/case-list-address.js'
import { presentSaid, type SaidWord } from '../presenters/said.js'
import { showCase } from '../screens/case.js'
import { showCases } from '../screens/cases.js'
import type { PanelParts } from './panel-parts.js'

/** `/app/cases`: the list, each case with its proof, and what the owner does to one. */
export function caseRoutes({ context, ring, said, show }: PanelParts): Router {
  const { now } = context

  async function answer(ctx: KoaContext, link: string | null = null) {
    const { caseId } = keyOf(ctx)
    const heard = presentSaid(said.hear(ctx, caseId))
    await show(ctx, {
      name: 'case',
      title: ({ recoveryCase: { customer, exposed } }) => `${customer}, ${exposed.text}`,
      view: showCase(context, tenantOf(ctx), { ...ctx.query, id: caseId }).then(
        (view) => view && { ...view, said: heard, link },
      ),
    })
  }

  /** Back to the case, which says what came of it. */
  function tell(ctx: KoaContext, { caseId }: OwnersCase, word: SaidWord) {
    said.say(ctx, caseId, word)
    ctx.status = 303
    ctx.redirect(`/app/cases/${caseId}`)
  }

  return new Router()
    .get('/cases', async (ctx) => {
      const view = showCases(context, tenantOf(ctx), ctx.query)
      await show(ctx, { name: 'cases', title: () => 'Cases', view })
    })
    .get('/cases.csv', limitDownloads(context), (ctx) => {
      const { workspace, connection } = tenantOf(ctx)
      ctx.type = 'text/csv; charset=utf-8'
      ctx.attachment(`cases-${now().toISOString().slice(0, 10)}.csv`)
      ctx.body = exportCases(context, workspace.id, connection.id, { ...readCaseAddress(ctx.query), place: null })
    })
    .get('/cases/:id', (ctx) => answer(ctx))
    .post('/cases/:id/pause', async (ctx) => {
      const key = keyOf(ctx)
      const result = await pauseCase(context, key)
      if (result === 'unknown') return ctx.throw(404)
      tell(ctx, key, `pause-${result}`)
    })
    .post('/cases/:id/resume', async (ctx) => {
      const key = keyOf(ctx)
      const result = await resumeCase(context, key)
      if (result === 'unknown') return ctx.throw(404)
      if (result === 'done') {
        await ring(deliverTouchesJob, { workspaceId: key.workspaceId })
        await ring(settleCardsJob, { workspaceId: key.workspaceId })
      }
      tell(ctx, key, `resume-${result}`)
    })
    .post('/cases/:id/dismiss', async (ctx) => {
      const key = keyOf(ctx)
      const result = await dismissCase(context, key)
      if (result === 'unknown') return ctx.throw(404)
      tell(ctx, key, `dismiss-${result}`)
    })
    .post('/cases/:id/retry', async (ctx) => {
      const key = keyOf(ctx)
      const requestId = (await readForm(ctx)).get('request')
      if (!isRowId(requestId)) return ctx.throw(400)
      const { kind } = await retryPayment(context, { ...key, requestId })
      if (kind === 'unknown') return ctx.throw(404)
      await ring(enrichCasesJob, { workspaceId: key.workspaceId })
      tell(ctx, key, `retry-${kind}`)
    })
    .post('/cases/:id/send', async (ctx) => {
      const key = keyOf(ctx)
      const requestId = (await readForm(ctx)).get('request')
      if (!isRowId(requestId)) return ctx.throw(400)
      const result = await sendNow(context, { ...key, requestId })
      if (result.kind === 'unknown') return ctx.throw(404)
      if (result.kind !== 'planned') return tell(ctx, key, `send-${result.kind}`)
      await ring(deliverTouchesJob, { workspaceId: key.workspaceId })
      tell(ctx, key, result.at > now() ? 'send-later' : 'send-now')
    })
    .post('/cases/:id/link', async (ctx) => {
      const key = keyOf(ctx)
      const revealed = await revealLink(context, key)
      if (revealed.kind === 'unknown') return ctx.throw(404)
      if (revealed.kind === 'closed') return tell(ctx, key, 'link-closed')
      // No redirect: the link is in this answer only, never in an address or a cookie.
      await answer(ctx, revealed.url)
    })
}

/** @throws 404 for what can be no case */
function keyOf(ctx: KoaContext): OwnersCase {
  const { workspace, owner } = tenantOf(ctx)
  const caseId = ctx.params.id
  return isRowId(caseId) ? { workspaceId: workspace.id, ownerId: owner.id, caseId } : ctx.throw(404)
}
