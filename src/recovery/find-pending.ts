import type { Context } from '../context.js'
import { CardPayment } from '../db/models/card-payment.js'
import { Delivery } from '../db/models/delivery.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { FAILURE_EVENTS, isFailureEvent } from '../stripe/event-types.js'
import { dueTouches, touchesToCheck } from './due-touches.js'
import type { StoredEvent } from './receive-events.js'

/** An event younger than this has its own ring under way. */
const PATIENCE_MS = 10_000
const EVENTS_AT_ONCE = 2_000

/** Everything due that somebody should look at now; workspaces by id. */
export interface Pending {
  readonly events: StoredEvent[]
  readonly deliver: string[]
  /** Stripe is to be asked about touches that are due. */
  readonly check: string[]
  readonly enrich: string[]
  readonly cards: string[]
}

/** Finds what a lost ring or a dead worker left behind. */
export async function findPending({ db, now }: Context): Promise<Pending> {
  const time = now()
  const events = await StripeEvent.query(db)
    .whereNull('processed_at')
    .where('received_at', '<=', new Date(time.getTime() - PATIENCE_MS))
    // A first mail waits for a failure.
    .orderByRaw('type = any(?) desc, received_at', [[...FAILURE_EVENTS]])
    .limit(EVENTS_AT_ONCE)
    .select('workspace_id', 'id', 'type')
  const touches = await dueTouches(db, time).distinct('touch.workspace_id')
  const checks = await touchesToCheck(db, time).distinct('touch.workspace_id')
  const deliveries = await Delivery.query(db)
    .where({ answered_at: null, dissolved_at: null, abandoned_at: null })
    .where('lease_until', '<=', time)
    .distinct('workspace_id')
  const enrich = await RecoveryCase.query(db).where('enrich_at', '<=', time).distinct('workspace_id')
  const looks = await RecoveryCase.query(db).where('card_check_at', '<=', time).distinct('workspace_id')
  const payments = await CardPayment.query(db)
    .where({ answered_at: null })
    .where('lease_until', '<=', time)
    .distinct('workspace_id')
  const workspaces = (rows: { workspace_id: string }[]) => [...new Set(rows.map((row) => row.workspace_id))]
  return {
    events: events.map(({ workspace_id, id, type }) => ({
      workspaceId: workspace_id,
      eventId: id,
      isFailure: isFailureEvent(type),
    })),
    deliver: workspaces([...touches, ...deliveries]),
    check: workspaces(checks),
    enrich: workspaces(enrich),
    cards: workspaces([...looks, ...payments]),
  }
}
