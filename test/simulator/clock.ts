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
 */
export class Clock {
  readonly speed: number
  readonly #manual: boolean
  readonly #now: () => number
  readonly #agenda: Appointment[] = []
  #skipped = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor({ speed = 1, manual = false, now = Date.now }: ClockOptions = {}) {
    this.speed = speed
    this.#manual = manual
    this.#now = now
  }

  /** Milliseconds since 1970, real. */
  now(): number {
    return this.#now()
  }

  /** Seconds since 1970, real: what Stripe's objects carry. */
  seconds(): number {
    return Math.floor(this.#now() / 1000)
  }

  /** Milliseconds to compare life spans with: real time plus all that was skipped. */
  elapsed(): number {
    return this.#now() + this.#skipped
  }

  /** How long a wait of `ms` in life takes here. */
  shortened(ms: number): number {
    return ms / this.speed
  }

  /** Runs once, after `ms` here (already shortened). Gives a function that cancels it. */
  after(ms: number, run: () => void): () => void {
    const appointment: Appointment = { due: this.elapsed() + ms, run, canceled: false }
    let index = this.#agenda.length
    while (index > 0 && this.#agenda[index - 1]!.due > appointment.due) index -= 1
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
      this.#skipped += Math.max(0, next.due - this.elapsed())
      this.#agenda.shift()
      next.run()
    }
    this.#skipped += Math.max(0, until - this.elapsed())
    this.#wake()
  }

  /** Skips to whatever is due next and runs it; false when nothing is. */
  advanceToNext(): boolean {
    const next = this.#first()
    if (!next) return false
    this.advance(Math.max(0, next.due - this.elapsed()))
    return true
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#agenda.length = 0
  }

  #first(): Appointment | undefined {
    while (this.#agenda[0]?.canceled) this.#agenda.shift()
    return this.#agenda[0]
  }

  #wake(): void {
    clearTimeout(this.#timer)
    const next = this.#first()
    if (!next || this.#manual || this.#stopped) return
    const wait = Math.min(Math.max(0, next.due - this.elapsed()), 2_000_000_000)
    this.#timer = setTimeout(() => this.advance(0), wait).unref()
  }
}
