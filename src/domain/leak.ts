import type { Report } from './diagnostic-report.js'

/** A currency in which more was lost than in the run before. Minor units. */
export interface LeakGrowth {
  readonly currency: string
  readonly before: number
  readonly after: number
}

/**
 * Currencies in which what is lost has grown by more than a threshold.
 *
 * @param percent such as 25: from $100.00 to $125.01 is more
 */
export function leakGrowth(before: Report, after: Report, percent: number): LeakGrowth[] {
  return after.currencies.flatMap(({ currency, parts }) => {
    const lostBefore = before.currencies.find((each) => each.currency === currency)?.parts.lost.amount ?? 0
    const lost = parts.lost.amount
    const hasGrown = BigInt(lost) * 100n > BigInt(lostBefore) * BigInt(100 + percent)
    return hasGrown ? [{ currency, before: lostBefore, after: lost }] : []
  })
}
