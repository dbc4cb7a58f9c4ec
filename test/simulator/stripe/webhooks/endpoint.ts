import { EVENT_TYPES } from '../event-types.js'
import { stepsTo } from '../versions/reshape.js'

/** An account has so many at most. Source: docs.stripe.com/webhooks */
export const MAX_ENDPOINTS = 16

/** A rolled secret lives on for a day at most. Source: docs.stripe.com/webhooks */
const MAX_OVERLAP = 24 * 3600 * 1000

export interface NewWebhookEndpoint {
  readonly url: string
  /** One made up when absent; several while one is being rolled. */
  readonly secret?: string | readonly string[]
  /** The account's own when absent. */
  readonly apiVersion?: string
  /** All when absent. */
  readonly events?: readonly string[]
  readonly description?: string | null
  readonly metadata?: Readonly<Record<string, string>>
  /** It wants the events of connected accounts, of which there are none here. */
  readonly connect?: boolean
}

interface Secret {
  readonly value: string
  /** In the clock's elapsed milliseconds. */
  readonly endsAt: number
}

export class WebhookEndpoint {
  readonly id: string
  /** Seconds. */
  readonly created: number
  /** null: events come in the version that the account has when they are made. */
  readonly apiVersion: string | null
  url: string
  description: string | null
  metadata: Readonly<Record<string, string>>
  /** What it will not get while it is disabled, it will never get. */
  disabled = false
  /** The newest first. */
  secrets: readonly Secret[]
  readonly #connect: boolean
  #events: readonly string[] = []

  constructor(
    id: string,
    created: number,
    wanted: NewWebhookEndpoint & { readonly secret: string | readonly string[] },
  ) {
    // Throws now where its events could not be shaped later.
    if (wanted.apiVersion !== undefined) stepsTo(wanted.apiVersion)
    this.id = id
    this.created = created
    this.apiVersion = wanted.apiVersion ?? null
    this.url = wanted.url
    this.description = wanted.description ?? null
    this.metadata = wanted.metadata ?? {}
    this.secrets = [wanted.secret].flat().map((value) => ({ value, endsAt: Number.POSITIVE_INFINITY }))
    this.#connect = wanted.connect ?? false
    this.events = wanted.events ?? ['*']
  }

  /** `['*']` or the types that it wants. */
  get events(): readonly string[] {
    return this.#events
  }

  /** Throws on a type that Stripe does not have: it would never come. */
  set events(types: readonly string[]) {
    const unknown = types.find((type) => type !== '*' && !EVENT_TYPES.includes(type))
    if (unknown !== undefined) throw new Error(`Stripe has no event type ${unknown}`)
    this.#events = types
  }

  wants(type: string): boolean {
    if (this.disabled || this.#connect) return false
    return this.#events.includes('*') || this.#events.includes(type)
  }

  /** Each signs, at this elapsed time of the clock. */
  secretsAt(now: number): readonly string[] {
    return this.secrets.filter(({ endsAt }) => now < endsAt).map(({ value }) => value)
  }

  /** From now on the new secret signs, and the others for another while, at most 24 hours. */
  roll(value: string, now: number, expiresInMs: number): void {
    if (expiresInMs < 0 || expiresInMs > MAX_OVERLAP) throw new Error('A secret is rolled within 24 hours')
    const old = this.secrets.map((secret) => ({ ...secret, endsAt: Math.min(secret.endsAt, now + expiresInMs) }))
    this.secrets = [{ value, endsAt: Number.POSITIVE_INFINITY }, ...old.filter(({ endsAt }) => endsAt > now)]
  }
}
