import { type MoneyView, presentMoney, type View } from './view.js'

/** One row for each currency, summed by the database. Amounts are minor units of `currency`. */
export interface CurrencySum {
  readonly currency: string
  readonly exposed: number
  readonly recovered: number
  readonly cases: number
  readonly recoveredCases: number
}

export interface SumView {
  readonly currency: string
  readonly exposed: MoneyView
  readonly recovered: MoneyView
  /** `53%`: recovered of exposed. */
  readonly byAmount: string
  readonly byCases: string
  /** `6 of 17` */
  readonly ofCases: string
}

/**
 * One sum a currency, the one with most cases first; amounts of two currencies never meet.
 * @throws RangeError when a currency stands there twice
 */
export function presentSums(sums: readonly CurrencySum[], view: Pick<View, 'locale'>): SumView[] {
  const currencies = sums.map(({ currency }) => currency)
  if (new Set(currencies).size < sums.length) throw new RangeError('One sum for each currency, please')
  return sums
    .toSorted((a, b) => b.cases - a.cases || a.currency.localeCompare(b.currency))
    .map(({ currency, exposed, recovered, cases, recoveredCases }) => ({
      currency,
      exposed: presentMoney(exposed, currency, view),
      recovered: presentMoney(recovered, currency, view),
      byAmount: percent(recovered, exposed),
      byCases: percent(recoveredCases, cases),
      ofCases: `${recoveredCases.toLocaleString('en-US')} of ${cases.toLocaleString('en-US')}`,
    }))
}

/** The nearest percent; 100% is said of all of it only, and 0% of nothing only. */
export function percent(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%'
  if (part >= whole) return '100%'
  const nearest = Math.min(99, Math.round((part * 100) / whole))
  return nearest === 0 ? 'under 1%' : `${nearest}%`
}
