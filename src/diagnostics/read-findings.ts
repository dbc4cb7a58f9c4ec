import { Readable } from 'node:stream'
import type { QueryBuilder } from 'objection'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { DiagnosticFinding } from '../db/models/diagnostic-finding.js'
import type { Exclusion, Part } from '../domain/diagnosis.js'
import { BUCKET_DAYS, MENDABLE } from '../domain/diagnostic-report.js'
import { type FindingLine, findingsHead, findingsLines } from './findings-csv.js'

/** Which findings of a run: every number of a report is one of these. */
export interface FindingFilter {
  readonly currency?: string
  /** Those of whose money something went there. */
  readonly part?: Part
  readonly declineClass?: string
  /** `''`: without a code. */
  readonly code?: string
  readonly neverRetried?: true
  readonly week?: string
  /** `''`: without a name. */
  readonly plan?: string
  readonly reason?: string
  readonly customer?: string
  /** Of which all came back, this many days after the failure and no sooner than the bucket before; `later`: longer. */
  readonly within?: string
  /** Lost, for a reason that a customer can mend, and nobody was written to. */
  readonly reach?: true
  /** Counted apart for this reason; absent: the renewals. */
  readonly apart?: Exclusion
}

export interface FindingsOf {
  readonly workspaceId: string
  readonly diagnosticId: string
  readonly filter: FindingFilter
  /** Also what is counted apart, whatever the filter. */
  readonly isWhole?: boolean
}

export interface FindingPage {
  readonly rows: readonly DiagnosticFinding[]
  readonly total: number
  readonly sums: { readonly atRisk: number; readonly part: number | null }
  readonly hasMore: boolean
}

/** Where a finding's row has each part. */
export const PART_COLUMNS = {
  lost: 'lost',
  retried: 'retried',
  paid: 'paid',
  late: 'late',
  outOfBand: 'out_of_band',
  unclear: 'unclear',
  returned: 'returned',
  forgiven: 'forgiven',
  open: 'open',
} as const satisfies Readonly<Record<Part, keyof DiagnosticFinding>>

/** The largest at risk first, a page at a time. */
export async function readFindings(
  { db }: Pick<Context, 'db'>,
  of: FindingsOf,
  { page, size }: { page: number; size: number },
): Promise<FindingPage> {
  const { part } = of.filter
  const [rows, sums] = await Promise.all([
    inOrder(matching(db, of))
      .offset(page * size)
      .limit(size + 1),
    matching(db, of)
      .clone()
      .select(
        db.raw('count(*)::int8 as total'),
        db.raw('coalesce(sum(at_risk), 0)::int8 as at_risk'),
        db.raw(`coalesce(sum(${part ? PART_COLUMNS[part] : 'at_risk'}), 0)::int8 as part`),
      )
      .first()
      .castTo<{ total: number; at_risk: number; part: number }>(),
  ])
  return {
    rows: rows.slice(0, size),
    total: sums.total,
    sums: { atRisk: sums.at_risk, part: part ? sums.part : null },
    hasMore: rows.length > size,
  }
}

const BATCH = 1_000

/**
 * The same rows as CSV, all of them. Read in batches: memory stays the same however many there are.
 *
 * @returns a stream that is destroyed with the error when a row can't be read
 */
export function exportFindings({ db }: Pick<Context, 'db'>, of: FindingsOf): Readable {
  return Readable.from(csv(db, of), { objectMode: false })
}

async function* csv(db: Db, of: FindingsOf): AsyncGenerator<string> {
  yield findingsHead()
  for (let page = 0; ; page += 1) {
    const rows = await inOrder(matching(db, of))
      .offset(page * BATCH)
      .limit(BATCH)
    if (rows.length > 0) yield findingsLines(rows.map(lineOf))
    if (rows.length < BATCH) return
  }
}

type Findings = QueryBuilder<DiagnosticFinding>

function matching(db: Db, { diagnosticId, filter, isWhole, workspaceId }: FindingsOf): Findings {
  const { apart, code, currency, customer, declineClass, neverRetried, part, plan, reach, reason, week, within } =
    filter
  const rows = DiagnosticFinding.query(db).where({ workspace_id: workspaceId, diagnostic_id: diagnosticId })
  const equal = (column: string, value: string | undefined) => {
    if (value === '') void rows.whereNull(column)
    else if (value !== undefined) void rows.where(column, value)
  }
  if (apart) void rows.where({ apart })
  else if (!isWhole) void rows.whereNull('apart')
  equal('currency', currency)
  equal('decline_class', declineClass)
  equal('decline_code', code)
  equal('week', week)
  equal('plan', plan)
  equal('billing_reason', reason)
  equal('stripe_customer_id', customer)
  if (within !== undefined) void rows.modify(recoveredWithin, within)
  if (reach)
    void rows
      .where('lost', '>', 0)
      .where({ was_prompted: false })
      .whereIn('decline_class', [...MENDABLE])
  if (neverRetried) void rows.where({ never_retried: true })
  if (part) void rows.where(PART_COLUMNS[part], '>', 0)
  return rows
}

/** A bucket that is none has nothing in it. */
function recoveredWithin(rows: Findings, within: string): void {
  const nth = BUCKET_DAYS.findIndex((days) => within === (days === null ? 'later' : String(days)))
  const took = `extract(epoch from recovered_at - first_failed_at)`
  if (nth < 0) void rows.whereRaw('false')
  const [from, to] = [BUCKET_DAYS[nth - 1], BUCKET_DAYS[nth]]
  if (from) void rows.whereRaw(`${took} > ?`, [from * DAY])
  if (to) void rows.whereRaw(`${took} <= ?`, [to * DAY])
  void rows.whereNotNull('recovered_at')
}

const DAY = 86_400

const inOrder = (rows: Findings): Findings => rows.orderBy('at_risk', 'desc').orderBy('stripe_invoice_id')

function lineOf(row: DiagnosticFinding): FindingLine {
  const { lost, retried, paid, late, out_of_band, unclear, returned, forgiven, open } = row
  return {
    apart: row.apart as Exclusion | null,
    week: row.week,
    wasPrompted: row.was_prompted,
    finding: {
      invoiceId: row.stripe_invoice_id,
      number: row.invoice_number,
      customerId: row.stripe_customer_id,
      customerName: row.customer_name,
      subscriptionId: row.stripe_subscription_id,
      plan: row.plan,
      billingReason: row.billing_reason,
      currency: row.currency,
      firstFailedAt: row.first_failed_at.getTime() / 1_000,
      recoveredAt: row.recovered_at && row.recovered_at.getTime() / 1_000,
      declineClass: row.decline_class,
      declineCode: row.decline_code,
      neverRetried: row.never_retried,
      atRisk: row.at_risk,
      parts: { lost, retried, paid, late, outOfBand: out_of_band, unclear, returned, forgiven, open },
    },
  }
}
