import type { StripeConnection } from '../../db/models/stripe-connection.js'
import type { SystemCheck } from '../../db/models/system-check.js'
import type { Workspace } from '../../db/models/workspace.js'
import type { Diagnostics, ShownReport } from '../../diagnostics/read-diagnostics.js'
import { declineInWords } from '../../domain/decline.js'
import { type Exclusion, PARTS, type Part } from '../../domain/diagnosis.js'
import type { CurrencyReport, TallyBy } from '../../domain/diagnostic-report.js'
import { age, duration } from './ages.js'
import { presentRunning, type RunningView } from './diagnostic-running.js'
import {
  CLASS_NAMES,
  EXCLUSIONS,
  FAILURES,
  PART_DEFINITIONS,
  PART_NAMES,
  PARTS_SAID,
  reasonInWords,
  UNREAD,
} from './diagnostic-words.js'
import { type EstimateView, presentEstimate } from './estimate.js'
import { rowsHref } from './finding-address.js'
import { percent } from './percent.js'
import { reportRemarks } from './report-remarks.js'
import type { SaidView } from './said.js'
import { WEEKDAYS } from './schedule-form.js'
import { presentSystemChecks, type SystemCheckView } from './system-checks.js'
import { headline, type MoneyView, presentMoney, type View, viewOf } from './view.js'
import { presentWeeks, type WeeksView } from './weeks-chart.js'
import { counted } from './words.js'

/** The screen: what runs now, and the report that stands. */
export interface DiagnosticsView {
  readonly running: RunningView | null
  /** A run that ended without a report, and what to do. */
  readonly trouble: string | null
  readonly report: ReportView | null
  /** Unpaid renewals of the newest report that no case follows; `null`: there are none. */
  readonly unfollowed: { readonly heading: string; readonly words: string } | null
  readonly checks: readonly SystemCheckView[]
  /** `12m ago`; `null`: not yet. */
  readonly checked: string | null
  readonly canRun: boolean
  readonly schedule: string
  readonly said?: SaidView | null
}

export interface ReportView {
  /** `26 May to 24 August 2026, read from Stripe in 3m 12s` */
  readonly when: string
  /** Not the newest one. */
  readonly isOld: boolean
  readonly runId: string
  readonly csvHref: string
  /** Why there is no statement; `null`: there are some. */
  readonly empty: string | null
  readonly statements: readonly LeakView[]
  readonly currencies: readonly { readonly code: string; readonly href: string; readonly isHere: boolean }[]
  /** Of the chosen currency; `null`: nothing failed. */
  readonly detail: DetailView | null
  readonly leftOut: readonly LeftOutView[]
  readonly unread: readonly { readonly what: string; readonly permission: string | null; readonly cost: string }[]
  readonly remarks: readonly string[]
  readonly trend: TrendView | null
}

export interface LeakView {
  readonly currency: string
  readonly lost: string
  readonly atRisk: string
  readonly failed: string
  readonly renewals: string
  readonly rate: string
  readonly failedHref: string
  readonly parts: readonly LeakPartView[]
  readonly inWords: string
}

export interface LeakPartView {
  readonly part: Part
  readonly label: string
  readonly definition: string
  readonly amount: string
  readonly invoices: string
  readonly width: number
  readonly href: string
}

export interface DetailView {
  readonly currency: string
  readonly never: { readonly amount: string; readonly said: string; readonly rows: readonly NeverView[] } | null
  readonly estimate: (EstimateView & { readonly href: string }) | null
  readonly byDecline: BarsView
  readonly byPlan: BarsView
  readonly byReason: BarsView
  readonly weeks: WeeksView | null
  readonly recovery: {
    readonly median: string
    readonly rows: readonly {
      readonly label: string
      readonly href: string
      readonly invoices: string
      readonly amount: MoneyView
    }[]
  } | null
  readonly largest: readonly {
    readonly customer: string
    readonly invoices: string
    readonly lost: MoneyView
    readonly href: string
  }[]
  /** `All 11`: of the losses */
  readonly losses: { readonly label: string; readonly href: string } | null
}

export interface NeverView {
  readonly words: string
  readonly code: string | null
  readonly invoices: string
  readonly atRisk: MoneyView
  readonly href: string
}

