import { Row } from './row.js'

/** A signed-in browser. Only the hash of its cookie is kept. */
export class Session extends Row {
  static override tableName = 'sessions'
  declare id: string
  declare owner_id: string
  declare token_hash: string
  declare created_at: Date
  declare expires_at: Date
  declare revoked_at: Date | null
}
