import type { Context } from '../context.js'
import { Sender } from '../db/models/sender.js'
import { hashToken } from '../secrets/tokens.js'
import { places } from './places.js'

/** Takes the signing secret of a webhook that the owner made at the provider by hand. */
export async function saveSenderSecret(
  { db, cipher }: Context,
  { workspaceId, secret }: { workspaceId: string; secret: string },
): Promise<{ kind: 'saved' } | { kind: 'refused'; reason: string }> {
  const given = secret.trim()
  if (!/^whsec_[\w+/=-]{16,200}$/.test(given)) {
    return { kind: 'refused', reason: 'A signing secret begins with whsec_. Copy it from the webhook in Resend.' }
  }
  const sealed = cipher.seal(given, places.senderWebhookSecret(workspaceId))
  const saved = await Sender.query(db).where({ workspace_id: workspaceId }).patch({ webhook_secret_sealed: sealed })
  return saved > 0 ? { kind: 'saved' } : { kind: 'refused', reason: 'There is no sender of your own.' }
}

/** Whose webhook this is. `secret`: what signs it, where it is known. */
export async function webhookOf(
  { cipher, db }: Context,
  token: string,
): Promise<{ readonly workspaceId: string; readonly secret: string | null } | null> {
  const sender = await Sender.query(db).findOne({ webhook_token_hash: hashToken(token) })
  if (!sender) return null
  const { webhook_secret_sealed: sealed, workspace_id: workspaceId } = sender
  return { workspaceId, secret: sealed && cipher.open(sealed, places.senderWebhookSecret(workspaceId)) }
}

/** Where the provider is to tell what became of mails. Holds a token: for the owner only. */
export async function senderWebhookUrl({ cipher, db, settings }: Context, workspaceId: string): Promise<string | null> {
  const sender = await Sender.query(db).findOne({ workspace_id: workspaceId })
  if (!sender) return null
  return `${settings.appUrl}/webhooks/resend/${cipher.open(sender.webhook_token_sealed, places.senderWebhookToken(workspaceId))}`
}
