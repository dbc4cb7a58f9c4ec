import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { Template } from '../domain/campaign.js'
import type { DeclineClass, MailVariant } from '../domain/decline.js'
import { PermanentError } from '../errors.js'
import type { Mailer } from '../mail/mailer.js'
import { mailerFor } from './mailer-for.js'
import { linkPlace } from './open-case.js'
import { previewDigest } from './preview-digest.js'
import { correspondenceOf, type WrittenAbout, type WrittenMail, writeMail } from './write-mail.js'

/** Which mail is looked at. A digest has no class, no language and no invoices of its own. */
export interface MailKind {
  readonly template: Template | 'digest'
  readonly variant: MailVariant
  /** BCP 47. */
  readonly language: string
  /** About several invoices instead of one. */
  readonly several: boolean
}

/** `from_address`: null while no mail provider is set up. */
export type PreviewedMail = Omit<WrittenMail, 'from_address'> & { readonly from_address: string | null }

const NOBODY: Pick<Mailer, 'from'> = { from: 'no-reply@secondloop.invalid' }

/**
 * A mail as it would be sent from this workspace now: to the customer of a made-up case, by the code that writes the real
 * ones; the digest to the owner, with what it would truly say. Changes nothing, sends nothing. Its links lead to no case.
 *
 * @returns `null`: a digest that has nothing to say, so that there would be none
 */
export async function previewMail(
  context: Context,
  workspaceId: string,
  kind: MailKind,
): Promise<PreviewedMail | null> {
  const correspondence = await correspondenceOf(context.db, workspaceId)
  if (!correspondence) throw new PermanentError('A mail needs a workspace that is connected to Stripe')
  const { template } = kind
  const mailer = await mailerOfKind(context, workspaceId, kind)
  if (template === 'digest') {
    const digest = await previewDigest(context, workspaceId)
    if (!digest) return null
    const { subject, html, text } = digest
    const to_address = correspondence.owner.email
    const content = { html, text, headers: {} }
    return { to_address, from_address: mailer?.from ?? null, reply_to: mailer?.from ?? to_address, subject, content }
  }
  const touches = await exampleTouches(context, workspaceId, { ...kind, template })
  // As the customer gets it, in test mode too.
  const connection = correspondence.connection.$clone().$set({ mode: 'live' })
  const written = await writeMail(context, mailer ?? NOBODY, { ...correspondence, connection }, touches)
  return mailer ? written : { ...written, from_address: null }
}

/** Customers are written to through the workspace's sender, the owner through the installation's. */
export const mailerOfKind = (context: Context, workspaceId: string, { template }: Pick<MailKind, 'template'>) =>
  template === 'digest' ? Promise.resolve(context.mail) : mailerFor(context, workspaceId)

/** A decline for each of the mails. */
const DECLINES: Readonly<Record<MailVariant, readonly [DeclineClass, code: string]>> = {
  card: ['card', 'expired_card'],
  authentication: ['authentication', 'authentication_required'],
  funds: ['funds', 'insufficient_funds'],
  unknown: ['issuer', 'generic_decline'],
}

/** When such a mail goes out, in days after the renewal failed. */
const DAYS_AFTER: Readonly<Record<Template, number>> = { first_notice: 0, reminder: 3, final_notice: 7, thank_you: 3 }
const DAY_MS = 86_400_000

const INVOICES = [
  { plan_label: 'Pro', plan_interval: 'year', amount: 149_000, invoice_number: 'F4C1-0093', token: 'example' },
  { plan_label: 'Team', plan_interval: 'month', amount: 29_900, invoice_number: '7B20-0418', token: 'example-2' },
] as const

async function exampleTouches(
  { db, cipher, now }: Context,
  workspaceId: string,
  { template, variant, language, several }: MailKind & { readonly template: Template },
): Promise<WrittenAbout[]> {
  const [decline_class, decline_code] = DECLINES[variant]
  const latest = await RecoveryCase.query(db)
    .where({ workspace_id: workspaceId })
    .orderBy('opened_at', 'desc')
    .first()
    .select('currency')
  const time = now().getTime()
  return INVOICES.slice(0, several ? 2 : 1).map(({ amount, token, ...invoice }) => ({
    template,
    recoveryCase: RecoveryCase.fromJson({
      ...invoice,
      workspace_id: workspaceId,
      customer_name: 'Cloudsmith',
      customer_email: 'ap@cloudsmith.example',
      customer_locales: [language],
      plan_interval_count: 1,
      card_brand: 'visa',
      card_last4: '4242',
      decline_class,
      decline_code,
      currency: latest?.currency ?? 'usd',
      amount_remaining: amount,
      recovered: amount,
      failed_at: new Date(time - DAYS_AFTER[template] * DAY_MS),
      // Stripe never tries again what waits for a confirmation.
      next_attempt_at: variant === 'authentication' ? null : new Date(time + 3 * DAY_MS),
      link_token_sealed: cipher.seal(token, linkPlace(workspaceId)),
    }),
  }))
}
