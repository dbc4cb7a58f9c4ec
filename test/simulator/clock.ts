export interface ClockOptions {
  /** How much faster than life waits pass. 4,320 makes a day 20 seconds. */
  readonly speed?: number
  /** A manual clock lets nothing fall due by itself, only by `advance`: a test decides when. */
  readonly manual?: boolean
  /** Milliseconds; the clock that time stamps come from. */
  readonly now?: () => number
}

interface Appointment {
  readonly due: number
  readonly run: () => void
  canceled: boolean
}

/**
 * Time stamps are real, because the product compares them with its own clock and a webhook's signature is good for
 * 300 seconds only. What is fast is waiting: a retry that Stripe makes after a day is due after a day ÷ `speed`.
 * `advance` skips waiting time and leaves time stamps alone.
 *
 * Set to a date (`setTo`) the clock stands there, time stamps and all, and moves by `advance` alone, a day being a day:
 * so a history is made. `release` gives it back to real time; what is still planned keeps its date.
 */
export class Clock {
  readonly speed: number
  readonly #manual: boolean
  readonly #now: () => number
  readonly #agenda: Appointment[] = []
  #skipped = 0
  #date: number | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor({ speed = 1, manual = false, now = Date.now }: ClockOptions = {}) {
    this.speed = speed
    this.#manual = manual
    this.#now = now
  }

  /** Milliseconds since 1970: real, unless the clock is set to a date. */
  now(): number {
    return this.#date ?? this.#now()
  }

  /** Seconds since 1970: what Stripe's objects carry. */
  seconds(): number {
    return Math.floor(this.now() / 1000)
  }

  /** Milliseconds to compare life spans with: time plus all that was skipped. */
  elapsed(): number {
    return this.now() + this.#skipped
  }

  /** How long a wait of `ms` in life takes here. */
  shortened(ms: number): number {
    return this.#date === undefined ? ms / this.speed : ms
  }

  get isSet(): boolean {
    return this.#date !== undefined
  }

  /** Stands at this date (milliseconds since 1970) until it is advanced. What is planned keeps its date. */
  setTo(ms: number): void {
    this.#date = ms
    clearTimeout(this.#timer)
  }

  /** Back to real time. */
  release(): void {
    this.#date = undefined
    this.#wake()
  }

  /** Runs once, after `ms` here (already shortened). Gives a function that cancels it. */
  after(ms: number, run: () => void): () => void {
    const appointment: Appointment = { due: this.elapsed() + ms, run, canceled: false }
    const index = this.#placeOf(appointment.due)
    this.#agenda.splice(index, 0, appointment)
    if (index === 0) this.#wake()
    return () => {
      appointment.canceled = true
    }
  }

  /** Skips `ms` here: all that falls due in between runs now, in its order. */
  advance(ms: number): void {
    const until = this.elapsed() + ms
    for (let next = this.#first(); next && next.due <= until; next = this.#first()) {
      this.#skip(next.due - this.elapsed())
      this.#agenda.shift()
      next.run()
    }
    this.#skip(until - this.elapsed())
    this.#wake()
  }

  /** Milliseconds until something is due; undefined when nothing is. */
  untilNext(): number | undefined {
    const next = this.#first()
    return next && Math.max(0, next.due - this.elapsed())
  }

  /** Skips to whatever is due next and runs it; false when nothing is. */
  advanceToNext(): boolean {
    const wait = this.untilNext()
    if (wait === undefined) return false
    this.advance(wait)
    return true
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#agenda.length = 0
  }

  #skip(ms: number): void {
    if (ms <= 0) return
    if (this.#date === undefined) this.#skipped += ms
    else this.#date += ms
  }

  /** Behind all that are due by then: what was planned first runs first. */
  #placeOf(due: number): number {
    let [low, high] = [0, this.#agenda.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#agenda[middle]!.due > due) high = middle
      else low = middle + 1
    }
    return low
  }

  #first(): Appointment | undefined {
    while (this.#agenda[0]?.canceled) this.#agenda.shift()
    return this.#agenda[0]
  }

  #wake(): void {
    clearTimeout(this.#timer)
    const next = this.#first()
    if (!next || this.#manual || this.#stopped || this.isSet) return
    const wait = Math.min(Math.max(0, next.due - this.elapsed()), 2_000_000_000)
    this.#timer = setTimeout(() => this.advance(0), wait).unref()
  }
}
