import type { PeriodSums } from '../../db/queries/sums-of-period.js'
import type { Overview } from '../../recovery/read-overview.js'
import { percent } from './percent.js'
import { headline, type View } from './view.js'
import { counted } from './words.js'

/** What came of one currency's exposure, as a sentence, a bar and the parts below it. */
export interface StatementView {
  readonly currency: string
  readonly recovered: string
  readonly isNothingRecovered: boolean
  readonly exposed: string
  /** `53%` */
  readonly byAmount: string
  readonly byCases: string
  /** `6 of 17` */
  readonly ofCases: string
  /** `41% in the 30 days before`; `null`: nothing was exposed then. */
  readonly before: string | null
  readonly assisted: string
  readonly unassisted: string
  /** Those that are not zero. Their widths add up to 100. */
  readonly parts: readonly PartView[]
  /** The bar in words. */
  readonly inWords: string
}

export interface PartView {
  readonly kind: 'recovered' | 'open' | 'lost' | 'closed' | 'attention'
  readonly label: string
  readonly amount: string
  /** `6 cases`; `null`: these are no cases of their own. */
  readonly cases: string | null
  /** Share of the whole, in percent. */
  readonly width: number
}

/** One a currency, the one with most cases first. */
export function presentStatements(
  { sums, before }: Pick<Overview, 'sums' | 'before'>,
  days: number,
  view: View,
): StatementView[] {
  return sums
    .toSorted((a, b) => b.cases - a.cases || a.currency.localeCompare(b.currency))
    .map((sum) => {
      const earlier = before.find(({ currency }) => currency === sum.currency)
      const amount = (minor: number) => headline(minor, sum.currency, view)
      const parts = partsOf(sum, amount)
      return {
        currency: sum.currency.toUpperCase(),
        recovered: amount(sum.recovered),
        isNothingRecovered: sum.recovered === 0,
        exposed: amount(sum.exposed),
        byAmount: percent(sum.recovered, sum.exposed),
        byCases: percent(sum.recoveredCases, sum.cases),
        ofCases: `${sum.recoveredCases.toLocaleString('en-US')} of ${sum.cases.toLocaleString('en-US')}`,
        before:
          earlier && earlier.exposed > 0
            ? `${percent(earlier.recovered, earlier.exposed)} in the ${counted(days, 'day')} before`
            : null,
        assisted: amount(sum.assisted),
        unassisted: amount(sum.recovered - sum.assisted),
        parts,
        inWords: `${amount(sum.exposed)} exposed: ${parts.map(({ amount: part, label }) => `${part} ${label.toLowerCase()}`).join(', ')}`,
      }
    })
}

function partsOf(sum: PeriodSums, amount: (minor: number) => string): PartView[] {
  const parts: [PartView['kind'], string, number, number | null][] = [
    ['recovered', 'Recovered', sum.recovered, sum.recoveredCases],
    ['attention', 'Returned', sum.returned, null],
    ['open', 'Still open', sum.open, sum.openCases],
    ['lost', 'Lost', sum.lost, sum.lostCases],
    ['closed', 'Forgiven', sum.forgiven, sum.forgivenCases],
    ['closed', 'Dismissed', sum.dismissed, sum.dismissedCases],
  ]
  return parts
    .filter(([, , minor]) => minor > 0)
    .map(([kind, label, minor, cases]) => ({
      kind,
      label,
      amount: amount(minor),
      cases: cases === null ? null : counted(cases, 'case'),
      width: Math.round((minor * 10_000) / sum.exposed) / 100,
    }))
}
