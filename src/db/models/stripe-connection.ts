import { Row } from './row.js'

/** One key to one Stripe account in one mode. A workspace has one current connection. */
export class StripeConnection extends Row {
  static override tableName = 'stripe_connections'
  declare id: string
  declare workspace_id: string
  declare mode: 'test' | 'live'
  /** `null` until Stripe told us. */
  declare stripe_account_id: string | null
  declare api_key_sealed: string
  declare api_key_last4: string
  declare key_saved_at: Date
  /** `null`: Stripe has not yet confirmed the key, `/app` stays locked. */
  declare verified_at: Date | null
  /** Webhooks that came to this workspace's URL and could not be verified. */
  declare signature_failures: number
  declare signature_failed_at: Date | null
  /** `null`: the current one. */
  declare replaced_at: Date | null
  declare created_at: Date
}
