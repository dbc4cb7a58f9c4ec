import Router from '@koa/router'
import { allowAgain } from '../../../recovery/allow-again.js'
import { listSuppressions } from '../../../recovery/list-suppressions.js'
import { isRowId } from '../../middleware/row-id.js'
import { tenantOf } from '../../middleware/tenant.js'
import { suppressedPage } from '../../pages/settings/suppressed.js'
import { presentSaid } from '../../presenters/said.js'
import { presentSuppressions } from '../../presenters/suppressions.js'
import { viewOf } from '../../presenters/view.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/suppressed'
/** Where what was said belongs. */
const PLACE = 'suppressed'
const SHOWN = 100

/** `/app/settings/suppressed`: the addresses that are not written to. */
export function suppressedRoutes({ context, said, panelOf }: PanelParts): Router {
  return new Router()
    .get('/suppressed', async (ctx) => {
      const tenant = tenantOf(ctx)
      const after = typeof ctx.query.after === 'string' ? ctx.query.after : null
      const list = await listSuppressions(context, tenant.workspace.id, { limit: SHOWN, after })
      ctx.body = suppressedPage({
        panel: await panelOf(tenant),
        list: presentSuppressions(list, viewOf(tenant.workspace, context.now())),
        isLater: after !== null,
        said: presentSaid(said.hear(ctx, PLACE)),
      })
    })
    .post('/suppressed/:id/allow', async (ctx) => {
      const { workspace, owner } = tenantOf(ctx)
      const suppressionId = ctx.params.id
      if (!isRowId(suppressionId)) return ctx.throw(404)
      const key = { workspaceId: workspace.id, ownerId: owner.id, suppressionId }
      said.say(ctx, PLACE, (await allowAgain(context, key)) === 'allowed' ? 'allow-done' : 'allow-already')
      ctx.status = 303
      ctx.redirect(HERE)
    })
}
