import type { PeriodDay } from '../../db/queries/sums-of-period.js'

/** Two sums that add up in steps, from the left edge to the right, as shares of the chart: 0 to 100, 0 at the base. */
export interface StepChart {
  /** SVG path data in a box of 100 by 100, 0 at the top. */
  readonly exposed: string
  readonly recovered: string
  /** Below `recovered`, down to the base. */
  readonly area: string
  /** Round amounts, in minor units, with their places from the top. */
  readonly grid: readonly { readonly amount: number; readonly top: number }[]
  readonly exposedTop: number
  readonly recoveredTop: number
}

/** Room above the highest sum. */
const HEADROOM = 1.09

/**
 * @param days of one currency, in order
 * @param place where a day stands between the left edge, 0, and the right, 100
 * @param unit minor units in one of the currency: grid lines lie at whole ones
 */
export function stepChart(days: readonly PeriodDay[], place: (day: string) => number, unit: number): StepChart {
  const exposed = days.reduce((sum, day) => sum + day.exposed, 0)
  const recovered = days.reduce((sum, day) => sum + day.recovered, 0)
  const most = Math.max(1, exposed, recovered) * HEADROOM
  const topOf = (amount: number) => round(100 - (amount * 100) / most)
  const steps = (of: 'exposed' | 'recovered') => {
    let sum = 0
    const path = days
      .filter((day) => day[of] !== 0)
      .map((day) => {
        sum += day[of]
        return `H${round(place(day.day))}V${topOf(sum)}`
      })
    return `M0 100${path.join('')}H100`
  }
  const line = steps('recovered')
  return {
    exposed: steps('exposed'),
    recovered: line,
    area: `${line}V100H0Z`,
    grid: roundAmounts(most, unit).map((amount) => ({ amount, top: topOf(amount) })),
    exposedTop: topOf(exposed),
    recoveredTop: topOf(recovered),
  }
}

/** Two or three round amounts below the highest: 1, 2 or 5 times a power of ten. */
export function roundAmounts(most: number, unit: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(unit, most)))
  const step = [0.1, 0.2, 0.5, 1, 2, 5].map((times) => Math.round(power * times)).find((each) => most / each < 4)
  if (!step || step < 1) return []
  return Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step)
}

const round = (place: number) => Math.round(place * 100) / 100
