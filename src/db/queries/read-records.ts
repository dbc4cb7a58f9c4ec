import type { Knex } from 'knex'
import type { BillingRecord } from '../../domain/diagnosis.js'
import type { Db } from '../knex.js'

type Kind = BillingRecord['kind']
export type RecordOf<Which extends Kind> = Extract<BillingRecord, { kind: Which }>

/** Where the records of a run are looked for. */
export interface RecordsOf {
  readonly workspaceId: string
  readonly diagnosticId: string
}

/** The next of a kind, in the order of their ids. */
export function recordsAfter<Which extends Kind>(
  db: Db,
  run: RecordsOf,
  { kind, after, limit }: { kind: Which; after: string; limit: number },
): Promise<RecordOf<Which>[]> {
  return records(db, run, kind, (rows) => rows.where('stripe_id', '>', after).orderBy('stripe_id').limit(limit))
}

/** Those that are tied to one of these: an invoice, a payment, a charge. */
export function recordsTiedTo<Which extends Kind>(
  db: Db,
  run: RecordsOf,
  kind: Which,
  ties: readonly string[],
): Promise<RecordOf<Which>[]> {
  return records(db, run, kind, (rows) => rows.whereRaw('tie = any(?::text[])', [ties] as never))
}

export function recordsById<Which extends Kind>(
  db: Db,
  run: RecordsOf,
  kind: Which,
  ids: readonly string[],
): Promise<RecordOf<Which>[]> {
  return records(db, run, kind, (rows) => rows.whereRaw('stripe_id = any(?::text[])', [ids] as never))
}

async function records<Which extends Kind>(
  db: Db,
  { diagnosticId, workspaceId }: RecordsOf,
  kind: Which,
  find: (rows: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<RecordOf<Which>[]> {
  const rows: Knex.QueryBuilder = db('diagnostic_records').where({
    workspace_id: workspaceId,
    diagnostic_id: diagnosticId,
    kind,
  })
  const found: { record: RecordOf<Which> }[] = await find(rows).select('record')
  return found.map(({ record }) => record)
}
