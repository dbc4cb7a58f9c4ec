import { Line } from './line.js'
import { Poster, type PostResult } from './post.js'
import { rollFor } from './random.js'

/** Shares are from 0 to 1 and are rolled per event and endpoint, so that a seed always hits the same ones. */
export interface CourierOptions {
  /** Delivered a second time, although the first was taken. */
  readonly duplicates?: number
  /** Never delivered. */
  readonly losses?: number
  /** Delivered late by up to `delayMs`. */
  readonly delays?: number
  readonly delayMs?: number
  /** Each delivery waits up to this long, so that events arrive out of order. */
  readonly shuffleMs?: number
  /** Real waits before the second, third, ... try; the last one repeats until the delivery is taken or given up. */
  readonly retryMs?: readonly number[]
  /** No whole answer for this long counts as a failure. */
  readonly timeoutMs?: number
  /** Calls to one endpoint at the same time. */
  readonly concurrency?: number
}

interface Addressee {
  readonly id: string
  readonly url: string
}

/** `lost` by a misfortune, without a try; `failed` when nobody tries any more. */
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'lost'

export interface CourierDelivery<V, E> {
  readonly event: V
  readonly endpoint: E
  readonly duplicate: boolean
  state: DeliveryState
  tries: number
  /** HTTP status or error of the last try. */
  lastResult: number | string | undefined
  /** Milliseconds since 1970. */
  deliveredAt: number | undefined
}

export interface Letter {
  readonly body: string | Buffer
  readonly headers: Record<string, string>
}

/** What becomes of an event on its way to one endpoint, whatever the shares say. */
export interface Fate {
  readonly lost: boolean
  readonly again: boolean
  readonly waitMs: number
}

/** Whose events a courier carries. */
export interface Sender<V, E> {
  readonly seed: string
  /** Milliseconds since 1970, for `deliveredAt`. */
  readonly now: () => number
  /** Makes the letter of one try: a signature carries the moment of its try. */
  readonly write: (event: V, endpoint: E) => Letter
  readonly fateOf?: (event: V, endpoint: E) => Fate
  /** Asked before each try: a delivery that may not go on has failed. */
  readonly goesOn?: (delivery: CourierDelivery<V, E>) => boolean
  /** Told of each that gets under way, and again when it is over. */
  readonly onStart?: (delivery: CourierDelivery<V, E>) => void
  readonly onEnd?: (delivery: CourierDelivery<V, E>) => void
}

interface Lane<V, E> {
  readonly line: Line<CourierDelivery<V, E>>
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

const NO_FATE: Fate = { lost: false, again: false, waitMs: 0 }

/** Carries events to endpoints as webhooks travel: unordered, repeated until taken, with misfortunes by a seed. */
export class Courier<V extends { readonly id: string }, E extends Addressee> {
  readonly deliveries: CourierDelivery<V, E>[] = []
  options: Required<CourierOptions>

  readonly #sender: Sender<V, E>
  readonly #pending = new Set<CourierDelivery<V, E>>()
  readonly #lanes = new Map<E, Lane<V, E>>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #poster: Poster | undefined
  #settled: (() => void)[] = []

  constructor(sender: Sender<V, E>, options: CourierOptions = {}) {
    this.#sender = sender
    this.options = { ...DEFAULTS, ...options }
  }

  /** Changes shares and waits from now on; connections and time-out stay as they are until the next start. */
  configure(options: Omit<CourierOptions, 'timeoutMs' | 'concurrency'>): void {
    this.options = { ...this.options, ...options }
  }

