import { rollFor } from '../../random.js'
import type { Account } from '../account.js'
import type { RecordedEvent } from '../event-log.js'
import { type NewWebhookEndpoint, signatureHeader, type WebhookEndpoint, wants } from './endpoint.js'
import { eventJson } from './event-json.js'
import { Poster } from './post.js'
import { CURRENT_VERSION } from './versions.js'

/** Shares are from 0 to 1 and are rolled per event and endpoint, so that a seed always hits the same events. */
export interface DeliveryOptions {
  /** Delivered a second time, although the first was taken. */
  readonly duplicates?: number
  /** Never delivered: only the event list knows of it. */
  readonly losses?: number
  /** Delivered late by up to `delayMs`. */
  readonly delays?: number
  readonly delayMs?: number
  /** Each delivery waits up to this long, so that events arrive out of order. */
  readonly shuffleMs?: number
  /** Waits before the second, third, ... try; the last one repeats until the delivery is taken. */
  readonly retryMs?: readonly number[]
  /** No answer for this long counts as a failure. */
  readonly timeoutMs?: number
  /** Calls to one endpoint at the same time. */
  readonly concurrency?: number
}

export type DeliveryState = 'pending' | 'delivered' | 'lost'

export interface Delivery {
  readonly event: RecordedEvent
  readonly endpoint: WebhookEndpoint
  readonly duplicate: boolean
  state: DeliveryState
  tries: number
  /** HTTP status or error of the last try. */
  lastResult: number | string | undefined
  /** Milliseconds since 1970, real. */
  deliveredAt: number | undefined
}

interface Line {
  readonly endpoint: WebhookEndpoint
  readonly waiting: Delivery[]
  running: number
}

const DEFAULTS = {
  duplicates: 0,
  losses: 0,
  delays: 0,
  delayMs: 5_000,
  shuffleMs: 0,
  retryMs: [200, 500, 1_000, 2_000, 5_000] as readonly number[],
  timeoutMs: 10_000,
  concurrency: 50,
}

/** Delivers events to endpoints the way Stripe does: signed, unordered, repeated until they are taken. */
export class WebhookSender {
  readonly deliveries: Delivery[] = []
  readonly endpoints: WebhookEndpoint[] = []
  options: Required<DeliveryOptions>

  readonly #account: Account
  readonly #poster: Poster
  readonly #lines = new Map<string, Line>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #pending = 0
  #settled: (() => void)[] = []
  #stopped = false

  constructor(account: Account, options: DeliveryOptions = {}) {
    this.#account = account
    this.options = { ...DEFAULTS, ...options }
    this.#poster = new Poster(this.options.concurrency, this.options.timeoutMs)
    account.events.onEvent((event) => this.#send(event))
  }

  /** Changes shares and waits from now on; connections and time-out stay as they were at the start. */
  configure(options: Omit<DeliveryOptions, 'timeoutMs' | 'concurrency'>): void {
    this.options = { ...this.options, ...options }
  }

  addEndpoint(wanted: NewWebhookEndpoint): WebhookEndpoint {
    const { ids } = this.#account
    const secret = wanted.secret ?? ids.next('whsec', '', 32)
    const endpoint: WebhookEndpoint = {
      id: ids.next('we'),
      url: wanted.url,
      secrets: typeof secret === 'string' ? [secret] : secret,
      apiVersion: wanted.apiVersion ?? CURRENT_VERSION,
      events: wanted.events ?? ['*'],
    }
    this.endpoints.push(endpoint)
    this.#lines.set(endpoint.id, { endpoint, waiting: [], running: 0 })
    return endpoint
  }

  /** What is under way to it is dropped. */
  removeEndpoint(id: string): void {
    const line = this.#lines.get(id)
    if (!line) return
    this.#lines.delete(id)
    this.endpoints.splice(this.endpoints.indexOf(line.endpoint), 1)
    for (const delivery of this.deliveries) {
      if (delivery.endpoint === line.endpoint && delivery.state === 'pending') this.#finish(delivery, 'lost')
    }
  }

  /** Sends one event again to every endpoint, as the dashboard's *resend* does. */
  resend(eventId: string): void {
    const event = this.#account.events.events.require(eventId)
    for (const endpoint of this.endpoints) this.#queue({ event, endpoint, duplicate: true }, 0)
  }

  pending(): number {
    return this.#pending
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#poster.stop()
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  #send(event: RecordedEvent): void {
    for (const endpoint of this.endpoints) {
      if (!wants(endpoint, event.type)) continue
      event.pendingWebhooks += 1
      if (this.#hits('loss', this.options.losses, event, endpoint)) {
        this.deliveries.push({ ...fresh({ event, endpoint, duplicate: false }), state: 'lost' })
        continue
      }
      const wait = this.#waitFor(event, endpoint)
      this.#queue({ event, endpoint, duplicate: false }, wait)
      if (this.#hits('duplicate', this.options.duplicates, event, endpoint)) {
        this.#queue({ event, endpoint, duplicate: true }, wait + this.#roll('gap', event, endpoint) * 500)
      }
    }
  }

  #roll(what: string, event: RecordedEvent, endpoint: WebhookEndpoint): number {
    return rollFor(this.#account.seed, what, event.id, endpoint.id)
  }

  #hits(what: string, share: number, event: RecordedEvent, endpoint: WebhookEndpoint): boolean {
    return share > 0 && this.#roll(what, event, endpoint) < share
  }

