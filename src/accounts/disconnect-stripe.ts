import type { Context } from '../context.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { dismissOpenCases } from '../db/queries/dismiss-open-cases.js'

/**
 * Ends the connection to Stripe: key and signing secrets are erased, those of earlier connections too, open cases close
 * as dismissed, and what was planned for them is canceled. What happened stays. Webhooks get 404 within 15 seconds;
 * one that slips in before opens no case. Running it twice changes nothing.
 *
 * Nothing is changed at Stripe: the owner deletes the endpoint and revokes the key there.
 */
export async function disconnectStripe(
  { db, now }: Context,
  workspaceId: string,
): Promise<'disconnected' | 'was_disconnected'> {
  return db.transaction(async (trx) => {
    await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    const connections = () => StripeConnection.query(trx).where({ workspace_id: workspaceId })
    const current = await connections().findOne({ replaced_at: null }).forUpdate()
    if (current) {
      await current.$query(trx).patch({ replaced_at: now() })
      await dismissOpenCases(trx, current.id, now())
    }
    await connections().whereNotNull('api_key_sealed').patch({ api_key_sealed: null })
    await SigningSecret.query(trx).where({ workspace_id: workspaceId }).delete()
    return current ? 'disconnected' : 'was_disconnected'
  })
}
