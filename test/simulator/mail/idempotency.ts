import { MailApiError } from './errors.js'

const KEPT_MS = 24 * 3600 * 1000

interface Kept {
  readonly body: string
  readonly at: number
  answer: object | undefined
}

/** Idempotency keys of sends: kept for 24 hours, for the same body only, and one call at a time. */
export class MailIdempotency {
  readonly #kept = new Map<string, Kept>()

  /** The answer of an earlier call, or undefined when this one is to be made; then `keep` or `forget` must follow. */
  begin(key: string, body: string, now: number): object | undefined {
    if (key.length > 256) {
      throw new MailApiError(
        400,
        'invalid_idempotency_key',
        'The idempotency key must be between 1 and 256 characters.',
      )
    }
    const kept = this.#kept.get(key)
    if (!kept || now - kept.at > KEPT_MS) {
      this.#kept.set(key, { body, at: now, answer: undefined })
      return undefined
    }
    if (kept.body !== body) {
      throw new MailApiError(
        409,
        'invalid_idempotent_request',
        'This idempotency key has been used with a different request body. Use a new key or the same body.',
      )
    }
    if (!kept.answer) {
      throw new MailApiError(
        409,
        'concurrent_idempotent_requests',
        'Another request with the same idempotency key is in progress. Try again later.',
      )
    }
    return kept.answer
  }

  keep(key: string, answer: object): void {
    const kept = this.#kept.get(key)
    if (kept) kept.answer = answer
  }

  forget(key: string): void {
    this.#kept.delete(key)
  }
}
