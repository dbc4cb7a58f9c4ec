import { Row } from './row.js'

/** The one person of a workspace. */
export class Owner extends Row {
  static override tableName = 'owners'
  declare id: string
  /** Lower case. */
  declare email: string
  declare created_at: Date
}
