import type { Context } from '../context.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { readSigningSecret } from '../stripe/signing-secret.js'
import { currentConnection } from './connect-stripe.js'
import { places } from './places.js'
import { saveSigningSecret } from './save-signing-secret.js'

const HOUR_MS = 3_600_000

/** So long Stripe signs with the old secret too. Source: docs.stripe.com/webhooks, roll endpoint signing secrets. */
export const LONGEST_SECRET_OVERLAP_HOURS = 24

export type AddedSecret =
  /** It signs from now on. */
  | { readonly kind: 'added'; readonly othersEndAt: Date }
  /** It is stored and valid already: nothing has changed. */
  | { readonly kind: 'known'; readonly endsAt: Date | null }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Rolls over to a new signing secret. Those before it stay valid for as long as the owner chose, none longer than that;
 * then they end by the clock. One that is valid already changes nothing, so running it twice does not either.
 */
export async function addSigningSecret(
  context: Context,
  { workspaceId, secret: typed, overlapHours }: { workspaceId: string; secret: string; overlapHours: number },
): Promise<AddedSecret> {
  const { cipher, db, now } = context
  if (!Number.isInteger(overlapHours) || overlapHours < 0 || overlapHours > LONGEST_SECRET_OVERLAP_HOURS) {
    const reason = `Choose how long the old secret stays valid: 0 to ${LONGEST_SECRET_OVERLAP_HOURS} hours, as Stripe does. Nothing has changed.`
    return { kind: 'refused', reason }
  }
  const read = readSigningSecret(typed)
  if (!read.usable) return { kind: 'refused', reason: read.reason }

  return db.transaction(async (trx): Promise<AddedSecret> => {
    const connection = await currentConnection(trx, workspaceId)
    if (!connection) {
      return { kind: 'refused', reason: 'Connect Stripe first: the secret belongs to an endpoint of its account.' }
    }
    await StripeConnection.query(trx).findById(connection.id).forUpdate()
    const valid = await validSecrets({ ...context, db: trx }, workspaceId, connection.id)
    const same = valid.find((one) => cipher.open(one.secret_sealed, places.signingSecret(workspaceId)) === read.secret)
    if (same) return { kind: 'known', endsAt: same.expires_at }
    const othersEndAt = new Date(now().getTime() + overlapHours * HOUR_MS)
    await saveSigningSecret(context, trx, connection, read.secret, {
      othersUntil: overlapHours > 0 ? othersEndAt : null,
    })
    return { kind: 'added', othersEndAt }
  })
}

/** As much of a secret as is ever shown again. */
export interface ListedSecret {
  readonly id: string
  readonly last4: string
  readonly savedAt: Date
  /** `null`: until it is replaced. */
  readonly endsAt: Date | null
}

/** The valid signing secrets of the current connection, the newest first. */
export async function listSigningSecrets(context: Context, workspaceId: string): Promise<ListedSecret[]> {
  const connection = await currentConnection(context.db, workspaceId)
  if (!connection) return []
  const secrets = await validSecrets(context, workspaceId, connection.id)
  return secrets.map(({ id, last4, created_at, expires_at }) => ({
    id,
    last4,
    savedAt: created_at,
    endsAt: expires_at,
  }))
}

function validSecrets({ db, now }: Context, workspaceId: string, connectionId: string): Promise<SigningSecret[]> {
  return SigningSecret.query(db)
    .where({ workspace_id: workspaceId, connection_id: connectionId })
    .where((valid) => valid.whereNull('expires_at').orWhere('expires_at', '>', now()))
    .orderBy('created_at', 'desc')
    .execute()
}
