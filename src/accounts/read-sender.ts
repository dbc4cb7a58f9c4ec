import type { Context } from '../context.js'
import { Sender, type WithdrawnBecause } from '../db/models/sender.js'
import { senderWebhookUrl } from './sender-webhook.js'

/** A workspace's own sender as its owner may see it: nothing of it is secret but the token in the URL. */
export interface ShownSender {
  readonly fromAddress: string
  readonly keyLast4: string
  readonly keySavedAt: Date
  /** What showed that mails may come from the address: its domain's status, or a mail that was taken. */
  readonly verifiedBy: Sender['verified_by']
  /** When the provider was last asked, or took a mail. */
  readonly checkedAt: Date
  /** The provider refuses mails from it: due mails wait. */
  readonly withdrawn: { readonly since: Date; readonly because: WithdrawnBecause } | null
  /** Where the provider is to tell what became of mails. */
  readonly webhookUrl: string
  /** Whether what it tells there can be verified; otherwise the owner has to paste the signing secret. */
  readonly hasWebhookSecret: boolean
}

/** `null`: mails go through the installation's sender. */
export async function readSender(context: Context, workspaceId: string): Promise<ShownSender | null> {
  const sender = await Sender.query(context.db).findOne({ workspace_id: workspaceId })
  const webhookUrl = await senderWebhookUrl(context, workspaceId)
  if (!sender || !webhookUrl) return null
  const { withdrawn_at: since, withdrawn_because: because } = sender
  return {
    fromAddress: sender.from_address,
    keyLast4: sender.api_key_last4,
    keySavedAt: sender.key_saved_at,
    verifiedBy: sender.verified_by,
    checkedAt: sender.checked_at,
    withdrawn: since && because && { since, because },
    webhookUrl,
    hasWebhookSecret: sender.webhook_secret_sealed !== null,
  }
}
