import type { UnreadList } from '../db/models/diagnostic.js'
import { declineInWords } from '../domain/decline.js'
import { type Exclusion, PARTS } from '../domain/diagnosis.js'
import type { CurrencyReport, Report, Tally, TallyBy } from '../domain/diagnostic-report.js'
import { formatMoney } from '../domain/money.js'
import { duration } from '../web/presenters/ages.js'
import { CLASS_NAMES, EXCLUSIONS, PART_NAMES, reasonInWords, UNREAD } from '../web/presenters/diagnostic-words.js'
import { presentEstimate } from '../web/presenters/estimate.js'
import { percent } from '../web/presenters/percent.js'
import { reportRemarks } from '../web/presenters/report-remarks.js'
import { timesIn } from '../web/presenters/times.js'
import { dayOf } from '../web/presenters/weeks-chart.js'
import { counted } from '../web/presenters/words.js'

/** What the text needs beside the report. */
export interface Told {
  readonly report: Report
  readonly from: Date
  readonly until: Date
  readonly timeZone: string
  readonly mode: 'test' | 'live'
  readonly unread: readonly UnreadList[]
  readonly invoices: number
  readonly unreadableObjects: number
  readonly tookMs: number
  /** Seconds that this machine's clock is ahead of Stripe's. */
  readonly clockAhead: number
  /** Names of customers by their ids. */
  readonly names: ReadonlyMap<string, string>
}

const LOCALE = 'en-US'
/** Plans that are named; the rest is in the file. */
const PLANS_SHOWN = 12

/** The report for a terminal: plain text, at most a hundred columns. */
export function reportText(told: Told): string {
  const { report, from, until, timeZone, invoices, tookMs, mode } = told
  const times = timesIn(timeZone, until)
  const blocks = [
    `90-day diagnostic, ${mode} mode\n${times.dayOfMonth(from)} to ${times.date(until)}, ${counted(invoices, 'invoice')} read from Stripe in ${duration(tookMs)}`,
    ...(report.currencies.some((currency) => currency.invoices > 0)
      ? report.currencies.flatMap((currency) => ofCurrency(currency, told))
      : [nothingFailed(report, invoices)]),
    leftOut(report),
    ...told.unread.map(notRead),
    ...reportRemarks({
      clockAhead: told.clockAhead,
      unreadable: told.unreadableObjects,
      currencies: report.currencies,
    }).map(wrapped),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function nothingFailed({ currencies }: Report, invoices: number): string {
  if (currencies.length === 0) return `There is no renewal in these 90 days: ${counted(invoices, 'invoice')} read.`
  return `No renewal failed in the last 90 days: ${counted(invoices, 'invoice')} read, 0 failed.`
}

function ofCurrency(report: CurrencyReport, { names }: Told): string[] {
  const { currency, invoices, renewals, recovery } = report
  const money = (amount: number) => formatMoney({ amount, currency }, LOCALE)
  const estimate = presentEstimate(report, { locale: LOCALE })
  const rows = (tallies: readonly TallyBy<string | null>[], name: (key: string | null) => string) =>
    tallies.map((tally) => [
      name(tally.key),
      String(tally.invoices),
      money(tally.atRisk),
      money(tally.parts.lost.amount),
    ])
  const head = ['', 'invoices', 'at risk', 'lost']
  if (invoices === 0) return [`${currency.toUpperCase()}   none of ${counted(renewals, 'renewal')} failed`]
  return [
    `${currency.toUpperCase()}   ${money(report.parts.lost.amount)} lost from ${money(report.atRisk)} at risk\n      ${counted(invoices, 'failed renewal')} of ${renewals.toLocaleString(LOCALE)} (${percent(invoices, renewals)})`,
    columns(partsOf(report, money)),
    report.neverRetried.length > 0
      ? `What Stripe’s retries will never execute: ${money(sumAtRisk(report.neverRetried))}\n${columns(
          report.neverRetried.map((tally) => [
            `${declineInWords(tally.key)} (${tally.key ?? 'no code'})`,
            counted(tally.invoices, 'invoice'),
            money(tally.atRisk),
          ]),
        )}`
      : '',
    `By decline\n${columns([head, ...rows(report.byDecline, (key) => CLASS_NAMES[key as keyof typeof CLASS_NAMES])])}`,
    `By week of first failure\n${columns([head, ...rows(report.byWeek, (key) => dayOf(key ?? ''))])}`,
    `By plan\n${columns([head, ...rows(report.byPlan.slice(0, PLANS_SHOWN), (key) => key ?? 'Plan without a name')])}`,
    `By reason of the invoice\n${columns([head, ...rows(report.byReason, (key) => reasonInWords(key ?? ''))])}`,
    recovery.medianSeconds === null
      ? ''
      : `Time from failure to payment, where all came back: half within ${duration(recovery.medianSeconds * 1_000)}\n${columns(
          recovery.buckets
            .filter((bucket) => bucket.invoices > 0)
            .map(({ amount, invoices: count, withinDays }) => [
              withinDays === null ? 'later' : `within ${counted(withinDays, 'day')}`,
              counted(count, 'invoice'),
              money(amount),
            ]),
        )}`,
    report.largest.length > 0
      ? `Largest losses\n${columns(
          report.largest.map(({ customerId, lost, invoices: count }) => [
            names.get(customerId ?? '') ?? customerId ?? 'Customer without a name',
            counted(count, 'invoice'),
            money(lost),
          ]),
        )}`
      : '',
    estimate ? `Within reach of a prompt: ${estimate.range}\n${wrapped(`${estimate.why} ${estimate.assumption}`)}` : '',
  ]
}

function partsOf(tally: Tally, money: (amount: number) => string): string[][] {
  return PARTS.flatMap((part) => {
    const { amount, invoices } = tally.parts[part]
    return invoices === 0 ? [] : [[PART_NAMES[part], money(amount), counted(invoices, 'invoice')]]
  })
}

const sumAtRisk = (tallies: readonly Tally[]) => tallies.reduce((total, { atRisk }) => total + atRisk, 0)

function leftOut({ apart, leftOut: left }: Report): string {
  if (left.length === 0) return ''
  const failed = (because: Exclusion) =>
    apart
      .filter((each) => each.because === because)
      .map(
        ({ atRisk, currency, invoices }) => `${invoices} failed, ${formatMoney({ amount: atRisk, currency }, LOCALE)}`,
      )
      .join('; ')
  const rows = left.map(({ because, invoices }) => [
    invoices.toLocaleString(LOCALE),
    EXCLUSIONS[because],
    failed(because),
  ])
  return `Left out, and why\n${columns(rows)}`
}

function notRead({ listing, permission }: UnreadList): string {
  const [what, cost] = UNREAD[listing] ?? [`${listing} could not be read`, '']
  const lacks = permission ? ` The key lacks ${permission}.` : ''
  return `${what}.${lacks}\n${wrapped(cost)}`
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, nth) => Math.max(...rows.map((row) => (row[nth] ?? '').length)))
  return rows
    .map((row) =>
      `  ${row.map((cell, nth) => (nth === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[nth] ?? 0))).join('   ')}`.trimEnd(),
    )
    .join('\n')
}

const WIDTH = 96

function wrapped(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length + 1 > WIDTH && line !== '') lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line) => `  ${line}`).join('\n')
}
