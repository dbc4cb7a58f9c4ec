import { randomUUID } from 'node:crypto'
import { type OwnerNotice, renderOwnerNotice } from '../../emails/owner-notice.js'
import type { Context } from '../context.js'
import { sendAtOnce } from '../mail/send-at-once.js'

/**
 * Mails an owner, at once and past the deliveries: what it says is never stored. Repeats a call whose fate is unknown
 * under its key, so that one mail is sent.
 *
 * @param key names the mail, for whoever may say the same again after a crash; letters, digits, - and _
 * @returns `sent` once the provider took it; `no_provider` when none is set up
 */
export async function writeToOwner(
  context: Context,
  to: string,
  notice: OwnerNotice,
  key = `owner-${randomUUID()}`,
): Promise<'sent' | 'not_sent' | 'no_provider'> {
  const { mail: mailer } = context
  if (!mailer) return 'no_provider'
  const letter = await renderOwnerNotice(notice)
  const mail = { ...letter, from: mailer.from, to, replyTo: mailer.from, headers: {}, mailId: key }
  const { kind } = await sendAtOnce(context, mailer, mail, key)
  return kind === 'sent' ? 'sent' : 'not_sent'
}
