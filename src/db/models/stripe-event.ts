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
  /** `null`: it came as a webhook. Else the gap detector fetched it from Stripe's event list then. */
  declare backfilled_at: Date | null
  /** The invoice it speaks of, known once it was processed. */
  declare stripe_invoice_id: string | null
  /** The Stripe ids of all that it speaks of, known once it was processed. */
  declare about: string[]
  declare processed_at: Date | null
  declare outcome: 'processed' | 'ignored' | 'failed' | null
  /** What it did, or why it did nothing, in words for the owner. */
  declare detail: string | null
  /** When the owner last had it processed again, and who; `null`: never. */
  declare replayed_at: Date | null
  declare replayed_by: string | null
}
