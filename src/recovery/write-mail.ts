import { z } from 'zod'
import { type FirstNoticeInvoice, renderFirstNotice } from '../../emails/first-notice.js'
import { mailLanguage } from '../../emails/words/languages.js'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { cardInWords } from '../domain/card.js'
import { customerMayKnow, mailVariantFor } from '../domain/decline.js'
import { formatMoney } from '../domain/money.js'
import { planInWords } from '../domain/plan.js'
import { PermanentError } from '../errors.js'
import type { Mailer } from '../mail/mailer.js'
import { linkPlace } from './open-case.js'

/** Who writes, and on whose account. */
export interface Correspondence {
  readonly workspace: Workspace
  readonly owner: Owner
  readonly connection: StripeConnection
}

/** A mail before it is stored. */
export interface WrittenMail {
  readonly to_address: string
  readonly from_address: string
  readonly reply_to: string
  readonly subject: string
  /** Holds the recovery link: encrypted at rest. */
  readonly content: MailContent
}

export interface MailContent {
  readonly html: string
  readonly text: string
  readonly headers: Record<string, string>
}

/** Where the encrypted content of a mail belongs. */
export const mailPlace = (workspaceId: string) => ({ workspaceId, field: 'mails.content' })

export const isMailable = (address: string) => z.email().max(254).safeParse(address).success

/** `null`: the workspace was deleted, or Stripe was disconnected. */
export async function correspondenceOf(db: Db, workspaceId: string): Promise<Correspondence | null> {
  const workspace = await Workspace.query(db).findById(workspaceId)
  const owner = workspace && (await Owner.query(db).findById(workspace.owner_id))
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspaceId, replaced_at: null })
  return workspace && owner && connection ? { workspace, owner, connection } : null
}

/**
 * Writes the mail about one customer's open cases, in the customer's language.
 *
 * In a test-mode connection it goes to the owner, marked `[test]`, unless `TEST_MODE_MAIL=customer`.
 */
export async function writeMail(
  context: Context,
  mailer: Mailer,
  { workspace, owner, connection }: Correspondence,
  cases: readonly RecoveryCase[],
): Promise<WrittenMail> {
  const [first, ...others] = cases
  if (!first?.customer_email) throw new PermanentError('A mail needs a customer with an address')
  const language = mailLanguage(first.customer_locales ?? [])
  const invoice = (recoveryCase: RecoveryCase) => invoiceOf(context, workspace, recoveryCase, language)
  const { subject, html, text } = await renderFirstNotice({
    language,
    workspaceName: workspace.name,
    senderName: workspace.sender_name,
    customerName: first.customer_name,
    invoices: [invoice(first), ...others.map(invoice)],
  })
  const toOwner = connection.mode === 'test' && context.settings.testModeMail === 'owner'
  return {
    to_address: toOwner ? owner.email : first.customer_email,
    from_address: senderOf(workspace, mailer),
    reply_to: workspace.reply_to ?? owner.email,
    subject: toOwner ? `[test] ${subject}` : subject,
    content: { html, text, headers: others.length === 0 ? stopHeaders(invoice(first).stopLink) : {} },
  }
}

function invoiceOf(
  { settings, cipher }: Context,
  workspace: Workspace,
  recoveryCase: RecoveryCase,
  language: string,
): FirstNoticeInvoice {
  const link = `${settings.appUrl}/r/${cipher.open(recoveryCase.link_token_sealed, linkPlace(workspace.id))}`
  const { decline_class, decline_code, card_brand, card_last4, next_attempt_at, currency } = recoveryCase
  const day = (options: Intl.DateTimeFormatOptions, date: Date) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: workspace.time_zone }).format(date)
  return {
    variant: mailVariantFor(decline_class, decline_code),
    plan: planInWords(recoveryCase.plan_label, recoveryCase.plan_interval, recoveryCase.plan_interval_count),
    amount: formatMoney({ amount: recoveryCase.amount_remaining, currency }, language),
    number: recoveryCase.invoice_number,
    date: day({ dateStyle: 'long' }, recoveryCase.failed_at),
    card: cardInWords(card_brand, card_last4),
    cardExpired: decline_code === 'expired_card' && customerMayKnow(decline_code),
    nextAttempt: next_attempt_at && day({ weekday: 'long', day: 'numeric', month: 'long' }, next_attempt_at),
    link,
    stopLink: `${link}/stop`,
  }
}

/** From the workspace, by way of the installation's address. */
function senderOf({ name, sender_name }: Workspace, mailer: Mailer): string {
  const address = /<([^<>]+)>\s*$/.exec(mailer.from)?.[1] ?? mailer.from
  // RFC 5322 quoted-string: no line breaks or control characters, quotes and backslashes escaped.
  const shown = (sender_name ? `${sender_name} at ${name}` : name).replace(/\p{Cc}+/gu, ' ').replace(/["\\]/g, '\\$&')
  return `"${shown}" <${address}>`
}

/** One click in the mailbox stops the reminders. Source: RFC 8058. */
const stopHeaders = (stopLink: string) => ({
  'List-Unsubscribe': `<${stopLink}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})