/** A table with a bar in each row: what was lost of what was at risk. */
export interface BarsView {
  readonly rows: readonly {
    readonly label: string
    readonly href: string
    /** Shares of the widest row's width. */
    readonly width: number
    readonly lostWidth: number
    readonly invoices: string
    readonly atRisk: MoneyView
    /** `null`: nothing was. */
    readonly lost: MoneyView | null
  }[]
  readonly sum: { readonly invoices: string; readonly atRisk: MoneyView; readonly lost: MoneyView }
}

export interface LeftOutView {
  readonly count: string
  readonly words: string
  /** `12 failed, $480`, with the rows; of each currency. */
  readonly failed: readonly { readonly words: string; readonly href: string }[]
}

export interface TrendView {
  readonly currency: string
  readonly rows: readonly {
    readonly when: string
    readonly href: string
    readonly isHere: boolean
    readonly failed: string
    readonly atRisk: MoneyView
    readonly lost: MoneyView
    /** `12% more`, against the run before; `null`: there is none. */
    readonly change: { readonly words: string; readonly isWorse: boolean } | null
  }[]
}

interface Presented {
  readonly workspace: Workspace
  readonly connection: StripeConnection
  readonly diagnostics: Diagnostics
  readonly unfollowed: number
  readonly checks: readonly SystemCheck[]
  /** As asked for; the first of the report when it has none such. */
  readonly currency: string | null
}

const PLANS_SHOWN = 12

export function presentDiagnostics(presented: Presented, now: Date): DiagnosticsView {
  const { checks, connection, currency, diagnostics, unfollowed, workspace } = presented
  const view = viewOf(workspace, now)
  const { endedWithout, running, shown } = diagnostics
  return {
    running: running && presentRunning(running, view),
    trouble: endedWithout && troubleInWords(endedWithout.outcome, endedWithout.failure),
    report: shown && presentReport(shown, diagnostics, currency, view),
    unfollowed: shown?.isNewest && unfollowed > 0 ? unfollowedInWords(unfollowed, view) : null,
    checks: presentSystemChecks(checks, view),
    checked: checks[0]
      ? `${age(
          checks.reduce((newest, { checked_at: at }) => (at > newest ? at : newest), checks[0].checked_at),
          now,
        )} ago`
      : null,
    canRun: !running && connection.api_key_sealed !== null && connection.rejected_at === null,
    schedule: scheduleInWords(workspace, view),
  }
}

function troubleInWords(outcome: string | null, failure: keyof typeof FAILURES | null): string {
  if (outcome === 'canceled') return 'The last run was stopped before it came to a report.'
  return `The last run came to no report. ${failure ? FAILURES[failure] : ''}`
}

function unfollowedInWords(count: number, { promptsOnAt }: View): NonNullable<DiagnosticsView['unfollowed']> {
  const [are, them] = count === 1 ? ['is', 'it'] : ['are', 'them']
  return {
    heading: `${counted(count, 'renewal')} of this report ${are} still unpaid`,
    words: `They failed before SecondLoop listened, so no case follows ${them}. Open cases of ${them} to recover yesterday’s too. ${promptsOnAt ? 'First see who would get which mail.' : 'Prompts are off: nobody is written to yet.'}`,
  }
}

export function scheduleInWords(
  { diagnostic_every: every, diagnostic_hour: hour, diagnostic_weekday: weekday }: Workspace,
  { times }: View,
): string {
  if (every === 'never') return 'It runs only when you ask.'
  const day = WEEKDAYS[weekday] ?? ''
  const which = every === 'week' ? `every ${day}` : `on the first ${day} of each month`
  return `Runs again ${which} at ${String(hour).padStart(2, '0')}:00, ${times.zone}.`
}

