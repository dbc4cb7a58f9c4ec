import { Row } from './row.js'

/** A one-time way in. Only its hash is kept. */
export class SignInToken extends Row {
  static override tableName = 'sign_in_tokens'
  declare id: string
  declare owner_id: string
  declare token_hash: string
  declare created_at: Date
  declare expires_at: Date
  declare used_at: Date | null
}
