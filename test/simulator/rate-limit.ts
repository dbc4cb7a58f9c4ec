/** So many calls in each second of the clock; no limit when undefined. */
export class RateLimit {
  perSecond: number | undefined
  #second = 0
  #used = 0

  constructor(perSecond?: number) {
    this.perSecond = perSecond
  }

  /** False: this call is one too many. */
  take(nowMs = Date.now()): boolean {
    if (this.perSecond === undefined) return true
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#used = 0
    }
    if (this.#used >= this.perSecond) return false
    this.#used += 1
    return true
  }

  remaining(): number {
    return this.perSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.perSecond - this.#used)
  }
}
