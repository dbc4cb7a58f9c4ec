import { Row } from './row.js'

/** A workspace's own way to send: a key of the mail provider and an address. */
export class Sender extends Row {
  static override tableName = 'senders'
  declare id: string
  declare workspace_id: string
  /** Bare, lower case. */
  declare from_address: string
  declare api_key_sealed: string
  declare api_key_last4: string
  /** As deliveries name it, never holds it. */
  declare provider_key: string
  declare key_saved_at: Date
  /** `domain`: the provider said that the address's domain is verified. `test_mail`: it took a mail from the address. */
  declare verified_by: 'domain' | 'test_mail'
  /** When the provider was last asked, or took a mail. */
  declare checked_at: Date
  /** The provider refuses mails from it since then. */
  declare withdrawn_at: Date | null
  declare withdrawn_because: WithdrawnBecause | null
  /** When the owner was last tried to be told, and told. */
  declare withdrawal_tried_at: Date | null
  declare withdrawal_told_at: Date | null
  declare webhook_token_hash: string
  declare webhook_token_sealed: string
  /** `null`: what became of mails is not heard of. */
  declare webhook_secret_sealed: string | null
  declare created_at: Date
}

/** The domain is no longer verified, or the key is refused. */
export type WithdrawnBecause = 'domain' | 'key'
