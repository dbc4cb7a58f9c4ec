import { stringify } from 'csv-stringify/sync'
import { declineInWords } from '../domain/decline.js'
import { type Exclusion, type Finding, PARTS } from '../domain/diagnosis.js'
import { toDecimal } from '../domain/money.js'

/** An invoice that failed, as a file has it. */
export interface FindingLine {
  readonly finding: Finding
  readonly apart: Exclusion | null
  readonly week: string
  readonly wasPrompted: boolean
}

const COLUMNS = [
  ...['customer', 'stripe_customer_id', 'plan', 'invoice', 'stripe_invoice_id', 'stripe_subscription_id'],
  ...['billing_reason', 'counted_apart', 'first_failed_at', 'week', 'recovered_at', 'decline_class', 'decline'],
  ...['decline_code', 'never_retried', 'prompted', 'currency', 'at_risk', ...PARTS.map(snakeCase)],
]

/** The first line of the file, with the mark by which spreadsheets know UTF-8. */
export const findingsHead = (): string => stringify([COLUMNS], { bom: true })

/**
 * Times in ISO 8601 and UTC, amounts in major units with a point, their currency in a column of its own. A cell that
 * begins like a formula gets a quote before it: spreadsheets would run it. Source: OWASP, CSV injection.
 */
export const findingsLines = (lines: readonly FindingLine[]): string =>
  stringify(lines.map(cellsOf), { escape_formulas: true })

function cellsOf({ apart, finding, wasPrompted, week }: FindingLine): (string | null)[] {
  const { currency, declineCode, parts } = finding
  const money = (amount: number) => toDecimal({ amount, currency })
  return [
    finding.customerName,
    finding.customerId,
    finding.plan,
    finding.number,
    finding.invoiceId,
    finding.subscriptionId,
    finding.billingReason,
    apart,
    timeOf(finding.firstFailedAt),
    week,
    finding.recoveredAt === null ? null : timeOf(finding.recoveredAt),
    finding.declineClass,
    declineCode === null ? null : declineInWords(declineCode),
    declineCode,
    yesOrNo(finding.neverRetried),
    yesOrNo(wasPrompted),
    currency,
    money(finding.atRisk),
    ...PARTS.map((part) => money(parts[part])),
  ]
}

const timeOf = (seconds: number) => new Date(seconds * 1_000).toISOString()
const yesOrNo = (value: boolean) => (value ? 'yes' : 'no')

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
