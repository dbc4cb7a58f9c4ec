import { Row } from './row.js'

/** An address that a workspace must not write to. */
export class Suppression extends Row {
  static override tableName = 'suppressions'
  declare id: string
  declare workspace_id: string
  /** In lower case, or the hash of one whose owner was forgotten. */
  declare address: string
  /** It bounced for good, its owner complained, or the provider itself keeps it from being written to. */
  declare reason: 'bounced' | 'complained' | 'suppressed'
  declare suppressed_at: Date
}
