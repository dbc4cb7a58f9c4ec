import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { deliverTouchesJob } from '../../../../jobs/deliver-touches.js'
import { renameWorkspace } from '../../../accounts/change-details.js'
import { deleteWorkspace } from '../../../accounts/delete-workspace.js'
import { exportWorkspace } from '../../../accounts/export-workspace.js'
import { isTimeZone } from '../../../domain/time-zones.js'
import { changeTimeZone } from '../../../recovery/change-time-zone.js'
import { limitDownloads } from '../../middleware/downloads.js'
import { readForm } from '../../middleware/form.js'
import { cookiesOf } from '../../middleware/session.js'
import { tenantOf } from '../../middleware/tenant.js'
import {
  type WorkspaceSettingsProps,
  workspaceDeletedPage,
  workspaceSettingsPage,
} from '../../pages/settings/workspace.js'
import { presentSaid } from '../../presenters/said.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/workspace'
/** Where what was said belongs. */
const PLACE = 'workspace'

type Wrong = Pick<WorkspaceSettingsProps, 'typed' | 'faults'>

/** `/app/settings/workspace`: its name and time zone, its data, and its end. */
export function workspaceRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  const cookies = cookiesOf(context.settings.appUrl)

  async function show(ctx: KoaContext, wrong: Wrong = {}) {
    const tenant = tenantOf(ctx)
    const { workspace, owner } = tenant
    const panel = await panelOf(tenant)
    ctx.body = workspaceSettingsPage({
      panel,
      name: workspace.name,
      timeZone: workspace.time_zone,
      ownerEmail: owner.email,
      openCases: panel.openCases,
      said: presentSaid(said.hear(ctx, PLACE)),
      ...wrong,
    })
  }

  async function refuse(ctx: KoaContext, wrong: Wrong) {
    ctx.status = 422
    await show(ctx, wrong)
  }

  async function changeDetails(ctx: KoaContext, form: URLSearchParams) {
    const { id: workspaceId } = tenantOf(ctx).workspace
    const typed = { name: form.get('name') ?? '', timeZone: form.get('timeZone') ?? '' }
    // Looked at before anything is saved: both, or neither.
    if (!isTimeZone(typed.timeZone)) {
      return refuse(ctx, { typed, faults: { timeZone: 'Choose a time zone from the list.' } })
    }
    const renamed = await renameWorkspace(context, workspaceId, typed.name)
    if (renamed.kind === 'refused') return refuse(ctx, { typed, faults: { name: renamed.reason } })
    const moved = await changeTimeZone(context, { workspaceId, timeZone: typed.timeZone })
    if (moved === 'changed') await ring(deliverTouchesJob, { workspaceId })
    said.say(ctx, PLACE, moved === 'changed' ? 'workspace-moved' : 'workspace-saved')
    ctx.status = 303
    ctx.redirect(HERE)
  }

  async function remove(ctx: KoaContext, form: URLSearchParams) {
    const { workspace } = tenantOf(ctx)
    const typedName = form.get('confirm') ?? ''
    const deleted = await deleteWorkspace(context, { workspaceId: workspace.id, typedName })
    if (deleted.kind === 'not_confirmed') {
      return refuse(ctx, {
        typed: { confirm: typedName },
        faults: { confirm: `Nothing was deleted. Type the name as it stands: ${workspace.name}` },
      })
    }
    cookies.session.clear(ctx)
    ctx.set('Clear-Site-Data', '"cache", "storage"')
    ctx.body = workspaceDeletedPage({
      name: workspace.name,
      farewell: deleted.kind === 'deleted' && deleted.farewell === 'sent',
    })
  }

  return new Router()
    .get('/workspace', (ctx) => show(ctx))
    .get('/workspace/export.zip', limitDownloads(context), async (ctx) => {
      const { workspace } = tenantOf(ctx)
      ctx.type = 'application/zip'
      ctx.attachment(`secondloop-${context.now().toISOString().slice(0, 10)}.zip`)
      ctx.body = await exportWorkspace(context, workspace.id)
    })
    .post('/workspace', async (ctx) => {
      const form = await readForm(ctx)
      switch (form.get('do')) {
        case 'details':
          return changeDetails(ctx, form)
        case 'delete':
          return remove(ctx, form)
        default:
          return ctx.throw(400)
      }
    })
}
