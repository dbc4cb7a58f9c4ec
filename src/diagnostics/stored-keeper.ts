import type { Db } from '../db/knex.js'
import type { Diagnostic, UnreadList } from '../db/models/diagnostic.js'
import { DiagnosticSlice } from '../db/models/diagnostic-slice.js'
import type { BillingRecord } from '../domain/diagnosis.js'
import type { ListingName } from '../stripe/listings.js'
import { KIND_OF } from './dossiers.js'
import type { Keeper, PageRead, Slice } from './read-lists.js'

/** Somebody else has the run, or it was ended. */
export class LeaseLost extends Error {
  constructor() {
    super('This run is no longer ours')
  }
}

type Run = Pick<Diagnostic, 'id' | 'workspace_id'> & { readonly leaseId: string }

/**
 * Keeps what is read in Postgres. A page is one statement: its records, and how far its slice has come. A worker that
 * lost the run finds that out at its next page; what it stored before is the same that its successor stores.
 */
export class StoredKeeper implements Keeper {
  constructor(
    readonly db: Db,
    readonly run: Run,
    readonly now: () => Date,
  ) {}

  async page(slice: Slice, { cursor, isDone, records, seen, unreadable }: PageRead): Promise<void> {
    const rows = [...new Map(records.map((record) => [`${record.kind} ${record.id}`, record])).values()]
    const { rows: kept } = await this.db.raw<{ rows: unknown[] }>(
      `with mine as (select workspace_id, id from diagnostics where id = ? and lease_id = ? and ended_at is null),
       stored as (
         insert into diagnostic_records (workspace_id, diagnostic_id, kind, stripe_id, tie, record)
         select mine.workspace_id, mine.id, row->>'kind', row->>'id', row->>'tie', row->'record'
         from mine, json_array_elements(?::json) as row
         on conflict (diagnostic_id, kind, stripe_id) do update set tie = excluded.tie, record = excluded.record)
       update diagnostic_slices
       set seen = seen + ?, unreadable = unreadable + ?, pages = pages + 1, after_id = ?, after_second = ?,
         done_at = coalesce(done_at, ?::timestamptz)
       where id = ? and exists (select from mine) returning id`,
      [
        this.run.id,
        this.run.leaseId,
        JSON.stringify(rows.map((record) => ({ kind: record.kind, id: record.id, tie: tieOf(record), record }))),
        seen,
        unreadable,
        cursor?.after ?? null,
        cursor?.createdAt ?? null,
        isDone ? this.now() : null,
        slice.id,
      ] as never,
    )
    if (kept.length === 0) throw new LeaseLost()
  }

  async split(slice: Slice, older: Slice): Promise<void> {
    await this.db.transaction(async (trx) => {
      await DiagnosticSlice.query(trx).findById(slice.id).patch({ from_second: slice.from })
      await DiagnosticSlice.query(trx).insert(rowOf(this.run, older))
    })
  }

  /** What was read of the list is dropped, so that no figure rests on a part of it. */
  async unreadable({ listing, permission }: { listing: ListingName; permission: string | null }): Promise<void> {
    const { id, leaseId, workspace_id } = this.run
    await this.db.transaction(async (trx) => {
      const mine = await trx('diagnostics')
        .where({ workspace_id, id, lease_id: leaseId, ended_at: null })
        .forNoKeyUpdate()
        .first('unread')
      if (!mine) throw new LeaseLost()
      const known: readonly UnreadList[] = mine.unread
      const others = known.filter((each) => each.listing !== listing)
      const unread = JSON.stringify([...others, { listing, permission }])
      await trx('diagnostics').where({ workspace_id, id }).update({ unread })
      await trx('diagnostic_records').where({ diagnostic_id: id, kind: KIND_OF[listing] }).delete()
      await trx('diagnostic_slices')
        .where({ diagnostic_id: id, listing, done_at: null })
        .update({ done_at: this.now() })
    })
  }
}

/** What a record is found by, beside its own id. */
function tieOf(record: BillingRecord): string | null {
  switch (record.kind) {
    case 'payment':
    case 'credit':
      return record.invoiceId
    case 'charge':
      return record.intentId ?? record.invoiceId
    case 'dispute':
      return record.chargeId
    case 'invoice':
    case 'intent':
    case 'subscription':
      return null
  }
}

export const rowOf = (run: Pick<Diagnostic, 'id' | 'workspace_id'>, slice: Slice): Partial<DiagnosticSlice> => ({
  id: slice.id,
  workspace_id: run.workspace_id,
  diagnostic_id: run.id,
  listing: slice.listing,
  from_second: slice.from,
  until_second: slice.until,
})

export const sliceOf = (row: DiagnosticSlice): Slice => ({
  id: row.id,
  listing: row.listing as ListingName,
  from: row.from_second,
  until: row.until_second,
  cursor:
    row.after_id !== null && row.after_second !== null ? { after: row.after_id, createdAt: row.after_second } : null,
})
