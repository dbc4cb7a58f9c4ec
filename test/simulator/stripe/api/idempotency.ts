import { idempotencyKeyInUse, idempotencyKeyReused, idempotencyKeyTooLong } from './errors.js'

const KEPT_MS = 24 * 3600 * 1000
const LONGEST = 255

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface KeptAnswer {
  readonly answer: Answer
  /** The request that was executed. */
  readonly requestId: string
}

interface Kept {
  readonly fingerprint: string
  readonly at: number
  readonly requestId: string
  answer: Answer | undefined
}

/** Keys of POST calls: the same call again gets the same answer, another one under the same key an error. */
export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>()

  /**
   * The answer of an earlier call with this key, or undefined when this call is to be made: then `keep` must follow.
   * `now` is in milliseconds.
   */
  begin(key: string, fingerprint: string, now: number, requestId: string): KeptAnswer | undefined {
    if (key.length > LONGEST) throw idempotencyKeyTooLong()
    const kept = this.#kept.get(key)
    if (!kept || now - kept.at > KEPT_MS) {
      this.#kept.set(key, { fingerprint, at: now, requestId, answer: undefined })
      return undefined
    }
    if (kept.fingerprint !== fingerprint) throw idempotencyKeyReused(key)
    if (!kept.answer) throw idempotencyKeyInUse(key)
    return { answer: kept.answer, requestId: kept.requestId }
  }

  keep(key: string, answer: Answer): void {
    const kept = this.#kept.get(key)
    if (kept) kept.answer = answer
  }
}
