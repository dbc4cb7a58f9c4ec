import type { ListedSecret } from '../../accounts/signing-secrets.js'
import type { StripeStatus } from '../../accounts/stripe-status.js'
import type { RevealedUrl } from '../../accounts/webhook-url.js'
import { keyFormUrl } from '../../stripe/permissions.js'
import { age } from './ages.js'
import { presentStripeStep, type StripeStepView } from './stripe-step.js'
import type { View } from './view.js'

/** How the workspace stands with Stripe, for its settings. */
export interface StripeSettingsView
  extends Pick<StripeStepView, 'notice' | 'capabilities' | 'canMakeEndpoint' | 'secretNotice'> {
  /** Whose key it is, and how old. */
  readonly key: string
  /** Where one like it is made. */
  readonly keyForm: string
  /** Holds the workspace's token: only its owner sees the page. */
  readonly webhookUrl: string
  /** One sentence for each that still works. */
  readonly previousUrls: readonly string[]
  readonly secrets: readonly { readonly id: string; readonly words: string; readonly until: string }[]
}

interface Read {
  readonly status: StripeStatus
  readonly urls: RevealedUrl
  readonly secrets: readonly ListedSecret[]
}

export function presentStripeSettings({ status, urls, secrets }: Read, { now, times }: View): StripeSettingsView {
  const { key, notice, capabilities, canMakeEndpoint, secretNotice } = presentStripeStep(status, now)
  return {
    key: key?.summary ?? '',
    keyForm: keyFormUrl(key?.mode ?? 'live'),
    notice,
    capabilities,
    canMakeEndpoint,
    secretNotice,
    webhookUrl: urls.webhookUrl,
    previousUrls: urls.previous.map(
      ({ replacedAt, endsAt }) =>
        `One that was replaced ${age(replacedAt, now)} ago still works, until ${times.moment(endsAt)}.`,
    ),
    secrets: secrets.map(({ id, last4, savedAt, endsAt }) => ({
      id,
      words: `Ends in ${last4}, saved ${age(savedAt, now)} ago`,
      until: endsAt ? `Replaced: valid until ${times.moment(endsAt)}` : 'In use',
    })),
  }
}
