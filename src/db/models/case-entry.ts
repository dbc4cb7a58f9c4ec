import { Row } from './row.js'

/** One line of a case's timeline. Append-only. */
export class CaseEntry extends Row {
  static override tableName = 'case_entries'
  declare id: number
  declare workspace_id: string
  declare case_id: string
  declare kind: string
  declare key: string
  /** When it happened, which may be before it was written. */
  declare at: Date
  declare detail: Record<string, unknown>
}
