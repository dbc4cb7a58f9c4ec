import { Row } from './row.js'

/** A stretch of one of Stripe's lists, and how far it was read: from its end down to its beginning. */
export class DiagnosticSlice extends Row {
  static override tableName = 'diagnostic_slices'
  declare id: string
  declare workspace_id: string
  declare diagnostic_id: string
  declare listing: string
  /** Seconds since 1970. */
  declare from_second: number
  declare until_second: number
  declare after_id: string | null
  declare after_second: number | null
  /** Objects, those that could not be read among them. */
  declare seen: number
  declare unreadable: number
  declare pages: number
  declare done_at: Date | null
}
