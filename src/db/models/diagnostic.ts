import type { Report } from '../../domain/diagnostic-report.js'
import type { LeakGrowth } from '../../domain/leak.js'
import { Row } from './row.js'

/** Why a run ended without a report. */
export type DiagnosticFailure = 'key_rejected' | 'permission_missing' | 'disconnected' | 'unreachable' | 'refused'

/** A list that could not be read, by its name, and what the key lacks for it where Stripe said that. */
export interface UnreadList {
  readonly listing: string
  readonly permission: string | null
}

/** One run of the 90-day diagnostic. */
export class Diagnostic extends Row {
  static override tableName = 'diagnostics'
  declare id: string
  declare workspace_id: string
  declare connection_id: string
  declare reason: 'connected' | 'owner' | 'schedule'
  declare asked_at: Date
  /** `null`: it waits. */
  declare began_at: Date | null
  declare window_from: Date | null
  /** By Stripe's clock. */
  declare window_until: Date | null
  /** Seconds that our clock is ahead of Stripe's. */
  declare clock_ahead: number | null
  declare unread: readonly UnreadList[]
  declare read_at: Date | null
  declare ended_at: Date | null
  declare outcome: 'finished' | 'failed' | 'canceled' | null
  declare failure: DiagnosticFailure | null
  declare report: Report | null
  declare lease_id: string | null
  declare leased_until: Date | null
  /** Stripe did not answer: when it goes on. */
  declare retry_at: Date | null
  declare tries: number
  /** Its leak has grown past the owner's threshold. */
  declare leak_grew_at: Date | null
  declare leak_tried_at: Date | null
  declare leak_told_at: Date | null
  /** In which currencies; `null`: it has not. */
  declare leak_growth: readonly LeakGrowth[] | null
  /** The owner wants it by mail. */
  declare report_wanted_at: Date | null
  declare report_tried_at: Date | null
  declare report_told_at: Date | null
}
