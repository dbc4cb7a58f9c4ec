import Router from '@koa/router'
import type { Context as KoaContext } from 'koa'
import { findGapsJob } from '../../../../jobs/find-gaps.js'
import { runDiagnosticJob } from '../../../../jobs/run-diagnostic.js'
import { disconnectStripe } from '../../../accounts/disconnect-stripe.js'
import { takeTry } from '../../../accounts/limits.js'
import { addSigningSecret, listSigningSecrets } from '../../../accounts/signing-secrets.js'
import { stripeStatus } from '../../../accounts/stripe-status.js'
import { revealWebhookUrl, rotateWebhookUrl } from '../../../accounts/webhook-url.js'
import { readForm } from '../../middleware/form.js'
import { tenantOf } from '../../middleware/tenant.js'
import { type StripeSettingsProps, stripeSettingsPage } from '../../pages/settings/stripe.js'
import { presentSaid, type SaidWord } from '../../presenters/said.js'
import { presentStripeSettings } from '../../presenters/stripe-settings.js'
import { viewOf } from '../../presenters/view.js'
import { actOnStripe, tooOften } from '../../stripe-forms.js'
import type { PanelParts } from '../panel-parts.js'

const HERE = '/app/settings/stripe'
/** Where what was said belongs. */
const PLACE = 'stripe'

type Wrong = Pick<StripeSettingsProps, 'faults' | 'typedKey'>

/** `/app/settings/stripe`: the key, the webhook URL and its secrets. */
export function stripeRoutes({ context, ring, said, panelOf }: PanelParts): Router {
  async function show(ctx: KoaContext, wrong: Wrong = {}) {
    const tenant = tenantOf(ctx)
    const { workspace } = tenant
    const [panel, status, urls, secrets] = await Promise.all([
      panelOf(tenant),
      stripeStatus(context, workspace.id),
      revealWebhookUrl(context, workspace.id),
      listSigningSecrets(context, workspace.id),
    ])
    ctx.body = stripeSettingsPage({
      panel,
      stripe: presentStripeSettings({ status, urls, secrets }, viewOf(workspace, context.now())),
      said: presentSaid(said.hear(ctx, PLACE)),
      ...wrong,
    })
  }

  /** What was done, or what is wrong. */
  async function act(workspaceId: string, form: URLSearchParams): Promise<SaidWord | Wrong | null> {
    // Where nothing was chosen, nothing is: no time at all would be the hardest choice.
    const overlapHours = Number(form.get('hours') || Number.NaN)
    switch (form.get('do')) {
      case 'url': {
        const rotated = await rotateWebhookUrl(context, { workspaceId, overlapHours })
        return rotated.kind === 'refused' ? { faults: { endpoint: rotated.reason } } : 'stripe-url'
      }
      case 'roll': {
        const secret = form.get('signingSecret') ?? ''
        const added = await addSigningSecret(context, { workspaceId, secret, overlapHours })
        if (added.kind === 'refused') return { faults: { signingSecret: added.reason } }
        return added.kind === 'known' ? 'stripe-secret-known' : 'stripe-secret'
      }
      default: {
        const result = await actOnStripe(context, workspaceId, form)
        if (!result || 'faults' in result) return result
        // A new key may see what the one before could not; another account has no diagnostic yet.
        if (result.done === 'key') {
          await ring(findGapsJob, { workspaceId })
          await ring(runDiagnosticJob, { workspaceId })
        }
        return form.get('do') === 'check' ? 'stripe-checked' : `stripe-${result.done}`
      }
    }
  }

  return new Router()
    .get('/stripe', (ctx) => show(ctx))
    .post('/stripe', async (ctx) => {
      const { workspace } = tenantOf(ctx)
      const form = await readForm(ctx)
      if (form.get('do') === 'disconnect') {
        await disconnectStripe(context, workspace.id)
        ctx.status = 303
        return ctx.redirect('/onboarding/stripe')
      }
      const wait = await takeTry(context, 'stripe-workspace', workspace.id)
      if (wait !== null) {
        ctx.status = 429
        ctx.set('Retry-After', String(wait))
        return show(ctx, { faults: tooOften(wait), typedKey: form.get('key') ?? '' })
      }
      const result = await act(workspace.id, form)
      if (!result) return ctx.throw(400)
      if (typeof result === 'string') {
        said.say(ctx, PLACE, result)
        ctx.status = 303
        return ctx.redirect(HERE)
      }
      ctx.status = 422
      await show(ctx, result)
    })
}
