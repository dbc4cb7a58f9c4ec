import type { PaidBy } from '../../domain/attribution.js'
import type { InvoiceStatus, Outcome } from '../../domain/case.js'
import type { DeclineClass } from '../../domain/decline.js'
import { Row } from './row.js'

/** One unpaid subscription invoice, from first failure to outcome. Amounts are minor units of `currency`. */
export class RecoveryCase extends Row {
  static override tableName = 'recovery_cases'
  declare id: string
  declare workspace_id: string
  declare connection_id: string
  declare stripe_invoice_id: string
  declare stripe_customer_id: string | null
  declare stripe_subscription_id: string
  declare invoice_number: string | null
  declare hosted_invoice_url: string | null
  declare customer_name: string | null
  declare customer_email: string | null
  /** Stripe's `preferred_locales`, most preferred first. */
  declare customer_locales: string[] | null
  declare plan_label: string | null
  declare plan_interval: 'day' | 'week' | 'month' | 'year' | null
  declare plan_interval_count: number | null
  declare card_brand: string | null
  declare card_last4: string | null
  declare decline_class: DeclineClass
  declare decline_code: string | null
  /** Stripe's attempts, never our contacts. */
  declare attempt_count: number
  declare next_attempt_at: Date | null
  declare currency: string
  /** Amount remaining at the first failure. */
  declare exposure: number
  /** Where the exposure went: always the sum of these six. */
  declare recovered: number
  declare returned: number
  declare lost: number
  declare forgiven: number
  declare dismissed: number
  declare open: number
  /** How the invoice stood at the first failure. */
  declare paid_before: number
  declare credited_before: number
  /** The invoice at its furthest. */
  declare invoice_status: InvoiceStatus
  declare amount_remaining: number
  declare amount_paid: number
  declare amount_credited: number
  /** When it got its status; `null` while it is open. */
  declare settled_at: Date | null
  declare attempts_unpaid: number
  declare attempts_paid: number | null
  declare paid_out_of_band: boolean
  declare subscription_as_of: Date | null
  declare subscription_ended_at: Date | null
  /** Paused, or the collection of its invoices is: touches are held. */
  declare subscription_paused: boolean
  declare dismissed_at: Date | null
  /** The owner holds the touches. */
  declare paused_at: Date | null
  /** How it was paid; `null` until it is recovered. */
  declare paid_by: PaidBy | null
  declare assisted: boolean
  /** Of the first failure, Stripe's clock. */
  declare failed_at: Date
  /** Of the webhook that opened the case: the promise of the first touch counts from here. */
  declare received_at: Date
  declare opened_at: Date
  /** From when the waits of the campaign count: the opening, moved on by each pause. */
  declare campaign_at: Date
  /** How new the last applied snapshot of the invoice is. */
  declare as_of: Date
  /** When Stripe itself last told us how the invoice stands. */
  declare checked_at: Date | null
  /** When to ask Stripe for what the payload did not say; `null`: nothing is missing. */
  declare enrich_at: Date | null
  /** When to ask Stripe for the customer's cards; `null`: nothing hints at another one. */
  declare card_check_at: Date | null
  /** Since when the subscription is known to keep a card that failed; `null`: it does not. */
  declare pinned_at: Date | null
  declare reminders_stopped_at: Date | null
  declare closed_at: Date | null
  declare outcome: Outcome | null
  declare link_token_hash: string
  declare link_token_sealed: string
  declare link_window_at: Date | null
  declare link_mints: number
}
