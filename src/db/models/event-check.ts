import { Row } from './row.js'

/** Why a check ended before it had seen everything. */
export type CheckFailure = 'unreachable' | 'rate_limited' | 'key_rejected' | 'permission_missing' | 'refused'

/**
 * Stripe's event list compared with the inbox, once. Runs that came to the same, one after another, and found nothing
 * share a row: hours without a gap are one, and so is an outage of Stripe.
 */
export class EventCheck extends Row {
  static override tableName = 'event_checks'
  declare id: string
  declare workspace_id: string
  declare connection_id: string
  /** What happened at Stripe from here on was looked at ... */
  declare from_at: Date
  /** ... up to here. */
  declare to_at: Date
  declare began_at: Date
  /** When it last did something: also of one whose process was killed. */
  declare ended_at: Date
  /** Events that Stripe listed. Runs overlap: one event is listed to several. */
  declare events_seen: number
  /** Events that no webhook had brought: they are in the inbox now. */
  declare events_missing: number
  /** Stripe no longer lists what happened between the two, so it was never compared; `null`: everything could be. */
  declare out_of_reach_from: Date | null
  declare out_of_reach_until: Date | null
  /** `null`: it came to its end. */
  declare failure: CheckFailure | null
}
