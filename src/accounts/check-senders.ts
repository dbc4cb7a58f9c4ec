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

/** A key that may only send can't ask: the next mail shows. At worst it is refused anew, and waits on. */
async function check(context: Context, sender: Sender): Promise<boolean> {
  const { db, now, cipher, settings } = context
  const apiKey = cipher.open(sender.api_key_sealed, places.senderKey(sender.workspace_id))
  const domain = sender.from_address.slice(sender.from_address.lastIndexOf('@') + 1)
  const answer = await createProviderAccount({ apiKey, baseUrl: settings.mailBaseUrl }).domainStatus(domain)
  if (answer.kind === 'failed') return false
  const works = answer.kind === 'not_allowed' || (answer.kind === 'told' && answer.status === 'verified')
  if (works) await noteSenderWorks(db, sender, { now: now(), proven: answer.kind === 'told' })
  else await noteSenderWithdrawn(db, sender, answer.kind === 'key_refused' ? 'key' : 'domain', now())
  if (!works) await Sender.query(db).findById(sender.id).patch({ checked_at: now() })
  return works
}