  send(event: V, endpoint: E): void {
    const roll = (what: string) => rollFor(this.#sender.seed, what, event.id, endpoint.id)
    const hits = (what: string, share: number) => share > 0 && roll(what) < share
    const { delayMs, delays, duplicates, losses, shuffleMs } = this.options
    const fate = this.#sender.fateOf?.(event, endpoint) ?? NO_FATE
    if (hits('loss', losses) || fate.lost) {
      this.deliveries.push({ ...fresh(event, endpoint, false), state: 'lost' })
      return
    }
    const shuffle = shuffleMs > 0 ? roll('shuffle') * shuffleMs : 0
    const wait = shuffle + (hits('delay', delays) ? roll('lateness') * delayMs : 0) + fate.waitMs
    this.#add(fresh(event, endpoint, false), wait)
    if (hits('duplicate', duplicates) || fate.again) this.#add(fresh(event, endpoint, true), wait + roll('gap') * 500)
  }

  /** Once more, without misfortune. */
  repeat(event: V, endpoint: E): void {
    this.#add(fresh(event, endpoint, true), 0)
  }

  /** What is under way to it fails. */
  drop(endpoint: E): void {
    this.#lanes.delete(endpoint)
    for (const delivery of this.#pending) if (delivery.endpoint === endpoint) this.#finish(delivery, 'failed')
  }

  pending(): number {
    return this.#pending.size
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  /** Takes up again what was under way when it stopped. */
  start(): void {
    this.#poster = new Poster(this.options.concurrency, this.options.timeoutMs)
    for (const delivery of this.#pending) this.#enqueue(delivery)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#lanes.clear()
    this.#poster?.stop()
    this.#poster = undefined
    this.#release()
  }

  #add(delivery: CourierDelivery<V, E>, waitMs: number): void {
    this.deliveries.push(delivery)
    this.#pending.add(delivery)
    this.#sender.onStart?.(delivery)
    this.#later(waitMs, delivery)
  }

  #later(waitMs: number, delivery: CourierDelivery<V, E>): void {
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

  #enqueue(delivery: CourierDelivery<V, E>): void {
    if (!this.#poster || delivery.state !== 'pending') return
    const lane = this.#lanes.get(delivery.endpoint) ?? { line: new Line(), running: 0 }
    this.#lanes.set(delivery.endpoint, lane)
    lane.line.push(delivery)
    this.#work(lane)
  }

  #work(lane: Lane<V, E>): void {
    while (lane.running < this.options.concurrency && lane.line.length > 0) {
      const delivery = lane.line.next()!
      lane.running += 1
      void this.#attempt(delivery).finally(() => {
        lane.running -= 1
        this.#work(lane)
      })
    }
  }

  async #attempt(delivery: CourierDelivery<V, E>): Promise<void> {
    const { endpoint, event } = delivery
    const poster = this.#poster
    if (!poster || delivery.state !== 'pending') return
    if (this.#sender.goesOn?.(delivery) === false) return this.#finish(delivery, 'failed')
    const { body, headers } = this.#sender.write(event, endpoint)
    delivery.tries += 1
    const result = await poster.post(endpoint.url, body, headers)
    if (this.#poster !== poster || delivery.state !== 'pending') return
    delivery.lastResult = 'status' in result ? result.status : result.error
    if (taken(result)) return this.#finish(delivery, 'delivered')
    const { retryMs } = this.options
    this.#later(retryMs[Math.min(delivery.tries, retryMs.length) - 1] ?? 1_000, delivery)
  }

  #finish(delivery: CourierDelivery<V, E>, state: 'delivered' | 'failed'): void {
    delivery.state = state
    if (state === 'delivered') delivery.deliveredAt = this.#sender.now()
    this.#pending.delete(delivery)
    this.#sender.onEnd?.(delivery)
    if (this.#pending.size === 0) this.#release()
  }

  #release(): void {
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}

function taken(result: PostResult): boolean {
  return 'status' in result && result.status >= 200 && result.status < 300
}

function fresh<V, E>(event: V, endpoint: E, duplicate: boolean): CourierDelivery<V, E> {
  return {
    event,
    endpoint,
    duplicate,
    state: 'pending',
    tries: 0,
    lastResult: undefined,
    deliveredAt: undefined,
  }
}
