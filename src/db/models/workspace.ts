import type { DiagnosticRhythm } from '../../domain/diagnostic-schedule.js'
import type { DigestFrequency } from '../../domain/digest.js'
import { Row } from './row.js'

/** The tenant. */
export class Workspace extends Row {
  static override tableName = 'workspaces'
  declare id: string
  declare owner_id: string
  declare name: string
  /** IANA name, such as `Europe/Berlin`. */
  declare time_zone: string
  /** `null`: the owner's address. */
  declare reply_to: string | null
  /** A mail to `reply_to` came back: replies go to the owner until another address says yes. */
  declare reply_to_bounced_at: Date | null
  /** When the owner was last tried to be told of that, and told. */
  declare reply_to_tried_at: Date | null
  declare reply_to_told_at: Date | null
  /** First name the mails are signed with; `null`: the workspace's name alone. */
  declare sender_name: string | null
  declare webhook_token_hash: string
  declare webhook_token_sealed: string
  /** `null`: prompts are off, no touch is planned. */
  declare prompts_on_at: Date | null
  /** It came out of a backup, made at the second; `null`: not, or prompts were turned on since. */
  declare restored_at: Date | null
  declare restored_from: Date | null
  /** We pay the open invoice when the customer has another card. */
  declare pay_with_new_card: boolean
  /** Reminders go out between these minutes since midnight, in the workspace's time zone. */
  declare sending_from: number
  declare sending_until: number
  declare sends_on_weekends: boolean
  /** No reminder this soon after any mail to the same customer. */
  declare gap_hours: number
  /** Customers who paid are thanked. */
  declare thank_you: boolean
  /** How often the owner is mailed what came back and what needs human eyes. */
  declare digest: DigestFrequency
  /** `null`: off, or not worked out yet. */
  declare digest_due_at: Date | null
  /** When digests began; `null`: they are not planned yet. */
  declare digest_from: Date | null
  /** Why it was switched off without the owner: the mailbox did not want it. */
  declare digest_stopped: 'bounced' | 'complained' | 'suppressed' | null
  /** When the diagnostic runs by itself, on the workspace's clock; Sunday is 0. */
  declare diagnostic_every: DiagnosticRhythm
  declare diagnostic_weekday: number
  declare diagnostic_hour: number
  /** `null`: never, or not worked out yet. */
  declare diagnostic_due_at: Date | null
  /** Percent by which what is lost must grow for the owner to be told; `null`: never. */
  declare leak_threshold: number | null
  declare created_at: Date
}
