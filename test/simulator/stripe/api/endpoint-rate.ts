import { RateLimit } from '../../rate-limit.js'

/** So many calls of each operation in a second: `GET /v1/invoices/:id` is one, whatever the id. */
export class EndpointRate {
  perSecond: number | undefined
  readonly #limits = new Map<string, RateLimit>()

  constructor(perSecond?: number) {
    this.perSecond = perSecond
  }

  /** False: this call is one too many. */
  take(operation: string, nowMs: number): boolean {
    const limit = this.#limits.get(operation) ?? new RateLimit()
    this.#limits.set(operation, limit)
    limit.perSecond = this.perSecond
    return limit.take(nowMs)
  }
}
