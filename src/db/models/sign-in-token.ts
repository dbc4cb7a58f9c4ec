import { Row } from './row.js'

/** A one-time way in. Only its hash is kept. */
export class SignInToken extends Row {
  static override tableName = 'sign_in_tokens'
  declare id: string
  /** Of a link from the terminal. */
  declare owner_id: string | null
  /** Lower case: who asked for a link by mail. */
  declare email: string | null
  /** Of the cookie of the browser that asked: a mailed link signs in nowhere else. */
  declare browser_hash: string | null
  declare token_hash: string
  declare created_at: Date
  declare expires_at: Date
  declare used_at: Date | null
}
