import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { places } from './places.js'

interface How {
  /** Of the endpoint that we made; `null`: the secret was pasted. */
  readonly endpointId?: string | null
  /** Until when the secrets before it stay good; `null`: they end now. */
  readonly othersUntil?: Date | null
}

/**
 * The given secret signs from now on, and signature failures are counted from here. Running it twice changes nothing;
 * the connection is locked, so that of two at once one stores it.
 */
export async function saveSigningSecret(
  { cipher }: Pick<Context, 'cipher'>,
  trx: Db,
  { workspace_id, id: connection_id }: Pick<StripeConnection, 'workspace_id' | 'id'>,
  secret: string,
  { endpointId = null, othersUntil = null }: How = {},
): Promise<void> {
  await StripeConnection.query(trx).findById(connection_id).forUpdate()
  const stored = await SigningSecret.query(trx).where({ workspace_id, connection_id })
  const place = places.signingSecret(workspace_id)
  const same = stored.find((one) => cipher.open(one.secret_sealed, place) === secret)
  const others = SigningSecret.query(trx).whereIn(
    'id',
    stored.filter((one) => one !== same).map(({ id }) => id),
  )
  if (othersUntil) {
    await others
      .where((later) => later.whereNull('expires_at').orWhere('expires_at', '>', othersUntil))
      .patch({
        expires_at: othersUntil,
      })
  } else {
    await others.delete()
  }
  if (same) {
    await same.$query(trx).patch({ expires_at: null, ...(endpointId && { webhook_endpoint_id: endpointId }) })
    return
  }
  await SigningSecret.query(trx).insert({
    workspace_id,
    connection_id,
    secret_sealed: cipher.seal(secret, place),
    last4: secret.slice(-4),
    webhook_endpoint_id: endpointId,
  })
  await StripeConnection.query(trx).findById(connection_id).patch({ signature_failures: 0, signature_failed_at: null })
}
