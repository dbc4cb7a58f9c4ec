import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CardPayment } from '../db/models/card-payment.js'
import { CaseReversal } from '../db/models/case-reversal.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import {
  type ContactRule,
  type Fault,
  findContactFaults,
  findTableFaults,
  type TableRule,
} from '../db/queries/find-faults.js'
import { columnsOf, stateOf } from './case-state.js'
import { attributionOf } from './credit-payment.js'

export type AuditRule =
  | 'exposure_accounted_for'
  | 'follows_from_what_was_seen'
  | 'returned_by_reversals'
  | 'credited_by_evidence'
  | ContactRule
  | TableRule

/** What the audit found wrong: ids, figures, times and states; nothing personal. */
export interface Finding extends Fault {
  readonly rule: AuditRule
}

const PAGE = 200

/**
 * Checks every case of every workspace against what must hold: its exposure is accounted for to the cent, figures,
 * outcome and attribution follow from what was seen, nobody was written to twice or after the end. Changes nothing. Each
 * page of cases is one moment of the database, so that what moves meanwhile is no fault.
 *
 * @param tell is given each finding as it is found, so that a database full of them needs no memory
 * @returns how many cases were checked; fewer than there are when the process is asked to stop
 */
export async function audit(
  { db, stopping }: Pick<Context, 'db'> & Partial<Pick<Context, 'stopping'>>,
  tell: (finding: Finding) => void,
): Promise<{ cases: number }> {
  let cases = 0
  for (let after: string | null = null; !stopping?.aborted; ) {
    const page: { ids: string[]; findings: Finding[] } = await atOneMoment(db, (trx) => auditPage(trx, after))
    page.findings.forEach(tell)
    cases += page.ids.length
    after = page.ids.at(-1) ?? null
    if (page.ids.length < PAGE) break
  }
  for (const [rule, fault] of await atOneMoment(db, findTableFaults)) tell({ rule, ...fault })
  return { cases }
}

const atOneMoment = <Seen>(db: Db, look: (trx: Db) => Promise<Seen>): Promise<Seen> =>
  db.transaction(look, { isolationLevel: 'repeatable read', readOnly: true })

async function auditPage(trx: Db, after: string | null): Promise<{ ids: string[]; findings: Finding[] }> {
  const cases = await RecoveryCase.query(trx)
    .modify((rows) => {
      if (after) void rows.where('id', '>', after)
    })
    .orderBy('id')
    .limit(PAGE)
  const ids = cases.map(({ id }) => id)
  const reversals = await CaseReversal.query(trx).whereIn('case_id', ids)
  const beingPaid = await CardPayment.query(trx).whereIn('case_id', ids).where({ answered_at: null }).select('case_id')
  const moving = new Set(beingPaid.map(({ case_id }) => case_id))

  const findings: Finding[] = []
  for (const row of cases) {
    const ofCase = reversals.filter(({ case_id }) => case_id === row.id)
    findings.push(...auditFigures(row, ofCase))
    // What is still asked for, or being paid, is credited once the answer is there.
    if (!row.enrich_at && !moving.has(row.id)) findings.push(...(await auditCredit(trx, row)))
  }
  for (const [rule, fault] of await findContactFaults(trx, ids)) findings.push({ rule, ...fault })
  return { ids, findings }
}

function auditFigures(row: RecoveryCase, reversals: readonly CaseReversal[]): Finding[] {
  const { recovered, returned, lost, forgiven, dismissed, open } = row
  const reversed = reversals.reduce((sum, { amount }) => sum + amount, 0)
  const paid = recovered + returned
  return [
    ...compare('exposure_accounted_for', row, { exposure: paid + lost + forgiven + dismissed + open }),
    ...compare('follows_from_what_was_seen', row, columnsOf(stateOf(row, reversals))),
    ...compare('returned_by_reversals', row, { returned: Math.min(Math.max(0, reversed), paid) }),
  ]
}

async function auditCredit(trx: Db, row: RecoveryCase): Promise<Finding[]> {
  const { paidBy, assisted } = await attributionOf(trx, row)
  return compare('credited_by_evidence', row, { paid_by: paidBy, assisted })
}

function compare(rule: AuditRule, row: RecoveryCase, expected: Partial<RecoveryCase>): Finding[] {
  return Object.entries(expected).flatMap(([column, value]) => {
    const wanted = plain(value)
    const found = plain(row[column as keyof RecoveryCase])
    if (wanted === found) return []
    return { rule, workspaceId: row.workspace_id, caseId: row.id, subject: column, expected: wanted, found }
  })
}

function plain(value: unknown): string | number | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' || value === null ? value : String(value)
}
