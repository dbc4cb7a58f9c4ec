import Stripe from 'stripe'

export type { Stripe }

/** Calls are made for a person or a job that waits: none takes longer, and BullMQ repeats, not the SDK. */
export const STRIPE_TIMEOUT_MS = 4_000

/**
 * A client for one restricted key.
 *
 * @param apiBase another base URL than Stripe's, for a simulator; `null` for Stripe
 */
export function createStripeClient(apiKey: string, apiBase: string | null): Stripe {
  const base = apiBase ? new URL(apiBase) : null
  return new Stripe(apiKey, {
    maxNetworkRetries: 0,
    timeout: STRIPE_TIMEOUT_MS,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? 443 : 80),
      protocol: base.protocol === 'https:' ? 'https' : 'http',
    }),
  })
}

/** Why Stripe did not give what was asked. */
export type StripeRefusal =
  | 'unreachable'
  | 'rate_limited'
  | 'key_rejected'
  | 'permission_missing'
  | 'not_found'
  | 'refused'

/** Sorts what the SDK throws. `null`: not an error of Stripe's. */
export function stripeRefusal(error: unknown): StripeRefusal | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null
  if (error instanceof Stripe.errors.StripePermissionError) return 'permission_missing'
  if (error instanceof Stripe.errors.StripeAuthenticationError) return 'key_rejected'
  if (error instanceof Stripe.errors.StripeRateLimitError) return 'rate_limited'
  if (error.code === 'resource_missing') return 'not_found'
  if (error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeAPIError) {
    return 'unreachable'
  }
  return 'refused'
}
