import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { deliverTouchesJob } from '../../../../jobs/deliver-touches.js'
import { PLAN_NAMES } from '../../../domain/campaign.js'
import { DIGEST_FREQUENCIES } from '../../../domain/digest.js'
import { changeCampaign } from '../../../recovery/change-campaign.js'
import { readCampaign } from '../../../recovery/read-campaign.js'
import { rehearse } from '../../../recovery/rehearse.js'
import { setDigest } from '../../../recovery/set-digest.js'
import { readForm } from '../../middleware/form.js'
import { tenantOf } from '../../middleware/tenant.js'
import { campaignPage } from '../../pages/settings/campaign.js'
import { campaignChangePage } from '../../pages/settings/campaign-change.js'
import { presentChange, presentDigest } from '../../presenters/campaign.js'
import {
  type CampaignFaults,
  type CampaignForm,
  formOf,
  isNothing,
  readChange,
  typedIn,
  withPlan,
} from '../../presenters/campaign-form.js'
import { presentSaid, type SaidView, type SaidWord } from '../../presenters/said.js'
import { timesIn } from '../../presenters/times.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/campaign'
/** Where what was said belongs. */
const PLACE = 'campaign'

const NOT_SAVED: SaidView = {
  glyph: 'attention',
  tone: 'attention',
  words: 'Nothing was saved: what is marked below cannot be.',
}

/** `/app/settings/campaign`: the plan of contacts, changed only after a look at what that does; and the owner's digest. */
export function campaignRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  const { db, now } = context

  async function show(ctx: KoaContext, form: CampaignForm, also: { faults?: CampaignFaults; said?: SaidView | null }) {
    const tenant = tenantOf(ctx)
    const { workspace } = tenant
    ctx.body = campaignPage({
      panel: await panelOf(tenant),
      form,
      zone: timesIn(workspace.time_zone, now()).zone,
      digest: presentDigest(workspace, now()),
      said: null,
      ...also,
    })
  }

  function showFaults(ctx: KoaContext, form: CampaignForm, faults: CampaignFaults) {
    ctx.status = 422
    return show(ctx, form, { faults, said: NOT_SAVED })
  }

  async function look(ctx: KoaContext, form: CampaignForm) {
    const tenant = tenantOf(ctx)
    const { workspace } = tenant
    const campaign = await readCampaign(db, workspace)
    const read = readChange(form, campaign, workspace)
    if ('faults' in read) return showFaults(ctx, form, read.faults)
    const { change } = read
    if (isNothing(change)) return tell(ctx, 'campaign-same')
    const rehearsals = workspace.prompts_on_at && {
      before: await rehearse(context, workspace.id, {}),
      after: await rehearse(context, workspace.id, { campaign: change }),
    }
    ctx.body = campaignChangePage({
      panel: await panelOf(tenant),
      form,
      change: presentChange({ change, campaign, workspace, rehearsals }, now()),
    })
  }

  async function save(ctx: KoaContext, form: CampaignForm) {
    const { workspace } = tenantOf(ctx)
    const read = readChange(form, await readCampaign(db, workspace), workspace)
    if ('faults' in read) return showFaults(ctx, form, read.faults)
    if (isNothing(read.change)) return tell(ctx, 'campaign-same')
    const changed = await changeCampaign(context, { workspaceId: workspace.id, change: read.change })
    if (changed.kind === 'refused') return ctx.throw(422, changed.reason)
    await ring(deliverTouchesJob, { workspaceId: workspace.id })
    tell(ctx, 'campaign-saved')
  }

  function tell(ctx: KoaContext, word: SaidWord) {
    said.say(ctx, PLACE, word)
    ctx.status = 303
    ctx.redirect(HERE)
  }

  return new Router()
    .get('/campaign', async (ctx) => {
      const { workspace } = tenantOf(ctx)
      const form = formOf(await readCampaign(db, workspace), workspace)
      await show(ctx, form, { said: presentSaid(said.hear(ctx, PLACE)) })
    })
    .post('/campaign', async (ctx) => {
      const posted = await readForm(ctx)
      const [does, name, ...line] = (posted.get('do') ?? '').split('.')
      const form = typedIn(posted, does === 'remove' ? [name, ...line].join('.') : undefined)
      const plan = PLAN_NAMES.find((each) => each === name)
      switch (does) {
        case 'look':
          return look(ctx, form)
        case 'save':
          return save(ctx, form)
        case 'edit':
        case 'more':
        case 'remove':
          return show(ctx, form, {})
        case 'own':
        case 'follow':
          return plan && plan !== 'every' ? show(ctx, withPlan(form, plan, does === 'own'), {}) : ctx.throw(400)
        default:
          return ctx.throw(400)
      }
    })
    .post('/campaign/digest', async (ctx) => {
      const wanted = (await readForm(ctx)).get('digest')
      const frequency = DIGEST_FREQUENCIES.find((each) => each === wanted)
      if (!frequency) return ctx.throw(400)
      await setDigest(context, tenantOf(ctx).workspace.id, frequency)
      tell(ctx, `digest-${frequency}`)
    })
}
