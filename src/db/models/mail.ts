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
  /** Tells the owner how the workspace stands: it is about no touch. */
  declare is_digest: boolean
  declare provider_id: string | null
  declare accepted_at: Date | null
  declare refused_at: Date | null
  declare reason: string | null
  declare delivered_at: Date | null
  /** The receiver's server did not take it at once. */
  declare delayed_at: Date | null
  /** It did not arrive; nothing is known against the address. */
  declare failed_at: Date | null
  declare bounced_at: Date | null
  declare complained_at: Date | null
  declare suppressed_at: Date | null
  /** As the provider saw it, these two: by a person, as far as anybody can tell. */
  declare opened_at: Date | null
  declare clicked_at: Date | null
  /** Opened or clicked by a program, or sooner than anybody reads. */
  declare scanned_at: Date | null
  /** Address and content are gone: the customer was forgotten, or it was a digest, which names customers. */
  declare erased_at: Date | null
}
