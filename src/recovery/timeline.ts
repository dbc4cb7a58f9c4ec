import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import type { ReversalStep } from '../stripe/notice.js'

/** What can stand on a case's timeline, and what each line tells. No address and no token goes in here. */
export type TimelineEntry =
  | { kind: 'charge_failed'; detail: { code: string | null; attempt: number; card: string | null } }
  | { kind: 'action_required'; detail: { attempt: number } }
  | { kind: 'stripe_told'; detail: { type: string } }
  | { kind: 'found_in_past'; detail: Record<string, never> }
  | { kind: 'mail_accepted'; detail: { step: number; afterMs: number; mailId: string } }
  | { kind: 'touch_skipped'; detail: { step: number; reason: SkipReason } }
  | { kind: 'mail_unknown'; detail: { step: number } }
  | { kind: 'mail_delayed'; detail: { step: number; reason: string } }
  | { kind: MailStep; detail: { step: number } }
  | { kind: 'mail_failed'; detail: { step: number; code: string | null } }
  | { kind: 'mail_scanned'; detail: { step: number; by: 'machine' | 'too_soon' } }
  | { kind: 'link_opened'; detail: { target: 'card' | 'invoice' } }
  | { kind: 'link_fetched'; detail: { by: 'machine' | 'too_soon' | 'unknown' } }
  | { kind: 'card_changed'; detail: { by: 'customer' | 'network'; card: string | null; pinned: boolean } }
  | { kind: 'payment_retried'; detail: { by: string } }
  | { kind: 'payment_declined'; detail: { code: string | null } }
  | { kind: 'payment_withheld'; detail: { reason: WithheldReason } }
  | { kind: PaymentStep | 'subscription_card_changed'; detail: Record<string, never> }
  | { kind: 'reminders_stopped' | 'customer_forgotten'; detail: Record<string, never> }
  | { kind: 'part_paid'; detail: { amount: number; remaining: number } }
  | { kind: ReversalStep; detail: { amount: number } }
  | { kind: SubscriptionStep | 'customer_deleted'; detail: Record<string, never> }
  | { kind: 'paused' | 'resumed' | 'link_copied' | 'address_allowed'; detail: ByOwner }
  | { kind: 'sent_now'; detail: ByOwner & { step: number } }
  | { kind: 'event_replayed'; detail: ByOwner & { type: string } }
  | { kind: 'recovered' | 'lost' | 'forgiven'; detail: Record<string, never> }
  | { kind: 'dismissed'; detail: { reason?: 'connection_changed' } | ByOwner }

/** An owner's id: what the owner did says who it was. */
type ByOwner = { readonly by: string }

type SubscriptionStep = 'subscription_ended' | 'subscription_paused' | 'subscription_resumed'

/**
 * What became of an accepted mail. Held up: the receiver's server does not take it yet. Opened and clicked are what the
 * mail provider saw; only our own link's openings count.
 */
type MailStep =
  | 'mail_delivered'
  | 'mail_held_up'
  | 'mail_bounced'
  | 'mail_complained'
  | 'mail_suppressed'
  | 'mail_opened'
  | 'mail_clicked'

/** What became of a payment that we made. */
type PaymentStep = 'payment_made' | 'payment_processing' | 'payment_authentication' | 'payment_unknown'

/** Why we did not pay with the new card. */
export type WithheldReason = 'switched_off' | 'permission_missing' | 'key_rejected'

/** Why a touch was not sent. */
export type SkipReason =
  | 'no_address'
  | 'address_unusable'
  | 'mail_not_set_up'
  | 'mail_not_rendered'
  | 'mail_refused'
  | 'reminders_stopped'
  | 'suppressed'
  | 'card_updated'
  | 'overtaken'
  | 'money_went_back'
  | 'too_late'

/** When it happened, and what tells it from others of its kind: the same key again adds nothing. */
interface Occurrence {
  readonly at: Date
  readonly key?: string
}

interface NewEntry {
  readonly recoveryCase: Pick<RecoveryCase, 'workspace_id' | 'id'>
  readonly entry: TimelineEntry
  readonly occurrence: Occurrence
}

/** Appends a line to a case's timeline. Running it twice leaves one. */
export function addEntry(
  db: Db,
  recoveryCase: Pick<RecoveryCase, 'workspace_id' | 'id'>,
  entry: TimelineEntry,
  occurrence: Occurrence,
): Promise<void> {
  return addEntries(db, [{ recoveryCase, entry, occurrence }])
}

/** The same for many cases at once. */
export async function addEntries(db: Db, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ recoveryCase: { workspace_id, id }, entry: { kind, detail }, occurrence }) => {
    const { at, key = '' } = occurrence
    return { workspace_id, case_id: id, kind, key, at, detail }
  })
  await CaseEntry.query(db).insert(rows).onConflict(['case_id', 'kind', 'key']).ignore()
}
