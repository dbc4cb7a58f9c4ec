import { Row } from './row.js'

/** An address that somebody named and whose mailbox has yet to say yes. Only the hash of the mailed token is kept. */
export class AddressConfirmation extends Row {
  static override tableName = 'address_confirmations'
  declare id: string
  declare owner_id: string
  /** What the address is for, once it is confirmed. */
  declare purpose: 'reply_to' | 'owner'
  /** Lower case. */
  declare email: string
  declare token_hash: string
  declare created_at: Date
  declare expires_at: Date
  declare used_at: Date | null
}
