import type { UnreadList } from '../db/models/diagnostic.js'
import type { CurrencyReport, Report } from '../domain/diagnostic-report.js'
import { formatMoney } from '../domain/money.js'

const LOCALE = 'en-US'

/** The figures of a report for the owner's mailbox: sums only, no customer in it. */
export function reportInParagraphs(report: Report | null, unread: readonly UnreadList[]): [string, ...string[]] {
  const failing = (report?.currencies ?? []).filter(({ invoices }) => invoices > 0)
  if (failing.length === 0) return ['No renewal failed in the 90 days of this report.', ...remarks(unread)]
  return [
    'What failed renewals cost in 90 days, from Stripe’s own records:',
    ...failing.map(ofCurrency),
    ...remarks(unread),
    'The report shows the invoices behind these sums, and says what was left out and why.',
  ]
}

function ofCurrency({ atRisk, currency, invoices, parts, renewals }: CurrencyReport): string {
  const money = (amount: number) => formatMoney({ amount, currency }, LOCALE)
  const { forgiven, late, lost, open, outOfBand, paid, retried, returned, unclear } = parts
  const said: [number, string][] = [
    [retried.amount, 'came back by Stripe’s own retries'],
    [paid.amount, 'were paid because somebody acted'],
    [unclear.amount, 'were paid, and Stripe does not say how'],
    [late.amount, 'came late'],
    [outOfBand.amount, 'were paid outside of Stripe'],
    [returned.amount, 'went back again'],
    [forgiven.amount, 'were forgiven'],
    [open.amount, 'are still open'],
  ]
  const rest = said.filter(([amount]) => amount > 0).map(([amount, words]) => `${money(amount)} ${words}`)
  return `${money(lost.amount)} lost from ${money(atRisk)} at risk: ${invoices.toLocaleString(LOCALE)} of ${renewals.toLocaleString(LOCALE)} renewals failed.${rest.length > 0 ? ` ${rest.join(', ')}.` : ''}`
}

const remarks = (unread: readonly UnreadList[]): string[] =>
  unread.length === 0 ? [] : ['Not everything could be read with this key: the report says what is missing.']
