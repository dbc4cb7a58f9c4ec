import { changeOwnerAddress } from '../accounts/change-owner-address.js'
import { createSignInLink } from '../accounts/sign-in.js'
import { readAddressChange } from '../config.js'
import { Owner } from '../db/models/owner.js'
import { StartError } from '../errors.js'
import { runCommand } from '../shutdown.js'
import { withContext } from './with-context.js'

/**
 * `npm run -s owner:address`: for an owner who lost the mailbox. Moves the owner in `OWNER_EMAIL` to `NEW_OWNER_EMAIL`,
 * ends every session, and prints a one-time link for the new address.
 */
await runCommand(async () => {
  const { from, to } = readAddressChange()
  const link = await withContext(async (context) => {
    const owner = await Owner.query(context.db).findOne({ email: from })
    if (!owner) throw new StartError('No owner has this OWNER_EMAIL.')
    const outcome = await changeOwnerAddress(context, { ownerId: owner.id, email: to })
    if (outcome === 'taken') throw new StartError('NEW_OWNER_EMAIL belongs to another owner. Nothing was changed.')
    return createSignInLink(context, owner.id)
  })
  process.stdout.write(`${link}\n`)
})
