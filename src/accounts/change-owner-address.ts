import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Owner } from '../db/models/owner.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { revokeSessions } from './sessions.js'
import { writeToOwner } from './write-to-owner.js'

interface AddressChange {
  readonly ownerId: string
  /** Lower case, checked, and confirmed by whoever reads its mailbox or vouched for by an operator. */
  readonly email: string
  /** The session in which it was asked for; all others end. */
  readonly keptSessionId?: string
}

/**
 * Moves an owner to another address. Links that were mailed to the old one are void, and the old one is told: whoever
 * reads it must learn that it opens nothing any more.
 *
 * @returns `taken` when another owner has the address
 */
export async function changeOwnerAddress(
  context: Context,
  { email, keptSessionId, ownerId }: AddressChange,
): Promise<'changed' | 'unchanged' | 'taken'> {
  const previous = await context.db.transaction(async (trx) => {
    const owner = await Owner.query(trx).findById(ownerId).forUpdate().throwIfNotFound()
    if (owner.email === email) return null
    const { email: old } = owner
    const isTaken = (await Owner.query(trx).findOne({ email }).select('id')) !== undefined
    if (isTaken) return 'taken' as const
    await owner.$query(trx).patch({ email })
    await SignInToken.query(trx).where({ email: old }).orWhere({ owner_id: ownerId }).delete()
    // Whoever had a stolen session may have asked for one of their own.
    await AddressConfirmation.query(trx).where({ owner_id: ownerId, purpose: 'owner' }).whereNot({ email }).delete()
    await revokeSessions({ ...context, db: trx }, ownerId, keptSessionId)
    return { old }
  })
  if (previous === 'taken') return 'taken'
  if (!previous) return 'unchanged'
  const told = await writeToOwner(context, previous.old, {
    subject: 'Your SecondLoop address was changed',
    paragraphs: [
      'This address no longer signs in to SecondLoop: your workspace has another one now.',
      'If you did not ask for that, write to whoever runs this installation at once.',
    ],
  })
  if (told === 'not_sent') context.log.error({ ownerId }, 'the old address of an owner could not be told of its change')
  return 'changed'
}
