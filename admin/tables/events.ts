import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { filtered, type ScopedTable, shown, sorted, title } from '../scoped-table.js'

/** The inbox, without the payloads: they may be large, and tell of people. */
export const events: ScopedTable = {
  id: 'events',
  model: StripeEvent,
  isOfConnection: true,
  columns: {
    id: filtered('uuid'),
    stripe_event_id: title('string'),
    type: filtered('string'),
    received_at: { ...sorted('datetime'), isFiltered: false },
    outcome: filtered('string'),
    detail: shown('string'),
  },
  search(rows, typed) {
    rows.where('stripe_event_id', typed.trim())
  },
}