function presentReport(
  { invoicesRead, isNewest, names, report, run, unreadable }: ShownReport,
  { trend }: Diagnostics,
  wanted: string | null,
  view: View,
): ReportView {
  const failing = report.currencies.filter(({ invoices }) => invoices > 0)
  const chosen = failing.find(({ currency }) => currency === wanted) ?? failing[0] ?? null
  const until = run.window_until ?? run.asked_at
  const from = run.window_from ?? run.asked_at
  const took = run.began_at && run.ended_at ? `, read from Stripe in ${age(run.began_at, run.ended_at)}` : ''
  const place = (currency: string) =>
    `/app/diagnostics?${new URLSearchParams({ ...(isNewest ? {} : { run: run.id }), currency })}`
  return {
    when: `${view.times.dayOfMonth(from)} to ${view.times.date(until)}${took}`,
    isOld: !isNewest,
    runId: run.id,
    csvHref: rowsHref(run.id, {}, 'csv'),
    empty: failing.length > 0 ? null : emptyInWords(report.currencies, invoicesRead),
    statements: failing.map((currency) => presentLeak(currency, run.id, view)),
    currencies: failing.map(({ currency }) => ({
      code: currency.toUpperCase(),
      href: place(currency),
      isHere: currency === chosen?.currency,
    })),
    detail: chosen && presentDetail(chosen, run.id, names, view),
    leftOut: report.leftOut.map(({ because, invoices }) => ({
      count: invoices.toLocaleString('en-US'),
      words: EXCLUSIONS[because],
      failed: failedApart(report.apart, because, run.id, view),
    })),
    unread: run.unread.map(({ listing, permission }) => {
      const [what, cost] = UNREAD[listing] ?? [`${listing} could not be read`, '']
      return { what, cost, permission }
    }),
    remarks: reportRemarks({ clockAhead: run.clock_ahead ?? 0, unreadable, currencies: failing }),
    trend: chosen && presentTrend(trend, chosen.currency, run.id, view),
  }
}

function emptyInWords(currencies: readonly CurrencyReport[], invoices: number): string {
  const read = `${counted(invoices, 'invoice')} read`
  if (currencies.length === 0) return `There was no renewal in the last 90 days: ${read}.`
  return `No renewal failed in the last 90 days: ${read}, 0 failed.`
}

function presentLeak(report: CurrencyReport, runId: string, view: View): LeakView {
  const { atRisk, currency, invoices, renewals } = report
  const money = (amount: number) => headline(amount, currency, view)
  const parts = PARTS.filter((part) => report.parts[part].amount > 0).map((part) => ({
    part,
    label: PART_NAMES[part],
    definition: PART_DEFINITIONS[part],
    amount: money(report.parts[part].amount),
    invoices: counted(report.parts[part].invoices, 'invoice'),
    width: Math.round((report.parts[part].amount * 10_000) / atRisk) / 100,
    href: rowsHref(runId, { currency, part }),
  }))
  return {
    currency: currency.toUpperCase(),
    lost: money(report.parts.lost.amount),
    atRisk: money(atRisk),
    failed: invoices.toLocaleString('en-US'),
    renewals: renewals.toLocaleString('en-US'),
    rate: tenths(invoices, renewals),
    failedHref: rowsHref(runId, { currency }),
    parts,
    inWords: `${money(atRisk)} at risk: ${parts.map(({ amount, part }) => `${amount} ${PARTS_SAID[part]}`).join(', ')}`,
  }
}

/** `2.6%`: small shares need their tenth. */
function tenths(part: number, whole: number): string {
  if (part === 0 || part === whole || part * 10 >= whole) return percent(part, whole)
  return `${(Math.max(1, Math.round((part * 1_000) / whole)) / 10).toFixed(1)}%`
}

function presentDetail(report: CurrencyReport, runId: string, names: ShownReport['names'], view: View): DetailView {
  const { atRisk, currency, neverRetried, parts, recovery } = report
  const never = neverRetried.reduce(
    (sum, each) => ({ atRisk: sum.atRisk + each.atRisk, invoices: sum.invoices + each.invoices }),
    {
      atRisk: 0,
      invoices: 0,
    },
  )
  const estimate = presentEstimate(report, view)
  const money = (amount: number) => presentMoney(amount, currency, view)
  const bars = (
    tallies: readonly TallyBy<string | null>[],
    label: (key: string | null) => string,
    filter: (key: string | null) => Parameters<typeof rowsHref>[1],
  ) => presentBars(report, tallies, { label, href: (key) => rowsHref(runId, { currency, ...filter(key) }) }, view)
  return {
    currency: currency.toUpperCase(),
    never:
      never.invoices === 0
        ? null
        : {
            amount: headline(never.atRisk, currency, view),
            said: `in ${counted(never.invoices, 'invoice')}, ${percent(never.atRisk, atRisk)} of what was at risk in ${currency.toUpperCase()}`,
            rows: neverRetried.map((tally) => ({
              words: declineInWords(tally.key),
              code: tally.key,
              invoices: tally.invoices.toLocaleString('en-US'),
              atRisk: money(tally.atRisk),
              href: rowsHref(runId, { currency, neverRetried: true, code: tally.key ?? '' }),
            })),
          },
    estimate: estimate && { ...estimate, href: rowsHref(runId, { currency, reach: true }) },
    byDecline: bars(
      report.byDecline,
      (key) => CLASS_NAMES[key as keyof typeof CLASS_NAMES],
      (key) => ({ declineClass: key ?? '' }),
    ),
    byPlan: bars(
      report.byPlan.slice(0, PLANS_SHOWN),
      (key) => key ?? 'Plan without a name',
      (key) => ({ plan: key ?? '' }),
    ),
    byReason: bars(
      report.byReason,
      (key) => reasonInWords(key ?? ''),
      (key) => ({ reason: key ?? '' }),
    ),
    weeks: presentWeeks(report, { runId }, view),
    recovery:
      recovery.medianSeconds === null
        ? null
        : {
            median: duration(recovery.medianSeconds * 1_000),
            rows: recovery.buckets
              .filter(({ invoices }) => invoices > 0)
              .map(({ amount, invoices, withinDays }) => ({
                label: withinDays === null ? 'Later' : `Within ${counted(withinDays, 'day')}`,
                href: rowsHref(runId, { currency, within: withinDays === null ? 'later' : String(withinDays) }),
                invoices: invoices.toLocaleString('en-US'),
                amount: money(amount),
              })),
          },
    largest: report.largest.map(({ customerId, invoices, lost }) => ({
      customer: names.get(customerId ?? '') ?? customerId ?? 'Customer without a name',
      invoices: counted(invoices, 'invoice'),
      lost: money(lost),
      href: rowsHref(runId, { currency, part: 'lost', customer: customerId ?? '' }),
    })),
    losses:
      parts.lost.invoices === 0
        ? null
        : {
            label: `All ${parts.lost.invoices.toLocaleString('en-US')}`,
            href: rowsHref(runId, { currency, part: 'lost' }),
          },
  }
}

