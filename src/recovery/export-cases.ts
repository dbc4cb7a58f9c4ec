import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Context } from '../context.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { declineInWords } from '../domain/decline.js'
import { toDecimal } from '../domain/money.js'
import { planInWords } from '../domain/plan.js'
import { readAllCases, type WantedCases } from './read-case-list.js'

/** Where the exposure of a case went; each is an amount. */
const FIGURES = ['exposure', 'recovered', 'returned', 'open', 'lost', 'forgiven', 'dismissed'] as const

const COLUMNS = [
  ...['customer', 'mail', 'plan', 'invoice', 'stripe_invoice_id', 'stripe_customer_id', 'state', 'failed_at'],
  ...['closed_at', 'decline', 'decline_code', 'currency', ...FIGURES],
]

/**
 * A list of cases as CSV, all its pages: times in ISO 8601 and UTC, amounts in major units with a point, their currency
 * in a column of its own. A cell that begins like a formula gets a quote before it: spreadsheets would run it. Source:
 * OWASP, CSV injection.
 *
 * @returns a stream that is destroyed with the error when a row can't be read
 */
export function exportCases(
  context: Context,
  workspaceId: string,
  connectionId: string,
  wanted: WantedCases,
): Readable {
  return Readable.from(lines(readAllCases(context, workspaceId, connectionId, wanted)), { objectMode: false })
}

async function* lines(batches: AsyncIterable<readonly RecoveryCase[]>): AsyncGenerator<string> {
  yield stringify([COLUMNS], { bom: true })
  for await (const cases of batches) yield stringify(cases.map(cellsOf), { escape_formulas: true })
}

function cellsOf(row: RecoveryCase): (string | null)[] {
  return [
    row.customer_name,
    row.customer_email,
    planInWords(row.plan_label, row.plan_interval, row.plan_interval_count),
    row.invoice_number,
    row.stripe_invoice_id,
    row.stripe_customer_id,
    row.outcome ?? 'open',
    row.failed_at.toISOString(),
    row.closed_at?.toISOString() ?? null,
    row.decline_code === null ? null : declineInWords(row.decline_code),
    row.decline_code,
    row.currency,
    ...FIGURES.map((figure) => toDecimal({ amount: row[figure], currency: row.currency })),
  ]
}
