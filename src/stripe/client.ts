import Stripe from 'stripe'

export type { Stripe }

/** Calls are made for a person or a job that waits: none takes longer, and BullMQ repeats, not the SDK. */
export const STRIPE_TIMEOUT_MS = 4_000

/** The version that we speak, and that the webhook endpoints we make speak to us. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

/** Told of every answer before the caller is, by its HTTP status. */
export type AnswerListener = (status: number) => Promise<void>

/** Told of every call when it is over; `status` is null where there was no answer. */
export type CallListener = (call: {
  /** The first part of the path behind the version, such as `invoices`. */
  readonly resource: string
  readonly status: number | null
  readonly seconds: number
}) => void

interface Listeners {
  readonly onAnswer?: AnswerListener
  readonly onCall?: CallListener
}

/**
 * A client for one restricted key.
 *
 * @param apiBase another base URL than Stripe's, for a simulator; `null` for Stripe
 */
export function createStripeClient(apiKey: string, apiBase: string | null, listeners: Listeners = {}): Stripe {
  const base = apiBase ? new URL(apiBase) : null
  return new Stripe(apiKey, {
    apiVersion: STRIPE_API_VERSION,
    maxNetworkRetries: 0,
    timeout: STRIPE_TIMEOUT_MS,
    telemetry: false,
    httpClient: listening(listeners),
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? 443 : 80),
      protocol: base.protocol === 'https:' ? 'https' : 'http',
    }),
  })
}

function listening({ onAnswer, onCall }: Listeners): Stripe.HttpClient {
  const http = Stripe.createNodeHttpClient()
  return {
    getClientName: () => http.getClientName(),
    async makeRequest(...request) {
      const began = performance.now()
      const [, , path] = request
      const resource = /^\/v\d\/(\w+)/.exec(path)?.[1] ?? 'other'
      const over = (status: number | null) =>
        onCall?.({ resource, status, seconds: (performance.now() - began) / 1_000 })
      try {
        const response = await http.makeRequest(...request)
        over(response.getStatusCode())
        await onAnswer?.(response.getStatusCode())
        return objectsOnly(response)
      } catch (error) {
        over(null)
        throw error
      }
    },
  }
}

/**
 * Stripe answers with an object, whatever it says. Over any other JSON, as of something between Stripe and us, the SDK would
 * stumble where nobody catches it, and take the process down; refused here, it is an error like JSON that can't be read.
 */
function objectsOnly(response: Stripe.HttpClientResponse): Stripe.HttpClientResponse {
  const read = response.toJSON.bind(response)
  return Object.assign(response, {
    async toJSON() {
      const told: unknown = await read()
      if (typeof told !== 'object' || told === null) throw new SyntaxError('The answer is no JSON object')
      return told
    },
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

/** How long Stripe asks to wait before the next call, in milliseconds; `null`: it does not say. */
export function retryAfter(error: unknown): number | null {
  const seconds = error instanceof Stripe.errors.StripeError ? Number(error.headers?.['retry-after']) : Number.NaN
  return seconds > 0 ? seconds * 1_000 : null
}
