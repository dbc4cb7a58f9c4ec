import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import type { EventKey } from './process-event.js'
import { addEntry } from './timeline.js'

/**
 * Puts an event that was processed, ignored or failed back among those that wait. Always safe: what an event does, it
 * does once.
 *
 * @returns `done`: ring for the event; `already`: it waits as it is
 */
export async function replayEvent(
  { db, now }: Context,
  { workspaceId, ownerId, eventId }: EventKey & { readonly ownerId: string },
): Promise<'done' | 'already' | 'unknown'> {
  return db.transaction(async (trx) => {
    const ofEvent = { workspace_id: workspaceId, id: eventId }
    const event = await StripeEvent.query(trx).findOne(ofEvent).select('type', 'stripe_invoice_id')
    if (!event) return 'unknown'
    // In the order in which events are processed: first the case, then the event.
    const recoveryCase =
      event.stripe_invoice_id !== null &&
      (await RecoveryCase.query(trx)
        .findOne({ workspace_id: workspaceId, stripe_invoice_id: event.stripe_invoice_id })
        .forUpdate())

    const at = now()
    const put = await StripeEvent.query(trx)
      .where(ofEvent)
      .whereNotNull('processed_at')
      .patch({ processed_at: null, outcome: null, detail: null, replayed_at: at, replayed_by: ownerId })
    if (put === 0) return 'already'
    if (recoveryCase) {
      const entry = { kind: 'event_replayed', detail: { by: ownerId, type: event.type } } as const
      await addEntry(trx, recoveryCase, entry, { at, key: `${eventId} ${at.toISOString()}` })
    }
    return 'done'
  })
}
