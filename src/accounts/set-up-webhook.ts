import type { Context } from '../context.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { Workspace } from '../db/models/workspace.js'
import { type StripeRefusal, stripeRefusal } from '../stripe/client.js'
import { removeOtherEndpoints, standEndpoint } from '../stripe/webhook-endpoint.js'
import { currentConnection } from './connect-stripe.js'
import { places } from './places.js'
import { saveSigningSecret } from './save-signing-secret.js'

export type WebhookSetUp =
  | { readonly kind: 'stands' }
  | { readonly kind: 'no_connection' }
  /** Stripe did not do it. Nothing is lost: the next try goes on from there. */
  | { readonly kind: 'not_done'; readonly because: StripeRefusal }

/** Events that Stripe signed before are repeated for a while: the secret they carry stays good. */
const OTHERS_MS = 24 * 3_600_000

/**
 * Sets up the webhook endpoint at Stripe for the owner and stores its signing secret, which nobody sees. May be run
 * again at any time, and beside itself: one endpoint stays at the workspace's URL.
 */
export async function setUpWebhook(context: Context, workspaceId: string): Promise<WebhookSetUp> {
  const { db, now } = context
  const connection = await currentConnection(db, workspaceId)
  if (!connection) return { kind: 'no_connection' }
  const url = await webhookUrlOf(context, workspaceId)
  const secrets = await SigningSecret.query(db)
    .where({ workspace_id: workspaceId, connection_id: connection.id, expires_at: null })
    .whereNotNull('webhook_endpoint_id')
  const stripe = context.stripe(connection)
  try {
    const held = secrets.map(({ webhook_endpoint_id }) => webhook_endpoint_id ?? '').sort()
    const { id, secret } = await standEndpoint(stripe, { url, held, connectionId: connection.id })
    if (secret) {
      const othersUntil = new Date(now().getTime() + OTHERS_MS)
      await db.transaction((trx) =>
        saveSigningSecret(context, trx, connection, secret, { endpointId: id, othersUntil }),
      )
    }
    await removeOtherEndpoints(stripe, url, id)
    return { kind: 'stands' }
  } catch (error) {
    const because = stripeRefusal(error)
    if (because === null) throw error
    // Stripe's words may repeat the address, and the token in it.
    context.log.warn({ workspaceId, because }, 'Stripe did not set up the webhook endpoint')
    return { kind: 'not_done', because }
  }
}

/** Holds the workspace's token: for its owner only. */
export async function webhookUrlOf({ cipher, db, settings }: Context, workspaceId: string): Promise<string> {
  const workspace = await Workspace.query(db).findById(workspaceId).throwIfNotFound()
  const token = cipher.open(workspace.webhook_token_sealed, places.webhookToken(workspaceId))
  return `${settings.appUrl}/webhooks/stripe/${token}`
}
