import { Row } from './row.js'

/** One call to the mail provider. Its mails never change; a repeat sends the same bytes under the same key. */
export class Delivery extends Row {
  static override tableName = 'deliveries'
  declare id: string
  declare workspace_id: string
  /** Names the provider key that paces it, never holds it. */
  declare provider_key: string
  declare idempotency_key: string
  declare fixed_at: Date
  /** Until then one worker has it. */
  declare lease_until: Date
  declare tries: number
  /** The provider took it or refused its mails one by one. */
  declare answered_at: Date | null
  /** Surely not accepted: its touches were planned anew. */
  declare dissolved_at: Date | null
  /** Its fate stays unknown: a human looks. */
  declare abandoned_at: Date | null
  declare reason: string | null
  /** The provider has forgotten its key, and is asked since then what it took. */
  declare looking_since: Date | null
  /** The provider's id of a mail: those that it took later were looked at. */
  declare looked_after: string | null
}
