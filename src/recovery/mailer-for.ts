import type { Context } from '../context.js'
import { Sender } from '../db/models/sender.js'
import type { Mailer } from '../mail/mailer.js'

/** What sends a workspace's mails: its own sender, else the installation's. `null`: nothing does. */
export async function mailerFor(context: Context, workspaceId: string): Promise<Mailer | null> {
  const sender = await Sender.query(context.db).findOne({ workspace_id: workspaceId })
  return sender ? context.mailerOf(sender) : context.mail
}

/**
 * What sent through this key, and may repeat: another key would make it a second mail. `null`: the key is not ours any
 * more.
 */
export async function mailerWithKey(
  context: Context,
  { workspaceId, providerKey }: { readonly workspaceId: string; readonly providerKey: string },
): Promise<Mailer | null> {
  if (context.mail?.providerKey === providerKey) return context.mail
  const sender = await Sender.query(context.db).findOne({ workspace_id: workspaceId, provider_key: providerKey })
  return sender ? context.mailerOf(sender) : null
}
