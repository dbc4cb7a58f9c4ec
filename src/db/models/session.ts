import { Row } from './row.js'

/** A signed-in browser. Only the hash of its cookie is kept. */
export class Session extends Row {
  static override tableName = 'sessions'
  declare id: string
  declare owner_id: string
  declare token_hash: string
  /** As the browser names itself, cut to a length that fits a list. */
  declare user_agent: string
  declare created_at: Date
  /** To the minute or so. */
  declare seen_at: Date | null
  declare expires_at: Date
  declare revoked_at: Date | null
}
