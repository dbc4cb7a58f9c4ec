import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RealDate = Date

/** The time of the drill: everybody's, but for a process whose own clock is wrong. It only leaps ahead. */
export class Clocks {
  readonly #folder: string
  readonly #wrong = new Map<string, number>()
  readonly #leaps: { readonly at: number; readonly ms: number }[] = []
  readonly #disputed: { readonly from: number; until: number }[] = []
  #ahead = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Milliseconds since 1970. */
  now = (): number => RealDate.now() + this.#ahead

  /** The file that a process reads its clock from. */
  fileOf(name: string): string {
    const file = join(this.#folder, `clock-of-${name}`)
    if (!this.#wrong.has(name)) this.set(name, 0)
    return file
  }

  /** One process's clock is so many milliseconds off. */
  set(name: string, off: number): void {
    const before = this.#wrong.get(name) ?? 0
    if (before !== 0) this.#disputed.at(-1)!.until = this.now() + Math.abs(before)
    if (off !== 0) this.#disputed.push({ from: this.now() - Math.abs(off), until: Number.POSITIVE_INFINITY })
    this.#wrong.set(name, off)
    this.#tell(name)
  }

  /** Every clock leaps ahead at once, Stripe's too. */
  leap(ms: number): void {
    this.#leaps.push({ at: this.now(), ms })
    this.#ahead += ms
    for (const name of this.#wrong.keys()) this.#tell(name)
  }

  /** How much of the time between the two really passed. */
  lasted(from: number, until: number): number {
    const leapt = this.#leaps.filter(({ at }) => at >= from && at <= until).reduce((sum, { ms }) => sum + ms, 0)
    return Math.max(0, until - from - leapt)
  }

  /** Whether both were written while a clock was wrong: which came first can't be told from them. */
  disputed(one: number, other: number): boolean {
    return this.#disputed.some(({ from, until }) => Math.min(one, other) >= from && Math.max(one, other) <= until)
  }

  #tell(name: string): void {
    const file = join(this.#folder, `clock-of-${name}`)
    // Renamed into place: half a number would be another time.
    writeFileSync(`${file}.new`, String(this.#ahead + (this.#wrong.get(name) ?? 0)))
    renameSync(`${file}.new`, file)
  }
}
