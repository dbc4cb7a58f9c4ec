import { places } from '../../src/accounts/places.js'
import type { Context } from '../../src/context.js'
import { Sender } from '../../src/db/models/sender.js'
import { providerKeyOf } from '../../src/mail/mailer.js'
import { hashToken, newToken } from '../../src/secrets/tokens.js'

/** A sender of a workspace's own, with something in every column that is sealed. */
export async function aStoredSender({ cipher, db, now }: Context, workspaceId: string): Promise<Sender> {
  const [apiKey, token] = [`re_${newToken()}`, newToken()]
  return Sender.query(db).insertAndFetch({
    workspace_id: workspaceId,
    from_address: 'billing@fernhill.example',
    api_key_sealed: cipher.seal(apiKey, places.senderKey(workspaceId)),
    api_key_last4: apiKey.slice(-4),
    provider_key: providerKeyOf(apiKey),
    key_saved_at: now(),
    verified_by: 'domain',
    checked_at: now(),
    webhook_token_hash: hashToken(token),
    webhook_token_sealed: cipher.seal(token, places.senderWebhookToken(workspaceId)),
    webhook_secret_sealed: cipher.seal(`whsec_${newToken()}`, places.senderWebhookSecret(workspaceId)),
    created_at: now(),
  })
}
