import { StripeApiError } from './errors.js'

const KEPT_MS = 24 * 3600 * 1000

export interface Answer {
  readonly status: number
  readonly body: string
}

interface Kept {
  readonly fingerprint: string
  readonly at: number
  answer: Answer | undefined
}

/** Keys of POST calls: the same call again gets the same answer, another one under the same key an error. */
export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>()

  /**
   * The answer of an earlier call with this key, or undefined when this call is to be made: then `keep` or `forget`
   * must follow. `now` is in milliseconds.
   */
  begin(key: string, fingerprint: string, now: number): Answer | undefined {
    const kept = this.#kept.get(key)
    if (!kept || now - kept.at > KEPT_MS) {
      this.#kept.set(key, { fingerprint, at: now, answer: undefined })
      return undefined
    }
    if (kept.fingerprint !== fingerprint) {
      throw new StripeApiError(400, {
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        type: 'idempotency_error',
      })
    }
    if (!kept.answer) {
      throw new StripeApiError(409, {
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
        type: 'invalid_request_error',
      })
    }
    return kept.answer
  }

  keep(key: string, answer: Answer): void {
    const kept = this.#kept.get(key)
    if (kept) kept.answer = answer
  }

  forget(key: string): void {
    this.#kept.delete(key)
  }
}
