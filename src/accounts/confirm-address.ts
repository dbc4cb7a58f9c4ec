import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Workspace } from '../db/models/workspace.js'
import { hashToken } from '../secrets/tokens.js'
import { changeOwnerAddress } from './change-owner-address.js'
import { TAKES_MAIL } from './reply-to.js'

type Purpose = AddressConfirmation['purpose']

export type ConfirmationState =
  | { readonly kind: 'valid'; readonly purpose: Purpose; readonly email: string }
  | { readonly kind: 'used' | 'expired' | 'unknown' }

/** What a mailed link is worth. Consumes nothing: scanners open links before people do. */
export async function inspectConfirmation({ db, now }: Context, token: string): Promise<ConfirmationState> {
  const row = await AddressConfirmation.query(db).findOne({ token_hash: hashToken(token) })
  if (!row) return { kind: 'unknown' }
  if (row.used_at) return { kind: 'used' }
  if (row.expires_at <= now()) return { kind: 'expired' }
  return { kind: 'valid', purpose: row.purpose, email: row.email }
}

export type Confirmed =
  | { readonly kind: 'confirmed'; readonly purpose: Purpose; readonly ownerId: string; readonly email: string }
  /** Another owner took the address since it was asked for. */
  | { readonly kind: 'taken' }
  | Exclude<ConfirmationState, { kind: 'valid' }>

/**
 * Takes the yes of whoever reads the mailbox, once: from now on replies go there, or the owner signs in with it.
 *
 * @param keptSessionId of the owner's session here, if this browser has one; a change of the owner's address ends all
 *   others
 */
export async function confirmAddress(
  context: Context,
  { token, keptSessionId }: { token: string; keptSessionId?: string },
): Promise<Confirmed> {
  const { db, now } = context
  const state = await inspectConfirmation(context, token)
  if (state.kind !== 'valid') return state
  const row = await AddressConfirmation.query(db).findOne({ token_hash: hashToken(token), used_at: null })
  if (!row) return { kind: 'used' }
  const { email, owner_id: ownerId, purpose } = row

  // Changing the address twice changes nothing, so a crash before the link is marked as used loses nothing either.
  if (purpose === 'owner') {
    const changed = await changeOwnerAddress(context, { ownerId, email, ...(keptSessionId && { keptSessionId }) })
    if (changed === 'taken') return { kind: 'taken' }
  }
  return db.transaction(async (trx): Promise<Confirmed> => {
    const used = await AddressConfirmation.query(trx).where({ id: row.id, used_at: null }).patch({ used_at: now() })
    if (used === 0) return { kind: 'used' }
    if (purpose === 'reply_to') {
      await Workspace.query(trx)
        .where({ owner_id: ownerId })
        .patch({ reply_to: email, ...TAKES_MAIL })
    }
    return { kind: 'confirmed', purpose, ownerId, email }
  })
}
