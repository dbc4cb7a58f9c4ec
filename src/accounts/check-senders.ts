import type { Context } from '../context.js'
import { Sender } from '../db/models/sender.js'
import { noteSenderWithdrawn, noteSenderWorks } from '../db/queries/note-sender-answer.js'
import { createProviderAccount } from '../mail/provider-account.js'
import { places } from './places.js'

const DAY_MS = 86_400_000
const AT_ONCE = 100

/**
 * Asks the provider about senders: those that it refused, and once a day all. One that works again is used again.
 *
 * @returns workspaces whose mails may go out again; ring for them
 */
export async function checkSenders(context: Context): Promise<string[]> {
  const { db, now } = context
  const senders = await Sender.query(db)
    .where((due) => due.whereNotNull('withdrawn_at').orWhere('checked_at', '<=', new Date(now().getTime() - DAY_MS)))
    .orderBy('checked_at')
    .limit(AT_ONCE)
  const working: string[] = []
  for (const sender of senders) {
    if (context.stopping.aborted) break
    if ((await check(context, sender)) && sender.withdrawn_at) working.push(sender.workspace_id)
  }
  return working
}

/** The same for one workspace, at the owner's word. @returns whether mails go out through it */
export async function checkSenderNow(context: Context, workspaceId: string): Promise<boolean> {
  const sender = await Sender.query(context.db).findOne({ workspace_id: workspaceId })
  return sender ? check(context, sender) : false
}

/** Of domains in these states Resend surely takes no mail. Of others it says itself, when it refuses one. */
const SENDS_NOTHING: readonly unknown[] = [null, 'failed', 'not_started', 'not_for_sending']

/**
 * A key that may only send can't ask: the next mail shows. At worst it is refused anew, and waits on. So it does where the
 * provider says yes and then refuses: over for good it is once a mail was taken, or the provider says yes to one that works.
 */
async function check(context: Context, sender: Sender): Promise<boolean> {
  const { db, now, cipher, settings } = context
  const since = now()
  const apiKey = cipher.open(sender.api_key_sealed, places.senderKey(sender.workspace_id))
  const domain = sender.from_address.slice(sender.from_address.lastIndexOf('@') + 1)
  const answer = await createProviderAccount({ apiKey, baseUrl: settings.mailBaseUrl }).domainStatus(domain)
  // Asked in vain too: whom the provider does not answer must not keep others from being asked.
  await Sender.query(db).findById(sender.id).patch({ checked_at: now() })
  if (answer.kind === 'failed') return false
  const isWithdrawn = sender.withdrawn_at !== null
  const status = answer.kind === 'told' ? answer.status : 'not_told'
  const works =
    answer.kind !== 'key_refused' && !SENDS_NOTHING.includes(status) && !(isWithdrawn && status === 'pending')
  if (works) await noteSenderWorks(db, sender, { since, now: now(), proven: status === 'verified' && !isWithdrawn })
  else await noteSenderWithdrawn(db, sender, answer.kind === 'key_refused' ? 'key' : 'domain', now())
  return works
}
