import { Row } from './row.js'

export type SystemCheckName = 'key' | 'webhook' | 'sender' | 'events' | 'first_touch' | 'sums'

/** How one thing stands that must hold, and since when. */
export class SystemCheck extends Row {
  static override tableName = 'system_checks'
  static override idColumn = ['workspace_id', 'name']
  declare workspace_id: string
  declare name: SystemCheckName
  declare state: 'ok' | 'attention' | 'unknown'
  /** What was found; `null`: nothing is wrong. */
  declare because: string | null
  declare detail: Readonly<Record<string, unknown>>
  declare since: Date
  declare checked_at: Date
}
