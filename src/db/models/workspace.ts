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
  /** First name the mails are signed with; `null`: the workspace's name alone. */
  declare sender_name: string | null
  declare webhook_token_hash: string
  declare webhook_token_sealed: string
  /** `null`: prompts are off, no touch is planned. */
  declare prompts_on_at: Date | null
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
  declare created_at: Date
}
