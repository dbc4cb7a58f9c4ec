/** Calls a second. */
export interface RateLimits {
  /** Of all calls together. */
  readonly account: number
  /** Of one operation, such as listing charges. */
  readonly endpoint: number
}

/**
 * What a long reading takes of Stripe's limits: 25 calls a second of one operation, 100 in all, 25 in a sandbox. The
 * rest is left to whatever else the account's owner runs. Source: docs.stripe.com/rate-limits
 */
export const LONG_READING: Readonly<Record<'test' | 'live', RateLimits>> = {
  live: { account: 75, endpoint: 22 },
  test: { account: 20, endpoint: 20 },
}

interface Clock {
  now(): Date
  wait(ms: number): Promise<void>
}

const AFTER_REFUSAL_MS = 1_000
/** Back at full speed after so many seconds without a refusal. */
const SECONDS_TO_RECOVER = 10

/** Calls of one kind, one after the other at a rate. */
class Lane {
  #rate: number
  #nextAt = 0
  #slowedAt = Number.NEGATIVE_INFINITY

  constructor(public limit: number) {
    this.#rate = limit
  }

  get nextAt(): number {
    return this.#nextAt
  }

  take(at: number): void {
    this.#nextAt = at + 1_000 / Math.min(this.#rate, this.limit)
  }

  /** Half as fast from now on, once for all refusals of one moment. */
  slow(now: number, waitMs: number): void {
    this.#nextAt = Math.max(this.#nextAt, now + waitMs)
    if (now - this.#slowedAt < AFTER_REFUSAL_MS) return
    this.#slowedAt = now
    const known = Number.isFinite(this.#rate) ? this.#rate : UNLIMITED_BECOMES
    this.#rate = Math.max(1, known / 2)
  }

  speedUp(): void {
    if (this.#rate < this.limit) {
      const full = Number.isFinite(this.limit) ? this.limit : UNLIMITED_BECOMES
      this.#rate = Math.min(this.limit, this.#rate + full / SECONDS_TO_RECOVER / this.#rate)
    }
  }
}

/** A rate to begin halving at, where none is set. */
const UNLIMITED_BECOMES = 100

/**
 * Spreads calls evenly below the limits. A refusal (429) halves the rate of its operation, and of all where Stripe says
 * so, and holds it for as long as Stripe asks; answers bring it back.
 */
export class Pace {
  readonly #all: Lane
  readonly #endpoints = new Map<string, Lane>()

  constructor(
    readonly limits: RateLimits,
    readonly clock: Clock,
  ) {
    this.#all = new Lane(limits.account)
  }

  /** Waits for the turn of a call: first of its operation's, and only then of all, so that nobody holds a turn idle. */
  async take(endpoint: string): Promise<void> {
    await this.#turn(this.#lane(endpoint))
    await this.#turn(this.#all)
  }

  async #turn(lane: Lane): Promise<void> {
    const now = this.clock.now().getTime()
    const at = Math.max(now, lane.nextAt)
    lane.take(at)
    if (at > now) await this.clock.wait(at - now)
  }

  answered(endpoint: string): void {
    this.#lane(endpoint).speedUp()
    this.#all.speedUp()
  }

  /** @param askedMs how long Stripe asks to wait; `null`: it does not say */
  refused(endpoint: string, askedMs: number | null, isOfAll: boolean): void {
    const now = this.clock.now().getTime()
    this.#lane(endpoint).slow(now, askedMs ?? AFTER_REFUSAL_MS)
    if (isOfAll) this.#all.slow(now, askedMs ?? AFTER_REFUSAL_MS)
  }

  /** Leaves calls of this second to others who use the same account. */
  leave(callsASecond: number): void {
    this.#all.limit = Math.max(1, this.limits.account - callsASecond)
  }

  #lane(endpoint: string): Lane {
    const known = this.#endpoints.get(endpoint)
    if (known) return known
    const lane = new Lane(this.limits.endpoint)
    this.#endpoints.set(endpoint, lane)
    return lane
  }
}
