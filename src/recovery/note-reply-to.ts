import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Workspace } from '../db/models/workspace.js'
import type { MailEvent } from '../mail/resend-webhook.js'

/**
 * A mail to an address for replies came back: replies go to the owner from now on, who is to be told. Nothing that happened
 * before the address last said yes counts.
 */
export async function noteReplyTo(
  { db, now }: Context,
  { kind, recipient, at }: MailEvent,
  workspaceId: string | null,
): Promise<void> {
  if (!recipient || (kind !== 'bounced' && kind !== 'suppressed')) return
  const address = recipient.toLowerCase()
  const bounced = await Workspace.query(db)
    .where({ reply_to: address, reply_to_bounced_at: null, ...(workspaceId && { id: workspaceId }) })
    .select('id', 'owner_id')
  for (const { id, owner_id } of bounced) {
    const confirmed = await AddressConfirmation.query(db)
      .where({ owner_id, purpose: 'reply_to', email: address })
      .where('used_at', '>', at ?? now())
      .first()
    if (!confirmed) await Workspace.query(db).where({ id, reply_to: address }).patch({ reply_to_bounced_at: now() })
  }
}

/** The address for replies, while it takes mail; `null`: the owner's serves. */
export const workingReplyTo = ({ reply_to, reply_to_bounced_at }: Workspace): string | null =>
  reply_to_bounced_at ? null : reply_to
