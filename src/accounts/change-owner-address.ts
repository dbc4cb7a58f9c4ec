import { createHash } from 'node:crypto'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Owner } from '../db/models/owner.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { revokeSessions } from './sessions.js'
import { writeToOwner } from './write-to-owner.js'

const HOUR_MS = 3_600_000

interface AddressChange {
  readonly ownerId: string
  /** Lower case, checked, and confirmed by whoever reads its mailbox or vouched for by an operator. */
  readonly email: string
  /** The session in which it was asked for; all others end. */
  readonly keptSessionId?: string
}

/**
 * Moves an owner to another address. Links that were mailed to the old one are void, and the old one is told: whoever
 * reads it must learn that it opens nothing any more. It is told before the commit, because nothing remembers after it
 * that somebody is to be told; a repeat after a crash goes out under the same key, so it hears once.
 *
 * @returns `taken` when another owner has the address
 */
export async function changeOwnerAddress(
  context: Context,
  change: AddressChange,
): Promise<'changed' | 'unchanged' | 'taken'> {
  const standing = await ownerToMove(context.db, change)
  if (typeof standing === 'string') return standing
  await tellOldAddress(context, standing, change)

  const { email, keptSessionId, ownerId } = change
  return context.db.transaction(async (trx) => {
    const owner = await ownerToMove(trx, change)
    if (typeof owner === 'string') return owner
    const { email: old } = owner
    await owner.$query(trx).patch({ email })
    await SignInToken.query(trx).where({ email: old }).orWhere({ owner_id: ownerId }).delete()
    // Whoever had a stolen session may have asked for one of their own.
    await AddressConfirmation.query(trx).where({ owner_id: ownerId, purpose: 'owner' }).whereNot({ email }).delete()
    await revokeSessions({ ...context, db: trx }, ownerId, keptSessionId)
    return 'changed'
  })
}

async function ownerToMove(db: Db, { email, ownerId }: AddressChange): Promise<Owner | 'unchanged' | 'taken'> {
  const owner = await Owner.query(db).findById(ownerId).forUpdate().throwIfNotFound()
  if (owner.email === email) return 'unchanged'
  const other = await Owner.query(db).findOne({ email }).select('id')
  return other ? 'taken' : owner
}

async function tellOldAddress(context: Context, { id, email: old }: Owner, { email }: AddressChange): Promise<void> {
  // The same move in another hour is another one: whoever got the address back must hear that it is lost again.
  const hour = Math.floor(context.now().getTime() / HOUR_MS)
  const move = createHash('sha256').update(`${id} ${old} ${email} ${hour}`).digest('hex').slice(0, 32)
  const told = await writeToOwner(
    context,
    old,
    {
      subject: 'Your SecondLoop address was changed',
      paragraphs: [
        'This address no longer signs in to SecondLoop: your workspace has another one now.',
        'If you did not ask for that, write to whoever runs this installation at once.',
      ],
    },
    `owner-moved-${move}`,
  )
  if (told === 'not_sent') {
    context.log.error({ ownerId: id }, 'the old address of an owner could not be told of its change')
  }
}
