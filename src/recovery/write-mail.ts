import { z } from 'zod'
import { type MailInvoice, renderCustomerMail } from '../../emails/customer-mail.js'
import { mailLanguage, wordsIn } from '../../emails/words/languages.js'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import type { Template } from '../domain/campaign.js'
import { cardBrandName } from '../domain/card.js'
import { customerMayKnow, mailVariantFor } from '../domain/decline.js'
import { formatMoney } from '../domain/money.js'
import { PermanentError } from '../errors.js'
import type { Mailer } from '../mail/mailer.js'
import { workingReplyTo } from './note-reply-to.js'
import { linkPlace } from './open-case.js'

/** Who writes, and on whose account. */
export interface Correspondence {
  readonly workspace: Workspace
  readonly owner: Owner
  readonly connection: StripeConnection
}

/** A case, and which mail is written about it. */
export interface WrittenAbout {
  readonly recoveryCase: RecoveryCase
  readonly template: Template
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
 * Writes the mail about one customer's cases, in the customer's language.
 *
 * In a test-mode connection it goes to the owner, marked `[test]`, unless `TEST_MODE_MAIL=customer`.
 */
export async function writeMail(
  context: Context,
  mailer: Pick<Mailer, 'from'>,
  { workspace, owner, connection }: Correspondence,
  touches: readonly WrittenAbout[],
): Promise<WrittenMail> {
  const [first, ...others] = touches
  const customer = first?.recoveryCase
  if (!first || !customer?.customer_email) throw new PermanentError('A mail needs a customer with an address')
  const language = mailLanguage(customer.customer_locales ?? [])
  const invoice = ({ recoveryCase, template }: WrittenAbout) =>
    invoiceOf(context, workspace, recoveryCase, template, language)
  const firstInvoice = invoice(first)
  const { subject, html, text } = await renderCustomerMail({
    language,
    workspaceName: workspace.name,
    senderName: workspace.sender_name,
    customerName: customer.customer_name,
    invoices: [firstInvoice, ...others.map(invoice)],
  })
  const toOwner = connection.mode === 'test' && context.settings.testModeMail === 'owner'
  return {
    to_address: toOwner ? owner.email : customer.customer_email,
    from_address: senderOf(workspace, mailer, language),
    reply_to: workingReplyTo(workspace) ?? owner.email,
    subject: toOwner ? `[test] ${subject}` : subject,
    content: {
      html,
      text,
      headers: first.template === 'thank_you' ? {} : stopHeaders(firstInvoice.stopLink, touches.length),
    },
  }
}

function invoiceOf(
  { settings, cipher, now }: Context,
  workspace: Workspace,
  recoveryCase: RecoveryCase,
  template: Template,
  language: string,
): MailInvoice {
  const link = `${settings.appUrl}/r/${cipher.open(recoveryCase.link_token_sealed, linkPlace(workspace.id))}`
  const { decline_class, decline_code, next_attempt_at, currency } = recoveryCase
  const { card_brand, card_last4, plan_label, plan_interval, plan_interval_count } = recoveryCase
  const day = (options: Intl.DateTimeFormatOptions, date: Date) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: workspace.time_zone }).format(date)
  return {
    template,
    variant: mailVariantFor(decline_class, decline_code),
    plan: plan_label ? { label: plan_label, interval: plan_interval, intervalCount: plan_interval_count } : null,
    amount: formatMoney(
      { amount: template === 'thank_you' ? recoveryCase.recovered : recoveryCase.amount_remaining, currency },
      language,
    ),
    number: recoveryCase.invoice_number,
    date: day({ dateStyle: 'long' }, recoveryCase.failed_at),
    card: card_brand && card_last4 ? { brand: cardBrandName(card_brand), last4: card_last4 } : null,
    cardExpired: decline_code === 'expired_card' && customerMayKnow(decline_code),
    nextAttempt:
      next_attempt_at && next_attempt_at > now()
        ? day({ weekday: 'long', day: 'numeric', month: 'long' }, next_attempt_at)
        : null,
    link,
    stopLink: `${link}/stop`,
  }
}

/** From the workspace, by way of the installation's address. */
function senderOf({ name, sender_name }: Workspace, mailer: Pick<Mailer, 'from'>, language: string): string {
  const address = /<([^<>]+)>\s*$/.exec(mailer.from)?.[1] ?? mailer.from
  // RFC 5322 quoted-string: no line breaks or control characters, quotes and backslashes escaped.
  const signature = wordsIn(language).signature(sender_name, name)
  const shown = signature.replace(/\p{Cc}+/gu, ' ').replace(/["\\]/g, '\\$&')
  return `"${shown}" <${address}>`
}

/** One click in the mailbox stops the reminders about all that the mail is about. Source: RFC 8058. */
const stopHeaders = (stopLink: string, invoices: number) => ({
  'List-Unsubscribe': `<${stopLink}${invoices > 1 ? '?all=1' : ''}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})
