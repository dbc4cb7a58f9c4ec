import type { Template } from '../../domain/campaign.js'
import { Row } from './row.js'

/** One contact with a customer about a case. Planned while it has neither mail nor end. */
export class Touch extends Row {
  static override tableName = 'touches'
  declare id: string
  declare workspace_id: string
  declare case_id: string
  /** Counts the contacts of a case; 0 is the first touch. */
  declare step: number
  declare template: Template
  /** Of the campaign's line that it was planned for. */
  declare wait_minutes: number
  declare due_at: Date
  /** The owner asked for it by hand: the campaign no longer moves it. */
  declare asked_at: Date | null
  /** Stripe was asked in vain since then whether it may still go out. */
  declare unanswered_since: Date | null
  declare mail_id: string | null
  declare sent_at: Date | null
  declare skipped_at: Date | null
  declare canceled_at: Date | null
  /** Why it was skipped or canceled. */
  declare reason: string | null
}
