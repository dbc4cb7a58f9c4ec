import type { CaseEntry } from '../../db/models/case-entry.js'
import type { Mail } from '../../db/models/mail.js'
import type { RecoveryCase } from '../../db/models/recovery-case.js'
import type { Touch } from '../../db/models/touch.js'

/** What the presenters read of the rows: nothing sealed, no token. Model instances fit, and so do plain objects. */
export type CaseData = Pick<
  RecoveryCase,
  | 'id'
  | 'stripe_invoice_id'
  | 'stripe_customer_id'
  | 'stripe_subscription_id'
  | 'invoice_number'
  | 'customer_name'
  | 'customer_email'
  | 'plan_label'
  | 'plan_interval'
  | 'plan_interval_count'
  | 'card_brand'
  | 'card_last4'
  | 'decline_class'
  | 'decline_code'
  | 'attempt_count'
  | 'next_attempt_at'
  | 'currency'
  | 'exposure'
  | 'amount_remaining'
  | 'recovered'
  | 'returned'
  | 'paused_at'
  | 'subscription_paused'
  | 'failed_at'
  | 'received_at'
  | 'opened_at'
  | 'reminders_stopped_at'
  | 'closed_at'
  | 'outcome'
>

export type TouchData = Pick<
  Touch,
  'step' | 'template' | 'due_at' | 'mail_id' | 'sent_at' | 'skipped_at' | 'canceled_at' | 'reason'
>

export type EntryData = Pick<CaseEntry, 'id' | 'kind' | 'at' | 'detail'>

export type MailData = Pick<
  Mail,
  'id' | 'to_address' | 'from_address' | 'subject' | 'accepted_at' | 'refused_at' | 'reason'
> & {
  /** The plain text, decrypted. It holds the recovery link: for the owner's eyes. */
  readonly text: string
}