function presentBars(
  { atRisk, currency, invoices, parts }: CurrencyReport,
  tallies: readonly TallyBy<string | null>[],
  { href, label }: { label: (key: string | null) => string; href: (key: string | null) => string },
  view: View,
): BarsView {
  const most = Math.max(1, ...tallies.map((tally) => tally.atRisk))
  const money = (amount: number) => presentMoney(amount, currency, view)
  return {
    rows: tallies.map((tally) => ({
      label: label(tally.key),
      href: href(tally.key),
      width: Math.max(1, Math.round((tally.atRisk * 100) / most)),
      lostWidth: Math.round((tally.parts.lost.amount * 100) / Math.max(1, tally.atRisk)),
      invoices: tally.invoices.toLocaleString('en-US'),
      atRisk: money(tally.atRisk),
      lost: tally.parts.lost.amount === 0 ? null : money(tally.parts.lost.amount),
    })),
    sum: { invoices: invoices.toLocaleString('en-US'), atRisk: money(atRisk), lost: money(parts.lost.amount) },
  }
}

function failedApart(
  apart: ShownReport['report']['apart'],
  because: Exclusion,
  runId: string,
  view: View,
): LeftOutView['failed'] {
  return apart
    .filter((each) => each.because === because)
    .map(({ atRisk, currency, invoices }) => ({
      words: `${invoices.toLocaleString('en-US')} failed, ${headline(atRisk, currency, view)}`,
      href: rowsHref(runId, { apart: because, currency }),
    }))
}

/** @returns `null` while there is nothing to compare with */
function presentTrend(trend: Diagnostics['trend'], currency: string, runId: string, view: View): TrendView | null {
  const points = trend.filter((point) => point.currency === currency)
  if (points.length < 2) return null
  return {
    currency: currency.toUpperCase(),
    rows: points.map((point, nth) => {
      const before = points[nth + 1]
      return {
        when: view.times.moment(point.until),
        href: `/app/diagnostics?${new URLSearchParams({ run: point.id, currency })}`,
        isHere: point.id === runId,
        failed: `${point.invoices.toLocaleString('en-US')} of ${point.renewals.toLocaleString('en-US')}`,
        atRisk: presentMoney(point.atRisk, currency, view),
        lost: presentMoney(point.lost, currency, view),
        change: before ? changeInWords(before.lost, point.lost) : null,
      }
    }),
  }
}

function changeInWords(before: number, after: number): { words: string; isWorse: boolean } {
  if (after === before) return { words: 'as before', isWorse: false }
  if (before === 0) return { words: 'new', isWorse: true }
  const isWorse = after > before
  const share = Math.round((Math.abs(after - before) * 100) / before)
  return { words: `${share === 0 ? 'under 1' : share.toLocaleString('en-US')}% ${isWorse ? 'more' : 'less'}`, isWorse }
}
