import type { EmailBouncedEvent, EmailSentEvent, EmailSuppressedEvent } from 'resend'
import type { AcceptedMail, EmailEvent, MailState } from './accepted-mail.js'

export const STATE_AFTER = {
  'email.bounced': 'bounced',
  'email.clicked': 'clicked',
  'email.complained': 'complained',
  'email.delivered': 'delivered',
  'email.delivery_delayed': 'delivery_delayed',
  'email.failed': 'failed',
  'email.opened': 'opened',
  'email.scheduled': 'scheduled',
  'email.sent': 'sent',
  'email.suppressed': 'suppressed',
} as const satisfies Record<EmailEvent['type'], MailState>

export const EVENT_TYPES = Object.keys(STATE_AFTER) as EmailEvent['type'][]

/** The part that all events of a mail share; `to` are the addresses that this one is about. */
export function dataOf(mail: AcceptedMail, to: readonly string[] = mail.to): EmailSentEvent['data'] {
  return {
    created_at: new Date(mail.acceptedAt).toISOString(),
    email_id: mail.id,
    from: mail.from,
    message_id: messageIdOf(mail),
    subject: mail.subject,
    to: [...to],
    ...(mail.tags.length > 0 && { tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])) }),
  }
}

export function messageIdOf({ id }: AcceptedMail): string {
  return `<${id}@simulated.example>`
}

/** Sources: resend.com/docs/dashboard/emails/email-bounces; `diagnosticCode` is in its webhook page, not in the SDK. */
export function bounceOf(kind: 'permanent' | 'transient', to: readonly string[]): EmailBouncedEvent['data']['bounce'] {
  const permanent = kind === 'permanent'
  const bounce = {
    message: permanent
      ? 'The recipient’s mail server rejected the mail for good: it knows no such user (simulated).'
      : 'The recipient’s mailbox is full; it may take a mail later (simulated).',
    subType: permanent ? 'General' : 'MailboxFull',
    type: permanent ? 'Permanent' : 'Transient',
    diagnosticCode: to.map((address) =>
      permanent ? `smtp; 550 5.1.1 user unknown <${address}>` : `smtp; 452 4.2.2 mailbox full <${address}>`,
    ),
  }
  return bounce
}

/** Source: resend.com/docs/webhooks/emails/suppressed. */
export const SUPPRESSED: EmailSuppressedEvent['data']['suppressed'] = {
  message:
    'Resend has suppressed sending to this address because it is on the account-level suppression list. This does not count toward your bounce rate metric',
  type: 'OnAccountSuppressionList',
}
