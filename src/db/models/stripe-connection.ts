import { Row } from './row.js'

/** One row of the capability matrix; its words are in `stripe/permissions.ts`. */
interface StoredCapability {
  readonly permission: string
  readonly result: 'works' | 'missing' | 'unknown'
  /** Why it is not known. */
  readonly because: string | null
}

/** One key to one Stripe account in one mode. A workspace has one current connection. */
export class StripeConnection extends Row {
  static override tableName = 'stripe_connections'
  declare id: string
  declare workspace_id: string
  declare mode: 'test' | 'live'
  /** `null` until Stripe told us. */
  declare stripe_account_id: string | null
  /** `null` where the key may not read it. */
  declare account_name: string | null
  /** `null`: Stripe was disconnected, and the key was erased. */
  declare api_key_sealed: string | null
  declare api_key_last4: string
  declare key_saved_at: Date
  /** `null`: Stripe has not yet confirmed the key, `/app` stays locked. */
  declare verified_at: Date | null
  /** What each permission came to when it was last asked about, as `verifyKey` gives it. */
  declare capabilities: StoredCapability[] | null
  declare capabilities_checked_at: Date | null
  /** Stripe refuses the key since then; `null`: it does not. */
  declare rejected_at: Date | null
  /** When the owner was last about to be mailed of it; until a while later nobody else tries. */
  declare rejection_tried_at: Date | null
  declare rejection_told_at: Date | null
  /** Of the first signed event, once somebody looked for it. */
  declare first_event_at: Date | null
  /** Webhooks that came to this workspace's URL and could not be verified. */
  declare signature_failures: number
  declare signature_failed_at: Date | null
  /** Payloads of the events up to this one, in the order of their receipt, are pruned. */
  declare pruned_to_at: Date | null
  declare pruned_to_id: string | null
  /** Everything that Stripe lists up to here is in the inbox; `null`: not compared yet. */
  declare events_checked_until: Date | null
  /** `null`: the current one. */
  declare replaced_at: Date | null
  declare created_at: Date
}
