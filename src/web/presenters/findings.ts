import type { Diagnostic } from '../../db/models/diagnostic.js'
import type { DiagnosticFinding } from '../../db/models/diagnostic-finding.js'
import type { StripeConnection } from '../../db/models/stripe-connection.js'
import { type FindingFilter, type FindingPage, PART_COLUMNS } from '../../diagnostics/read-findings.js'
import { declineInWords } from '../../domain/decline.js'
import { PARTS } from '../../domain/diagnosis.js'
import { age } from './ages.js'
import { CLASS_NAMES, EXCLUSIONS, PART_NAMES, PARTS_SAID, reasonInWords } from './diagnostic-words.js'
import { rowsHref } from './finding-address.js'
import { dashboard } from './stripe-facts.js'
import { headline, type MoneyView, presentMoney, type View } from './view.js'
import { dayOf } from './weeks-chart.js'
import { counted, upperFirst } from './words.js'

/** The rows behind one number of a report. */
export interface FindingsView {
  readonly title: string
  readonly extent: string
  readonly back: string
  readonly csvHref: string
  readonly rows: readonly FindingRowView[]
  readonly earlier: string | null
  readonly later: string | null
}

export interface FindingRowView {
  readonly id: string
  readonly customer: string
  readonly plan: string | null
  readonly failed: string
  readonly decline: string
  readonly code: string | null
  /** `$149.00 lost, $20.00 returned` */
  readonly became: string
  readonly atRisk: MoneyView
  /** The invoice in Stripe. */
  readonly stripeHref: string
  readonly number: string
}

interface Asked {
  readonly run: Diagnostic
  readonly filter: FindingFilter
  readonly page: number
  readonly size: number
}

export function presentFindings(
  { hasMore, rows, sums, total }: FindingPage,
  { filter, page, run, size }: Asked,
  connection: StripeConnection,
  view: View,
): FindingsView {
  const { currency, part } = filter
  const money = (amount: number) => (currency ? headline(amount, currency, view) : '')
  const sum = !currency
    ? ''
    : sums.part !== null && part
      ? `, ${money(sums.part)} ${PARTS_SAID[part]} of ${money(sums.atRisk)} at risk`
      : `, ${money(sums.atRisk)} at risk`
  const from = page * size
  const of =
    rows.length < total
      ? `${(from + 1).toLocaleString('en-US')} to ${(from + rows.length).toLocaleString('en-US')} of `
      : ''
  const at = (to: number) => `${rowsHref(run.id, filter)}${to > 0 ? `&page=${to}` : ''}`
  return {
    title: titleOf(filter),
    extent:
      rows.length === 0
        ? 'No invoice is behind this number.'
        : `${of}${counted(total, 'invoice')}${sum}, the largest first`,
    back: `/app/diagnostics?${new URLSearchParams({ run: run.id, ...(currency && { currency }) })}`,
    csvHref: rowsHref(run.id, filter, 'csv'),
    rows: rows.map((row) => presentRow(row, connection, view)),
    earlier: page > 0 ? at(page - 1) : null,
    later: hasMore ? at(page + 1) : null,
  }
}

function titleOf({
  apart,
  code,
  currency,
  customer,
  declineClass,
  neverRetried,
  part,
  plan,
  reason,
  week,
  reach,
  within,
}: FindingFilter): string {
  const said = [
    apart && upperFirst(EXCLUSIONS[apart].split(':')[0] ?? ''),
    part && PART_NAMES[part],
    declineClass !== undefined && (CLASS_NAMES[declineClass as keyof typeof CLASS_NAMES] ?? declineClass),
    neverRetried && 'Never retried',
    code !== undefined && declineInWords(code || null),
    week !== undefined && `Week of ${dayOfSafely(week)}`,
    plan !== undefined && (plan || 'Plan without a name'),
    reason !== undefined && reasonInWords(reason),
    customer !== undefined && 'One customer',
    within !== undefined && (within === 'later' ? 'Came back later' : `Came back within ${within} days`),
    reach && 'Within reach of a prompt',
  ].filter((word) => typeof word === 'string')
  const name = said.length > 0 ? said.join(', ') : 'Failed renewals'
  return currency ? `${name} · ${currency.toUpperCase()}` : name
}

/** What stands in an address may be anything. */
const dayOfSafely = (week: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(week) && !Number.isNaN(Date.parse(week)) ? dayOf(week) : week

function presentRow(row: DiagnosticFinding, { mode }: StripeConnection, view: View): FindingRowView {
  const money = (amount: number) => presentMoney(amount, row.currency, view)
  const became = PARTS.flatMap((part) => {
    const amount = row[PART_COLUMNS[part]]
    return amount === 0 ? [] : [`${money(amount).text} ${PARTS_SAID[part]}`]
  })
  const after = row.recovered_at ? `, ${age(row.first_failed_at, row.recovered_at)} after the failure` : ''
  return {
    id: row.stripe_invoice_id,
    customer: row.customer_name ?? row.stripe_customer_id ?? 'Customer without a name',
    plan: row.plan,
    failed: view.times.moment(row.first_failed_at),
    decline: row.decline_code === null ? CLASS_NAMES[row.decline_class] : declineInWords(row.decline_code),
    code: row.decline_code,
    became: `${became.join(', ')}${after}`,
    atRisk: money(row.at_risk),
    stripeHref: dashboard(mode)('invoices', row.stripe_invoice_id),
    number: row.invoice_number ?? row.stripe_invoice_id,
  }
}
