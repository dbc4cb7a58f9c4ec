import Router from '@koa/router'
import type { Context as KoaContext, Middleware } from 'koa'
import type { Ring } from '../../../jobs/define-job.js'
import { runDiagnosticJob } from '../../../jobs/run-diagnostic.js'
import { takeTry } from '../../accounts/limits.js'
import { webhookUrlOf } from '../../accounts/set-up-webhook.js'
import { stripeStatus } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import type { Owner } from '../../db/models/owner.js'
import { Workspace } from '../../db/models/workspace.js'
import { readForm } from '../middleware/form.js'
import { type StripePageProps, stripePage } from '../pages/onboarding-stripe.js'
import { presentStripeStep } from '../presenters/stripe-step.js'
import { actOnStripe, tooOften } from '../stripe-forms.js'

const HERE = '/onboarding/stripe'

/** Where on the page it goes on. */
const NEXT = {
  key: `${HERE}#webhook-step`,
  'key-lacks': `${HERE}#key-step`,
  secret: `${HERE}?wait#event-step`,
  endpoint: `${HERE}?wait#event-step`,
  nothing: HERE,
} as const

/** The second step: the restricted key, the webhook endpoint, the first event. */
export function onboardingStripeRoutes(context: Context, requireOwner: Middleware, ring: Ring): Router {
  const { db, now, settings } = context

  async function workspaceOf(ctx: KoaContext): Promise<Workspace | undefined> {
    return Workspace.query(db).findOne({ owner_id: (ctx.state.owner as Owner).id })
  }

  async function show(ctx: KoaContext, workspace: Workspace, more: Partial<StripePageProps> = {}) {
    ctx.body = stripePage({
      ownerEmail: (ctx.state.owner as Owner).email,
      step: presentStripeStep(await stripeStatus(context, workspace.id), now()),
      webhookUrl: await webhookUrlOf(context, workspace.id),
      isLocal: /^(localhost|127\.|\[::1\])/.test(new URL(settings.appUrl).hostname),
      testMailGoesToOwner: settings.testModeMail === 'owner',
      ...more,
    })
  }

  return new Router({ prefix: HERE })
    .use(requireOwner)
    .get('/', async (ctx) => {
      const workspace = await workspaceOf(ctx)
      if (!workspace) return ctx.redirect('/onboarding/workspace')
      await show(ctx, workspace, { isWatching: 'wait' in ctx.query })
    })
    .post('/', async (ctx) => {
      const workspace = await workspaceOf(ctx)
      if (!workspace) return ctx.redirect('/onboarding/workspace')
      const form = await readForm(ctx)
      const wait = await takeTry(context, 'stripe-workspace', workspace.id)
      if (wait !== null) {
        ctx.status = 429
        ctx.set('Retry-After', String(wait))
        return show(ctx, workspace, { faults: tooOften(wait), typedKey: form.get('key') ?? '' })
      }
      const result = await actOnStripe(context, workspace.id, form)
      if (!result) return ctx.throw(400)
      if ('done' in result) {
        // Connecting begins the first diagnostic.
        if (result.done === 'key') await ring(runDiagnosticJob, { workspaceId: workspace.id })
        ctx.redirect(NEXT[result.done])
        ctx.status = 303
        return
      }
      ctx.status = 422
      await show(ctx, workspace, result)
    })
}
