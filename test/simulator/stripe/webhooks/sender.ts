import { Courier, type CourierDelivery, type CourierOptions, type Letter } from '../../courier.js'
import type { Account } from '../account.js'
import type { RecordedEvent } from '../event-log.js'
import { MAX_ENDPOINTS, type NewWebhookEndpoint, WebhookEndpoint } from './endpoint.js'
import { eventJson } from './event-json.js'
import { type Misfortune, Misfortunes } from './misfortunes.js'
import { signatureHeader } from './signature.js'

export type DeliveryOptions = CourierOptions

export type Delivery = CourierDelivery<RecordedEvent, WebhookEndpoint>

/** Retries end after three days in life. Source: docs.stripe.com/webhooks */
const GIVEN_UP_AFTER = 3 * 24 * 3600 * 1000

/** Delivers events to endpoints the way Stripe does: signed, unordered, repeated until they are taken. */
export class WebhookSender {
  readonly endpoints: WebhookEndpoint[] = []
  readonly #account: Account
  readonly #misfortunes: Misfortunes
  readonly #courier: Courier<RecordedEvent, WebhookEndpoint>

  constructor(account: Account, options: DeliveryOptions = {}) {
    this.#account = account
    this.#misfortunes = new Misfortunes(account.seed)
    this.#courier = new Courier<RecordedEvent, WebhookEndpoint>(
      {
        seed: account.seed,
        now: () => this.#realTime(),
        write: (event, endpoint) => this.#write(event, endpoint),
        fateOf: (event, endpoint) => this.#misfortunes.fateOf(event, endpoint.id),
        goesOn: (delivery) => this.#goesOn(delivery),
        onStart: ({ event }) => event.hold(),
        onEnd: ({ endpoint, event, state }) => {
          event.release()
          if (state === 'delivered') event.takenBy(endpoint.id)
        },
      },
      options,
    )
    this.#courier.start()
    account.events.onEvent((event) => this.#send(event))
  }

  /** Oldest first, lost ones too. */
  get deliveries(): readonly Delivery[] {
    return this.#courier.deliveries
  }

  /** Changes shares and waits from now on; connections and time-out stay as they were at the start. */
  configure(options: Omit<DeliveryOptions, 'timeoutMs' | 'concurrency'>): void {
    this.#courier.configure(options)
  }

  /** From the next event on, for certain events only. Gives a function that takes it back. */
  disturb(misfortune: Misfortune): () => void {
    return this.#misfortunes.add(misfortune)
  }

  clearMisfortunes(): void {
    this.#misfortunes.clear()
  }

  /** Throws on a seventeenth, and on an event type that Stripe does not have. */
  addEndpoint(wanted: NewWebhookEndpoint): WebhookEndpoint {
    if (this.endpoints.length >= MAX_ENDPOINTS) throw new Error(`An account has ${MAX_ENDPOINTS} webhook endpoints`)
    const { clock, ids } = this.#account
    const secret = wanted.secret ?? this.#newSecret()
    const endpoint = new WebhookEndpoint(ids.next('we'), clock.seconds(), { ...wanted, secret })
    this.endpoints.push(endpoint)
    return endpoint
  }

  /** For an id that the simulator itself handed out. */
  endpoint(id: string): WebhookEndpoint {
    const endpoint = this.endpoints.find((other) => other.id === id)
    if (!endpoint) throw new Error(`The simulator has no ${id}`)
    return endpoint
  }

  /** What is under way to it fails. */
  removeEndpoint(id: string): void {
    const endpoint = this.endpoints.find((other) => other.id === id)
    if (!endpoint) return
    this.endpoints.splice(this.endpoints.indexOf(endpoint), 1)
    this.#courier.drop(endpoint)
  }

  /** Gives the new secret. The old one signs as well for another `expiresInMs` of the clock, at most 24 hours. */
  rollSecret(endpoint: string, { expiresInMs = 0 }: { readonly expiresInMs?: number } = {}): string {
    const secret = this.#newSecret()
    this.endpoint(endpoint).roll(secret, this.#account.clock.elapsed(), expiresInMs)
    return secret
  }

  /** Sends one event again, as the dashboard's *resend* does: to one endpoint, by id, or to all that want its type. */
  resend(eventId: string, endpoint?: string): void {
    const event = this.#account.events.events.require(eventId)
    if (!this.#account.events.isKept(event)) throw new Error(`Stripe resends no event older than 30 days: ${eventId}`)
    const to = endpoint === undefined ? this.#wanting(event) : [this.endpoint(endpoint)]
    for (const one of to) this.#courier.repeat(event, one)
  }

  pending(): number {
    return this.#courier.pending()
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#courier.settled()
  }

  stop(): void {
    this.#courier.stop()
  }

  #send(event: RecordedEvent): void {
    const wanting = this.#wanting(event)
    event.untaken = wanting.map(({ id }) => id)
    for (const endpoint of wanting) this.#courier.send(event, endpoint)
  }

  #write(event: RecordedEvent, endpoint: WebhookEndpoint): Letter {
    const { clock, livemode, store } = this.#account
    const body = Buffer.from(eventJson(event, endpoint.apiVersion ?? event.apiVersion, livemode, store))
    const seconds = Math.floor(this.#realTime() / 1000)
    return {
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureHeader(body, endpoint.secretsAt(clock.elapsed()), seconds, livemode),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        accept: '*/*; q=0.5, application/xml',
        'cache-control': 'no-cache',
      },
    }
  }

  /** An endpoint that is disabled when a try is due never gets the event; enabled again before, it does. */
  #goesOn({ endpoint, event, tries }: Delivery): boolean {
    const { clock } = this.#account
    if (endpoint.disabled) return false
    return tries === 0 || clock.elapsed() - event.madeAt < clock.shortened(GIVEN_UP_AFTER)
  }

  #wanting({ type }: RecordedEvent): WebhookEndpoint[] {
    return this.endpoints.filter((endpoint) => endpoint.wants(type))
  }

  #newSecret(): string {
    return this.#account.ids.next('whsec', '', 32)
  }

  /** A receiver compares a signature's age with its own clock, also while ours is set to a date. */
  #realTime(): number {
    const { clock } = this.#account
    return clock.isSet ? Date.now() : clock.now()
  }
}
