import { createHash } from 'node:crypto'

/** A repeatable stream of numbers: the same seed gives the same stream. */
export class Random {
  readonly #seed: string
  #state: [number, number, number, number]

  constructor(seed: string) {
    this.#seed = seed
    const bytes = createHash('sha256').update(seed).digest()
    this.#state = [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)]
  }

  /** In [0, 1). The generator is sfc32. */
  next(): number {
    let [a, b, c, d] = this.#state
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    this.#state = [a, b, c, d]
    return (sum >>> 0) / 4_294_967_296
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.next() * from.length)]
    if (picked === undefined) throw new Error('Nothing to pick from')
    return picked
  }

  /** A stream of its own: what is drawn from it does not disturb this one. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`)
  }
}

/**
 * One number in [0, 1) for the given words, whenever it is asked for. What happens to an event or a customer is rolled
 * like this and not drawn from a stream, so that the timing of a run does not change its story.
 */
export function rollFor(seed: string, ...words: readonly string[]): number {
  return (
    createHash('sha256')
      .update([seed, ...words].join('/'))
      .digest()
      .readUInt32LE(0) / 4_294_967_296
  )
}
