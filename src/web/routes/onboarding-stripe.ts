import Router from '@koa/router'
import type { Context as KoaContext, Middleware } from 'koa'
import { checkStripeKey, connectStripe, type KeyOutcome } from '../../accounts/connect-stripe.js'
import { takeTry } from '../../accounts/limits.js'
import { setUpWebhook, type WebhookSetUp, webhookUrlOf } from '../../accounts/set-up-webhook.js'
import { stripeStatus } from '../../accounts/stripe-status.js'
import type { Context } from '../../context.js'
import type { Owner } from '../../db/models/owner.js'
import { Workspace } from '../../db/models/workspace.js'
import type { Hindrance } from '../../stripe/verify-key.js'
import { readForm } from '../middleware/form.js'
import { type StripePageProps, stripePage } from '../pages/onboarding-stripe.js'
import { HINDRANCES, lackInWords, presentStripeStep } from '../presenters/stripe-step.js'

const HERE = '/onboarding/stripe'

/** What a press did: back to the page, or the page again with what is wrong. */
type Result = { readonly next: string } | Pick<StripePageProps, 'faults' | 'typedKey'>

/** The second step: the restricted key, the webhook endpoint, the first event. */
export function onboardingStripeRoutes(context: Context, requireOwner: Middleware): Router {
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

  async function act(workspaceId: string, form: URLSearchParams): Promise<Result | null> {
    switch (form.get('do')) {
      case 'key': {
        const key = form.get('key') ?? ''
        return afterKey((await connectStripe(context, { workspaceId, key })).key, key)
      }
      case 'check':
        return afterKey(await checkStripeKey(context, workspaceId))
      case 'secret': {
        const { signingSecret } = await connectStripe(context, {
          workspaceId,
          signingSecret: form.get('signingSecret') ?? '',
        })
        if (signingSecret?.kind === 'refused') return { faults: { signingSecret: signingSecret.reason } }
        return { next: `${HERE}?wait#event-step` }
      }
      case 'endpoint':
        return afterSetUp(await setUpWebhook(context, workspaceId))
      default:
        return null
    }
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
        const minutes = Math.ceil(wait / 60)
        const key = `Stripe was asked very often from here. Nothing has changed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
        return show(ctx, workspace, { faults: { key }, typedKey: form.get('key') ?? '' })
      }
      const result = await act(workspace.id, form)
      if (!result) return ctx.throw(400)
      if ('next' in result) {
        ctx.redirect(result.next)
        ctx.status = 303
        return
      }
      ctx.status = 422
      await show(ctx, workspace, result)
    })
}

/** A key that was refused is not shown again; one that Stripe did not tell of is, once, if it could not be stored. */
function afterKey(outcome: KeyOutcome | null, typedKey = ''): Result {
  if (outcome === null) return { next: HERE }
  if (outcome.kind === 'refused') return { faults: { key: outcome.reason } }
  const { verdict } = outcome
  if (outcome.kind === 'saved') {
    return { next: verdict.kind === 'accepted' ? `${HERE}#webhook-step` : `${HERE}#key-step` }
  }
  if (verdict.kind === 'lacking') {
    const key = `Nothing works without: ${lackInWords(verdict.capabilities)}. The key that was there goes on, and this one is not stored. Give it that permission in Stripe, then save it again.`
    return { faults: { key }, typedKey }
  }
  const because = verdict.capabilities.find(({ result }) => result === 'unknown')?.because
  const why = HINDRANCES[(because ?? 'unclear') as Hindrance]
  return { faults: { key: `${why} The key that was there goes on. Save this one again in a minute.` }, typedKey }
}

const BY_HAND = 'Or add the endpoint by hand, with the address below.'

function afterSetUp(outcome: WebhookSetUp): Result {
  if (outcome.kind === 'stands') return { next: `${HERE}?wait#event-step` }
  if (outcome.kind === 'no_connection') return { faults: { endpoint: 'Save the restricted key first.' } }
  switch (outcome.because) {
    case 'permission_missing':
      return { faults: { endpoint: `This key may not set up endpoints. Give it Webhook endpoints, write. ${BY_HAND}` } }
    case 'key_rejected':
      return { faults: { endpoint: 'Stripe refuses this key: it was revoked, or has expired. Save a new one above.' } }
    case 'rate_limited':
    case 'unreachable': {
      const why = HINDRANCES[outcome.because === 'rate_limited' ? 'rate_limited' : 'down']
      return { faults: { endpoint: `${why} Press again in a minute: it goes on from where it stopped.` } }
    }
    default:
      return {
        faults: {
          endpoint: `Stripe did not take the endpoint. It wants an address that it can reach, with https:// in live mode, and at most 16 endpoints an account. ${BY_HAND}`,
        },
      }
  }
}
