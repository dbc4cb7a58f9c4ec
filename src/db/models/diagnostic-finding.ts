import type { DeclineClass } from '../../domain/decline.js'
import { Row } from './row.js'

/** An invoice that failed, and where its money went. Amounts are minor units of `currency`. */
export class DiagnosticFinding extends Row {
  static override tableName = 'diagnostic_findings'
  declare id: string
  declare workspace_id: string
  declare diagnostic_id: string
  declare stripe_invoice_id: string
  declare invoice_number: string | null
  declare stripe_customer_id: string | null
  declare customer_name: string | null
  declare stripe_subscription_id: string | null
  declare plan: string | null
  declare billing_reason: string
  /** Why it is counted apart; `null`: it is a renewal. */
  declare apart: string | null
  declare currency: string
  declare first_failed_at: Date
  declare recovered_at: Date | null
  /** The Monday that begins the week, `2026-08-24`. */
  declare week: string
  declare decline_class: DeclineClass
  declare decline_code: string | null
  declare never_retried: boolean
  /** We wrote to this customer about it. */
  declare was_prompted: boolean
  /** Always the sum of the nine below. */
  declare at_risk: number
  declare lost: number
  declare retried: number
  declare paid: number
  declare late: number
  declare out_of_band: number
  declare unclear: number
  declare returned: number
  declare forgiven: number
  declare open: number
  /** The owner wants a case of it; when that was last tried, and what it came to. */
  declare case_wanted_at: Date | null
  declare case_tried_at: Date | null
  declare case_settled_at: Date | null
  declare case_came_to: string | null
}
