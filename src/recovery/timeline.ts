import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'

/** What can stand on a case's timeline, and what each line tells. No address and no token goes in here. */
export type TimelineEntry =
  | { kind: 'charge_failed'; detail: { code: string | null; attempt: number; card: string | null } }
  | { kind: 'action_required'; detail: { attempt: number } }
  | { kind: 'stripe_told'; detail: { type: string } }
  | { kind: 'mail_accepted'; detail: { step: number; afterMs: number; mailId: string } }
  | { kind: 'touch_skipped'; detail: { step: number; reason: SkipReason } }
  | { kind: 'mail_unknown'; detail: { step: number } }
  | { kind: 'mail_delayed'; detail: { step: number; reason: string } }
  | { kind: 'link_followed'; detail: { target: 'card' | 'invoice' } }
  | { kind: 'reminders_stopped' | 'customer_forgotten'; detail: Record<string, never> }
  | { kind: 'recovered' | 'lost' | 'forgiven' | 'dismissed'; detail: { reason?: 'connection_changed' } }

/** Why a touch was not sent. */
export type SkipReason =
  | 'no_address'
  | 'address_unusable'
  | 'mail_not_set_up'
  | 'mail_not_rendered'
  | 'mail_refused'
  | 'reminders_stopped'

/** When it happened, and what tells it from others of its kind: the same key again adds nothing. */
interface Occurrence {
  readonly at: Date
  readonly key?: string
}

/** Appends a line to a case's timeline. Running it twice leaves one. */
export async function addEntry(
  db: Db,
  { workspace_id, id }: Pick<RecoveryCase, 'workspace_id' | 'id'>,
  { kind, detail }: TimelineEntry,
  { at, key = '' }: Occurrence,
): Promise<void> {
  await CaseEntry.query(db)
    .insert({ workspace_id, case_id: id, kind, key, at, detail })
    .onConflict(['case_id', 'kind', 'key'])
    .ignore()
}
