import { PARTS, type Part } from '../../domain/diagnosis.js'
import type { CurrencyReport } from '../../domain/diagnostic-report.js'
import { minorUnitsIn } from '../../domain/money.js'
import { PART_NAMES } from './diagnostic-words.js'
import { rowsHref } from './finding-address.js'
import { roundAmounts } from './step-chart.js'
import { timesIn } from './times.js'
import { headline, type View } from './view.js'
import { counted } from './words.js'

/** What was at risk, by week, one bar a week. Places and sizes are shares of the chart: 0 at the top. */
export interface WeeksView {
  readonly highest: string
  readonly grid: readonly { readonly label: string; readonly top: number }[]
  readonly bars: readonly BarView[]
  readonly legend: readonly { readonly part: Part; readonly label: string }[]
}

export interface BarView {
  /** `29 Jun` */
  readonly label: string
  /** Is written below the bar. */
  readonly isLabelled: boolean
  readonly left: number
  readonly width: number
  readonly pieces: readonly { readonly part: Part; readonly top: number; readonly height: number }[]
  readonly inWords: string
  /** `null`: nothing failed. */
  readonly href: string | null
  readonly invoices: string
  readonly atRisk: string
  readonly lost: string
}

const HEADROOM = 1.1
/** Of a week's place, what its bar takes. */
const BAR_SHARE = 0.74
const LABELS = 4
const WEEK_MS = 7 * 86_400_000

/** @returns `null` when nothing failed */
export function presentWeeks(
  { byWeek, currency }: CurrencyReport,
  window: { readonly runId: string },
  view: Pick<View, 'locale'>,
): WeeksView | null {
  const [first, last] = [byWeek[0]?.key, byWeek.at(-1)?.key]
  if (!first || !last) return null
  const weeks = weeksFrom(first, last)
  const most = Math.max(...byWeek.map(({ atRisk }) => atRisk))
  const scale = most * HEADROOM
  const share = (amount: number) => Math.round((amount * 10_000) / scale) / 100
  const money = (amount: number) => headline(amount, currency, view)
  const every = Math.max(1, Math.ceil(weeks.length / LABELS))
  const bars = weeks.map((week, nth): BarView => {
    const found = byWeek.find(({ key }) => key === week)
    let top = 100
    const pieces = PARTS.flatMap((part) => {
      const height = share(found?.parts[part].amount ?? 0)
      if (height === 0) return []
      top -= height
      return [{ part, top: Math.max(0, Math.round(top * 100) / 100), height }]
    })
    const [atRisk, lost] = [money(found?.atRisk ?? 0), money(found?.parts.lost.amount ?? 0)]
    const label = dayOf(week)
    return {
      label,
      isLabelled: nth % every === 0,
      left: Math.round((nth * 10_000) / weeks.length) / 100,
      width: Math.round((BAR_SHARE * 10_000) / weeks.length) / 100,
      pieces,
      inWords: `Week of ${label}: ${atRisk} at risk, ${lost} lost`,
      href: found ? rowsHref(window.runId, { currency, week }) : null,
      invoices: counted(found?.invoices ?? 0, 'invoice'),
      atRisk,
      lost,
    }
  })
  return {
    highest: money(most),
    grid: roundAmounts(scale, minorUnitsIn(currency)).map((amount) => ({
      label: money(amount),
      top: 100 - share(amount),
    })),
    bars,
    legend: PARTS.filter((part) => byWeek.some(({ parts }) => parts[part].amount > 0)).map((part) => ({
      part,
      label: PART_NAMES[part],
    })),
  }
}

/** Mondays, also those of weeks in which nothing failed. */
function weeksFrom(first: string, last: string): string[] {
  const begin = Date.parse(`${first}T00:00:00Z`)
  const count = Math.round((Date.parse(`${last}T00:00:00Z`) - begin) / WEEK_MS) + 1
  return Array.from({ length: count }, (_, nth) => new Date(begin + nth * WEEK_MS).toISOString().slice(0, 10))
}

/** A date has no time zone. */
export function dayOf(date: string): string {
  const at = new Date(`${date}T00:00:00Z`)
  return timesIn('UTC', at).shortDay(at)
}
