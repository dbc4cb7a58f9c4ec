import { randomUUID } from 'node:crypto'
import { type OwnerNotice, renderOwnerNotice } from '../../emails/owner-notice.js'
import type { Context } from '../context.js'

const TRIES = 3
/** A person waits for it: what the provider wants to put off longer is asked for again by that person. */
const LONGEST_WAIT_MS = 5_000

/**
 * Mails an owner, at once and past the deliveries: what it says is never stored. Repeats a call whose fate is unknown
 * under its key, so that one mail is sent.
 *
 * @param key names the mail, for whoever may say the same again after a crash; letters, digits, - and _
 * @returns `sent` once the provider took it; `no_provider` when none is set up
 */
export async function writeToOwner(
  { log, mail: mailer, wait }: Context,
  to: string,
  notice: OwnerNotice,
  key = `owner-${randomUUID()}`,
): Promise<'sent' | 'not_sent' | 'no_provider'> {
  if (!mailer) return 'no_provider'
  const letter = await renderOwnerNotice(notice)
  const mail = { ...letter, from: mailer.from, to, replyTo: mailer.from, headers: {}, mailId: key }
  for (let tries = 1; ; tries += 1) {
    const result = await mailer.send([mail], key)
    if (result.kind === 'answered') return result.mails[0]?.accepted ? 'sent' : 'not_sent'
    log.warn({ reason: result.reason, tries }, 'a mail to an owner was not taken')
    const waitMs = result.kind === 'not_accepted' ? result.retryAfterMs : 1_000
    // Somebody has to mend that first.
    if (result.kind === 'not_accepted' && result.refuses) return 'not_sent'
    if (tries === TRIES || waitMs > LONGEST_WAIT_MS) return 'not_sent'
    await wait(waitMs)
  }
}