  #waitFor(event: RecordedEvent, endpoint: WebhookEndpoint): number {
    const { delays, delayMs, shuffleMs } = this.options
    const late = this.#hits('delay', delays, event, endpoint)
    const shuffle = shuffleMs > 0 ? this.#roll('shuffle', event, endpoint) * shuffleMs : 0
    return shuffle + (late ? this.#roll('lateness', event, endpoint) * delayMs : 0)
  }

  #queue(of: Pick<Delivery, 'event' | 'endpoint' | 'duplicate'>, waitMs: number): void {
    const delivery = fresh(of)
    this.deliveries.push(delivery)
    this.#pending += 1
    this.#later(waitMs, delivery)
  }

  #later(waitMs: number, delivery: Delivery): void {
    if (waitMs <= 0) {
      this.#enqueue(delivery)
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#enqueue(delivery)
    }, waitMs)
    this.#timers.add(timer.unref())
  }

  #enqueue(delivery: Delivery): void {
    const line = this.#lines.get(delivery.endpoint.id)
    if (!line || this.#stopped) return
    line.waiting.push(delivery)
    this.#work(line)
  }

  #work(line: Line): void {
    while (line.running < this.options.concurrency && line.waiting.length > 0) {
      const delivery = line.waiting.shift()!
      line.running += 1
      void this.#attempt(delivery).finally(() => {
        line.running -= 1
        this.#work(line)
      })
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { event, endpoint } = delivery
    const { clock, livemode, store } = this.#account
    const body = eventJson(event, endpoint.apiVersion, livemode, store)
    delivery.tries += 1
    const result = await this.#poster.post(endpoint.url, body, {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureHeader(body, endpoint.secrets, clock.seconds()),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      accept: '*/*; q=0.5, application/xml',
      'cache-control': 'no-cache',
    })
    if (this.#stopped || delivery.state !== 'pending') return
    delivery.lastResult = 'status' in result ? result.status : result.error
    if ('status' in result && result.status >= 200 && result.status < 300) {
      if (!delivery.duplicate) event.pendingWebhooks -= 1
      this.#finish(delivery, 'delivered')
    } else {
      const { retryMs } = this.options
      this.#later(retryMs[Math.min(delivery.tries, retryMs.length) - 1] ?? 1_000, delivery)
    }
  }

  #finish(delivery: Delivery, state: DeliveryState): void {
    delivery.state = state
    if (state === 'delivered') delivery.deliveredAt = this.#account.clock.now()
    this.#pending -= 1
    if (this.#pending === 0) for (const resolve of this.#settled.splice(0)) resolve()
  }
}

function fresh(of: Pick<Delivery, 'event' | 'endpoint' | 'duplicate'>): Delivery {
  return { ...of, state: 'pending', tries: 0, lastResult: undefined, deliveredAt: undefined }
}
