import type { PeriodDay } from '../../db/queries/sums-of-period.js'
import { minorUnitsIn } from '../../domain/money.js'
import { dayIn, type OverviewPeriod } from './overview-period.js'
import { stepChart } from './step-chart.js'
import { headline, type MoneyView, presentMoney, type View } from './view.js'

/** What was exposed and what came back since the period began, adding up, in one currency. */
export interface ChartView {
  /** `USD` */
  readonly currency: string
  /** Path data in a box of 100 by 100. */
  readonly exposed: string
  readonly recovered: string
  readonly area: string
  /** Places are shares of the box: 0 at the top, 100 at the base. */
  readonly grid: readonly { readonly label: string; readonly top: number }[]
  readonly ends: readonly { readonly of: 'exposed' | 'recovered'; readonly label: string; readonly top: number }[]
  readonly inWords: string
}

export interface ChartsView {
  /** `Since 24 August`, or `24 August to 3 September` */
  readonly when: string
  /** One a currency, in the order of the statements. */
  readonly charts: readonly ChartView[]
  /** Below each chart; places are shares of its width. Those that `yields` give way where it is narrow. */
  readonly ticks: readonly { readonly label: string; readonly left: number; readonly yields: boolean }[]
  readonly table: {
    readonly currencies: readonly string[]
    readonly rows: readonly {
      readonly by: string
      readonly sums: readonly { currency: string; exposed: MoneyView; recovered: MoneyView }[]
    }[]
  }
}

const DAY_MS = 86_400_000
/** So many dates below a chart. */
const TICKS = 4
/** Labels nearer than this share of a low chart would lie on each other. */
const LABEL_SHARE = 32

/** @param currencies in the order to show them */
export function presentCharts(
  days: readonly PeriodDay[],
  currencies: readonly string[],
  { from, until }: Pick<OverviewPeriod, 'from' | 'until'>,
  timeZone: string,
  view: View,
): ChartsView {
  const isUntilNow = until >= view.now
  const lastDay = new Date(until.getTime() - 1)
  const length = Math.max(1, until.getTime() - from.getTime())
  const place = (day: string) => within(((Date.parse(`${day}T12:00:00Z`) - from.getTime()) * 100) / length)
  const ofCurrency = (currency: string) => days.filter((day) => day.currency === currency)
  return {
    when: isUntilNow
      ? `Since ${view.times.dayOfMonth(from)}`
      : `${view.times.dayOfMonth(from)} to ${view.times.dayOfMonth(lastDay)}`,
    charts: currencies.map((currency) => presentChart(currency, ofCurrency(currency), place, view)),
    ticks: Array.from({ length: TICKS + 1 }, (_, index) => {
      const at = new Date(Math.min(lastDay.getTime(), from.getTime() + (length * index) / TICKS))
      return {
        label: index === TICKS && isUntilNow ? 'Today' : view.times.shortDay(at),
        left: (100 * index) / TICKS,
        yields: index % 2 === 1,
      }
    }),
    table: {
      currencies: currencies.map((currency) => currency.toUpperCase()),
      rows: rowEnds(from, until).map((end) => ({
        by: `By ${view.times.dayOfMonth(end)}`,
        sums: currencies.map((currency) => {
          const isLast = end.getTime() === lastDay.getTime()
          const until = dayIn(end, timeZone)
          const before = ofCurrency(currency).filter(({ day }) => isLast || day <= until)
          const total = (of: 'exposed' | 'recovered') => before.reduce((sum, day) => sum + day[of], 0)
          return {
            currency,
            exposed: presentMoney(total('exposed'), currency, view),
            recovered: presentMoney(total('recovered'), currency, view),
          }
        }),
      })),
    },
  }
}

function presentChart(
  currency: string,
  days: readonly PeriodDay[],
  place: (day: string) => number,
  view: View,
): ChartView {
  const { exposed, recovered, area, grid, exposedTop, recoveredTop } = stepChart(days, place, minorUnitsIn(currency))
  const total = (of: 'exposed' | 'recovered') =>
    headline(
      days.reduce((sum, day) => sum + day[of], 0),
      currency,
      view,
    )
  return {
    currency: currency.toUpperCase(),
    exposed,
    recovered,
    area,
    grid: grid.map(({ amount, top }) => ({ label: headline(amount, currency, view), top })),
    ends: [
      { of: 'exposed', label: total('exposed'), top: exposedTop },
      { of: 'recovered', label: total('recovered'), top: Math.max(recoveredTop, exposedTop + LABEL_SHARE) },
    ],
    inWords: `${currency.toUpperCase()}, adding up: ${total('recovered')} recovered of ${total('exposed')} exposed`,
  }
}

/** A row a day, a week or a month, whichever makes a table that one reads; the last ends with the period. */
function rowEnds(from: Date, until: Date): Date[] {
  const days = (until.getTime() - from.getTime()) / DAY_MS
  const step = days <= 14 ? 1 : days <= 92 ? 7 : 30
  const count = Math.max(1, Math.ceil(days / step))
  return Array.from(
    { length: count },
    (_, index) => new Date(until.getTime() - 1 - (count - 1 - index) * step * DAY_MS),
  )
}

const within = (share: number) => Math.min(100, Math.max(0, share))
