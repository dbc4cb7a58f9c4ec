import { Row } from './row.js'

/** One message as fixed and sent. */
export class Mail extends Row {
  static override tableName = 'mails'
  declare id: string
  declare workspace_id: string
  declare delivery_id: string
  declare position: number
  declare to_address: string
  declare from_address: string
  declare reply_to: string
  declare subject: string
  /** `{ html, text, headers }`, JSON, encrypted: it holds the recovery link. */
  declare content_sealed: string
  declare provider_id: string | null
  declare accepted_at: Date | null
  declare refused_at: Date | null
  declare reason: string | null
  /** The customer was forgotten: address and content are gone. */
  declare erased_at: Date | null
}
