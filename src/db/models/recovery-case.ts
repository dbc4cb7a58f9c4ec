import type { Outcome } from '../../domain/case.js'
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
  declare amount_remaining: number
  declare recovered: number
  /** Of the first failure, Stripe's clock. */
  declare failed_at: Date
  /** Of the webhook that opened the case: the promise of the first touch counts from here. */
  declare received_at: Date
  declare opened_at: Date
  /** How new the last applied snapshot of the invoice is. */
  declare as_of: Date
  /** When to ask Stripe for what the payload did not say; `null`: nothing is missing. */
  declare enrich_at: Date | null
  declare reminders_stopped_at: Date | null
  declare closed_at: Date | null
  declare outcome: Outcome | null
  declare link_token_hash: string
  declare link_token_sealed: string
  declare link_window_at: Date | null
  declare link_mints: number
}
