import { Row } from './row.js'

/** One webhook event in the inbox. */
export class StripeEvent extends Row {
  static override tableName = 'stripe_events'
  static override idColumn = ['workspace_id', 'id']
  declare id: string
  declare workspace_id: string
  declare connection_id: string
  declare stripe_event_id: string
  declare type: string
  /** When it happened at Stripe, to the second. */
  declare occurred_at: Date
  /** The event as Stripe sent it, JSON. */
  declare payload: string
  declare received_at: Date
  /** The invoice it speaks of, known once it was processed. */
  declare stripe_invoice_id: string | null
  declare processed_at: Date | null
  declare outcome: 'processed' | 'ignored' | 'failed' | null
  /** What it did, or why it did nothing, in words for the owner. */
  declare detail: string | null
}
