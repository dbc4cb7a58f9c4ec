import type { Db } from '../db/knex.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { cardInWords } from '../domain/card.js'
import type { EventNews, News } from './news.js'
import { addEntry, type TimelineEntry } from './timeline.js'

/** Adds to the proof what each event of the news told, once, at the time at which it happened at Stripe. */
export async function tellOnTimeline(
  trx: Db,
  before: RecoveryCase,
  after: RecoveryCase,
  { events }: News,
): Promise<void> {
  for (const news of events) {
    const entry = entryOf(after, news)
    if (entry) await addEntry(trx, after, entry, { at: news.asOf, key: news.eventId })
  }
  const paid = after.recovered + after.returned - before.recovered - before.returned
  if (!after.outcome && paid > 0) {
    const entry = { kind: 'part_paid', detail: { amount: paid, remaining: after.amount_remaining } } as const
    await addEntry(trx, after, entry, { at: after.as_of, key: String(after.amount_paid) })
  }
  await tellOfSubscription(trx, before, after)
}

/** Two events, or an event and Stripe's answer, tell of the same change: it is written when the case learns of it. */
async function tellOfSubscription(trx: Db, before: RecoveryCase, after: RecoveryCase): Promise<void> {
  const { subscription_as_of: at, subscription_ended_at: endedAt, subscription_paused: isPaused } = after
  if (endedAt && !before.subscription_ended_at) {
    await addEntry(trx, after, { kind: 'subscription_ended', detail: {} }, { at: endedAt })
  } else if (at && isPaused !== before.subscription_paused) {
    const kind = isPaused ? 'subscription_paused' : 'subscription_resumed'
    await addEntry(trx, after, { kind, detail: {} }, { at, key: at.toISOString() })
  }
}

function entryOf(row: RecoveryCase, { notice, type }: EventNews): TimelineEntry | null {
  switch (notice.kind) {
    case 'invoice': {
      if (!notice.isFailure) return null
      const { attemptCount: attempt } = notice.facts
      if (type === 'invoice.payment_action_required') return { kind: 'action_required', detail: { attempt } }
      const card = cardInWords(row.card_brand, row.card_last4)
      return { kind: 'charge_failed', detail: { code: row.decline_code, attempt, card } }
    }
    case 'customer':
      return notice.isDeleted ? { kind: 'customer_deleted', detail: {} } : null
    case 'reversal':
      return { kind: notice.step, detail: { amount: Math.abs(notice.amount) } }
    default:
      return null
  }
}
