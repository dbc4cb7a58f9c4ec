import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { deliverTouchesJob } from '../../../../jobs/deliver-touches.js'
import { switchPayment } from '../../../accounts/switch-payment.js'
import { rehearse } from '../../../recovery/rehearse.js'
import { switchPrompts } from '../../../recovery/switch-prompts.js'
import { readForm } from '../../middleware/form.js'
import { tenantOf } from '../../middleware/tenant.js'
import { promptsPage } from '../../pages/settings/prompts.js'
import { presentPrompts } from '../../presenters/prompts.js'
import { presentSaid, type SaidWord } from '../../presenters/said.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/prompts'
/** Where what was said belongs. */
const PLACE = 'prompts'

/** `/app/settings/prompts`: the switch, behind what it would do, and that for paying with a new card. */
export function promptRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  async function act(ctx: KoaContext, does: string | null): Promise<SaidWord | null> {
    const { workspace } = tenantOf(ctx)
    switch (does) {
      case 'on':
      case 'off': {
        const on = does === 'on'
        if ((await switchPrompts(context, { workspaceId: workspace.id, on })) === 'already') return 'prompts-already'
        if (on) await ring(deliverTouchesJob, { workspaceId: workspace.id })
        return `prompts-${does}`
      }
      case 'pay-on':
      case 'pay-off':
        await switchPayment(context, workspace.id, does === 'pay-on')
        return does === 'pay-on' ? 'paying-on' : 'paying-off'
      default:
        return null
    }
  }

  return new Router()
    .get('/prompts', async (ctx) => {
      const tenant = tenantOf(ctx)
      const { workspace, connection, owner } = tenant
      const isOff = workspace.prompts_on_at === null
      const rehearsal = isOff ? await rehearse(context, workspace.id, { promptsOn: true }) : null
      const { testModeMail } = context.settings
      ctx.body = promptsPage({
        panel: await panelOf(tenant),
        prompts: presentPrompts({ workspace, connection, owner, testModeMail, rehearsal }, context.now()),
        said: presentSaid(said.hear(ctx, PLACE)),
      })
    })
    .post('/prompts', async (ctx) => {
      const word = await act(ctx, (await readForm(ctx)).get('do'))
      if (!word) return ctx.throw(400)
      said.say(ctx, PLACE, word)
      ctx.status = 303
      ctx.redirect(HERE)
    })
}
