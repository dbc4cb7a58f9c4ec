import { checkStripeKey, connectStripe, type KeyOutcome } from '../accounts/connect-stripe.js'
import { setUpWebhook, type WebhookSetUp } from '../accounts/set-up-webhook.js'
import type { Context } from '../context.js'
import type { Hindrance } from '../stripe/verify-key.js'
import { HINDRANCES, lackInWords } from './presenters/stripe-step.js'

/** What is wrong with what was pasted, and what to do. */
export interface StripeFaults {
  readonly key?: string
  readonly signingSecret?: string
  readonly endpoint?: string
}

/** What a press did, or why it did nothing. */
export type StripeFormResult =
  /** `key-lacks`: the key is stored, and the page says what it lacks. */
  | { readonly done: 'key' | 'key-lacks' | 'secret' | 'endpoint' | 'nothing' }
  | { readonly faults: StripeFaults; readonly typedKey?: string }

/**
 * The forms about Stripe that the way in and the settings share: `do` names which.
 *
 * @returns `null`: there is no such form
 */
export async function actOnStripe(
  context: Context,
  workspaceId: string,
  form: URLSearchParams,
): Promise<StripeFormResult | null> {
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
      return { done: 'secret' }
    }
    case 'endpoint':
      return afterSetUp(await setUpWebhook(context, workspaceId))
    default:
      return null
  }
}

/** Said where Stripe was asked too often from here. */
export function tooOften(waitSeconds: number): StripeFaults {
  const minutes = Math.ceil(waitSeconds / 60)
  return {
    key: `Stripe was asked very often from here. Nothing has changed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
  }
}

/** A key that was refused is not shown again; one that Stripe did not tell of is, once, if it could not be stored. */
function afterKey(outcome: KeyOutcome | null, typedKey = ''): StripeFormResult {
  if (outcome === null) return { done: 'nothing' }
  if (outcome.kind === 'refused') return { faults: { key: outcome.reason } }
  const { verdict } = outcome
  if (outcome.kind === 'saved') {
    return { done: verdict.kind === 'accepted' ? 'key' : 'key-lacks' }
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

function afterSetUp(outcome: WebhookSetUp): StripeFormResult {
  if (outcome.kind === 'stands') return { done: 'endpoint' }
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
