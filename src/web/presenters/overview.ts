import type { Age, OpenCases, Pressure } from '../../db/queries/open-cases-by-age.js'
import { AGES } from '../../db/queries/open-cases-by-age.js'
import type { PeriodSums } from '../../db/queries/sums-of-period.js'
import { formatMoneyParts } from '../../domain/money.js'
import type { Overview } from '../../recovery/read-overview.js'
import { age, duration } from './ages.js'
import { PROMISE_MS } from './case-standing.js'
import { percent } from './sums.js'
import type { View } from './view.js'
import { counted } from './words.js'

/** What came of one currency's exposure, as a sentence, a bar and the parts below it. */
export interface StatementView {
  readonly currency: string
  readonly recovered: string
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

/** Open cases of one age. */
export interface AgeRowView {
  readonly label: string
  /** How many there are, by what comes next; the most pressing last. */
  readonly units: readonly { readonly pressure: Pressure; readonly cases: number }[]
  /** One a currency, in the order of the head; `null`: none. */
  readonly amounts: readonly (string | null)[]
  /** `Reminder`, `in 23h` */
  readonly next: { readonly what: string; readonly when: string | null } | null
  readonly inWords: string
}

export interface FirstTouchView {
  readonly half: string
  readonly most: string
  /** Where marks stand between one second, 0, and beyond the promise, 100. */
  readonly marks: readonly number[]
  readonly promise: number
  readonly isKept: boolean
  readonly verdict: string
}

const LABELS: Record<Age, string> = {
  under_1h: 'Under 1 hour',
  under_1d: '1 to 24 hours',
  under_3d: '1 to 3 days',
  under_7d: '3 to 7 days',
  older: 'Over 7 days',
}

const PRESSURES: readonly Pressure[] = ['mail', 'retry', 'nothing', 'human']
const PRESSURE_WORDS: Record<Pressure, string> = {
  mail: 'a mail planned',
  retry: 'Stripe retries first',
  nothing: 'nothing planned',
  human: 'needs a human',
}

/** One a currency, the one with most cases first. */
export function presentStatements({ sums, before }: Overview, days: number, view: View): StatementView[] {
  return sums
    .toSorted((a, b) => b.cases - a.cases || a.currency.localeCompare(b.currency))
    .map((sum) => {
      const earlier = before.find(({ currency }) => currency === sum.currency)
      const amount = (minor: number) => headline(minor, sum.currency, view)
      const parts = partsOf(sum, amount)
      return {
        currency: sum.currency.toUpperCase(),
        recovered: amount(sum.recovered),
        exposed: amount(sum.exposed),
        byAmount: percent(sum.recovered, sum.exposed),
        byCases: percent(sum.recoveredCases, sum.cases),
        ofCases: `${sum.recoveredCases.toLocaleString('en-US')} of ${sum.cases.toLocaleString('en-US')}`,
        before:
          earlier && earlier.exposed > 0
            ? `${percent(earlier.recovered, earlier.exposed)} in the ${days} days before`
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

/** With decimals only where there are any: nothing is rounded. */
function headline(amount: number, currency: string, { locale }: Pick<View, 'locale'>): string {
  const { whole, cents, after } = formatMoneyParts({ amount, currency }, locale)
  return /[1-9]/.test(cents) ? whole + cents + after : whole + after
}

/** Every age, the youngest first, with an amount for each currency that has any open case. */
export function presentAges(
  open: readonly OpenCases[],
  view: View,
): { readonly currencies: readonly string[]; readonly rows: readonly AgeRowView[]; readonly total: number } {
  const currencies = [...new Set(open.map(({ currency }) => currency))].sort()
  const rows = AGES.map((each) => {
    const ofAge = open.filter((one) => one.age === each)
    const units = PRESSURES.map((pressure) => ({
      pressure,
      cases: sum(ofAge.filter((one) => one.pressure === pressure).map(({ cases }) => cases)),
    })).filter(({ cases }) => cases > 0)
    return {
      label: LABELS[each],
      units,
      amounts: currencies.map((currency) => {
        const amounts = ofAge.filter((one) => one.currency === currency).map((one) => one.open)
        return amounts.length > 0 ? headline(sum(amounts), currency, view) : null
      }),
      next: nextOf(ofAge, view),
      inWords: units.map(({ cases, pressure }) => `${counted(cases, 'case')}: ${PRESSURE_WORDS[pressure]}`).join(', '),
    }
  })
  return { currencies: currencies.map((each) => each.toUpperCase()), rows, total: sum(open.map(({ cases }) => cases)) }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

/** The soonest step of these that nobody has to take by hand. */
function nextOf(ofAge: readonly OpenCases[], { now }: View): AgeRowView['next'] {
  if (ofAge.length === 0) return null
  const planned = ofAge
    .flatMap(({ pressure, nextAt }) => (nextAt && pressure !== 'human' ? [{ pressure, nextAt }] : []))
    .sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime())
  const [first] = planned
  if (!first)
    return { what: ofAge.every(({ pressure }) => pressure === 'human') ? 'Yours' : 'Nothing planned', when: null }
  const when = first.nextAt > now ? `in ${age(now, first.nextAt)}` : 'now'
  return { what: first.pressure === 'retry' ? 'Stripe retries' : 'Mail', when }
}

/** One second stands at the left edge; the promise short of the right one. */
const SCALE_MS = { from: 1_000, until: 600_000 }
const placeOf = (ms: number) => {
  const share = Math.log(Math.max(ms, SCALE_MS.from) / SCALE_MS.from) / Math.log(SCALE_MS.until / SCALE_MS.from)
  return Math.round(Math.min(1, share) * 10_000) / 100
}

/** `null`: no first mail was due in the period. */
export function presentFirstTouches({ firstTouches }: Overview): FirstTouchView | null {
  const { touched, p50, p95, slowest, breaches, spread } = firstTouches
  if (touched === 0 && breaches === 0) return null
  const isKept = breaches === 0
  return {
    half: p50 === null ? '–' : duration(p50),
    most: p95 === null ? '–' : duration(p95),
    marks: [...new Set(spread.map(placeOf))],
    promise: placeOf(PROMISE_MS),
    isKept,
    verdict: isKept
      ? `${touched === 1 ? 'It' : `All ${touched.toLocaleString('en-US')}`} kept the promise, the slowest took ${duration(slowest ?? 0)}`
      : `${counted(breaches, 'first mail')} broke the promise`,
  }
}
