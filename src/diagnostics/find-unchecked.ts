import type { Context } from '../context.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { GRACE_MS } from './find-gaps.js'

/** What was checked this recently is left in peace, however often workers start. */
const REST_MS = 60_000

/** Workspaces whose events are to be compared with Stripe's list, by id; who waits longest comes first. */
export async function findUnchecked({ db, now }: Context): Promise<string[]> {
  const rested = new Date(now().getTime() - GRACE_MS - REST_MS)
  const connections = await StripeConnection.query(db)
    .where({ replaced_at: null, rejected_at: null })
    .whereNotNull('api_key_sealed')
    .where((due) => due.whereNull('events_checked_until').orWhere('events_checked_until', '<=', rested))
    .orderByRaw('events_checked_until nulls first')
    .select('workspace_id')
  return connections.map(({ workspace_id }) => workspace_id)
}
