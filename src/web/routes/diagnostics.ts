import Router from '@koa/router'
import { checkSystemJob } from '../../../jobs/check-system.js'
import { openPastCasesJob } from '../../../jobs/open-past-cases.js'
import { runDiagnosticJob } from '../../../jobs/run-diagnostic.js'
import { tellOwnersJob } from '../../../jobs/tell-owners.js'
import { Diagnostic } from '../../db/models/diagnostic.js'
import { askForDiagnostic } from '../../diagnostics/ask-for-diagnostic.js'
import { cancelDiagnostic } from '../../diagnostics/cancel-diagnostic.js'
import { rehearsePastCases, wantPastCases } from '../../diagnostics/past-cases.js'
import { exportFindings, readFindings } from '../../diagnostics/read-findings.js'
import { setSchedule } from '../../diagnostics/set-schedule.js'
import { wantReport } from '../../diagnostics/want-report.js'
import { limitDownloads } from '../middleware/downloads.js'
import { readForm } from '../middleware/form.js'
import { isRowId } from '../middleware/row-id.js'
import { type Tenant, tenantOf } from '../middleware/tenant.js'
import { pastCasesPage } from '../pages/diagnostics/past.js'
import { findingsPage } from '../pages/diagnostics/rows.js'
import { schedulePage } from '../pages/diagnostics/schedule.js'
import { readFindingAddress } from '../presenters/finding-address.js'
import { presentFindings } from '../presenters/findings.js'
import { presentPastCases } from '../presenters/past-cases.js'
import { presentSaid, type SaidWord } from '../presenters/said.js'
import { readScheduleForm } from '../presenters/schedule-form.js'
import { viewOf } from '../presenters/view.js'
import { showDiagnostics } from '../screens/diagnostics.js'
import type { PanelParts } from './panel-parts.js'

const PLACE = 'diagnostics'
const ROWS_SHOWN = 100

/** `/app/diagnostics`: what runs, the report, the rows behind each of its numbers, and when it comes round. */
export function diagnosticRoutes({ context, panelOf, ring, said, show }: PanelParts): Router {
  async function act({ connection, workspace }: Tenant, what: string | null): Promise<SaidWord | null> {
    const workspaceId = workspace.id
    switch (what) {
      case 'run': {
        const asked = await askForDiagnostic(context, workspaceId)
        if (asked === 'asked') await ring(runDiagnosticJob, { workspaceId })
        return `diagnostic-${asked}`
      }
      case 'check':
        await ring(checkSystemJob, { workspaceId, isAsked: true })
        return 'checks-asked'
      case 'stop':
        return `diagnostic-${await cancelDiagnostic(context, workspaceId)}`
      case 'mail': {
        const isThere = await wantReport(context, { workspaceId, connectionId: connection.id })
        if (isThere) await ring(tellOwnersJob, {})
        return isThere ? 'diagnostic-mailed' : 'diagnostic-none'
      }
      default:
        return null
    }
  }

  /** Of the current connection, with a report. */
  async function runOf({ connection, workspace }: Tenant, runId: string): Promise<Diagnostic | undefined> {
    if (!isRowId(runId)) return undefined
    const ofTenant = { workspace_id: workspace.id, connection_id: connection.id, outcome: 'finished' as const }
    return Diagnostic.query(context.db).findOne({ ...ofTenant, id: runId })
  }

  return new Router()
    .get('/diagnostics', async (ctx) => {
      const heard = presentSaid(said.hear(ctx, PLACE))
      const view = showDiagnostics(context, tenantOf(ctx), ctx.query)
      await show(ctx, {
        name: 'diagnostics',
        title: () => '90-day diagnostic',
        view: view.then((shown) => shown && { ...shown, said: heard }),
      })
    })
    .post('/diagnostics', async (ctx) => {
      const word = await act(tenantOf(ctx), (await readForm(ctx)).get('do'))
      if (!word) return ctx.throw(400)
      said.say(ctx, PLACE, word)
      ctx.status = 303
      ctx.redirect('/app/diagnostics')
    })
    .get('/diagnostics/rows', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { filter, page, runId } = readFindingAddress(ctx.query)
      const run = await runOf(tenant, runId)
      if (!run) return ctx.throw(404)
      const of = { workspaceId: tenant.workspace.id, diagnosticId: run.id, filter }
      const found = await readFindings(context, of, { page, size: ROWS_SHOWN })
      const view = viewOf(tenant.workspace, context.now())
      ctx.body = findingsPage({
        panel: await panelOf(tenant),
        of: presentFindings(found, { run, filter, page, size: ROWS_SHOWN }, tenant.connection, view),
      })
    })
    .get('/diagnostics/rows.csv', limitDownloads(context), async (ctx) => {
      const tenant = tenantOf(ctx)
      const { filter, runId } = readFindingAddress(ctx.query)
      const run = await runOf(tenant, runId)
      if (!run) return ctx.throw(404)
      ctx.type = 'text/csv; charset=utf-8'
      ctx.attachment(`diagnostic-${(run.window_until ?? run.asked_at).toISOString().slice(0, 10)}.csv`)
      // The whole report's file has what is counted apart, too.
      const isWhole = Object.keys(filter).length === 0
      ctx.body = exportFindings(context, { workspaceId: tenant.workspace.id, diagnosticId: run.id, filter, isWhole })
    })
    .get('/diagnostics/past', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { connection, workspace } = tenant
      const rehearsed = await rehearsePastCases(context, { workspaceId: workspace.id, connectionId: connection.id })
      ctx.body = pastCasesPage({
        panel: await panelOf(tenant),
        of: presentPastCases(rehearsed, workspace, context.now()),
      })
    })
    .post('/diagnostics/past', async (ctx) => {
      const { connection, workspace } = tenantOf(ctx)
      const invoiceIds = (await readForm(ctx)).getAll('invoice')
      const of = { workspaceId: workspace.id, connectionId: connection.id, invoiceIds }
      const wanted = await wantPastCases(context, of)
      if (wanted > 0) await ring(openPastCasesJob, { workspaceId: workspace.id })
      said.say(ctx, PLACE, wanted > 0 ? 'past-wanted' : 'past-none')
      ctx.status = 303
      ctx.redirect('/app/diagnostics')
    })
    .get('/diagnostics/schedule', async (ctx) => {
      const tenant = tenantOf(ctx)
      ctx.body = schedulePage({ panel: await panelOf(tenant), workspace: tenant.workspace, faults: {} })
    })
    .post('/diagnostics/schedule', async (ctx) => {
      const tenant = tenantOf(ctx)
      const form = await readForm(ctx)
      const { faults, schedule } = readScheduleForm(form)
      if (!schedule) {
        ctx.status = 422
        ctx.body = schedulePage({ panel: await panelOf(tenant), workspace: tenant.workspace, faults, typed: form })
        return
      }
      await setSchedule(context, tenant.workspace.id, schedule)
      said.say(ctx, PLACE, 'diagnostic-scheduled')
      ctx.status = 303
      ctx.redirect('/app/diagnostics')
    })
}
