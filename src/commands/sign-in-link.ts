import { createSignInLink } from '../accounts/sign-in.js'
import { readOwnerEmail } from '../config.js'
import { Owner } from '../db/models/owner.js'
import { StartError } from '../errors.js'
import { runCommand } from '../shutdown.js'
import { withContext } from './with-context.js'

/** `npm run -s sign-in:link`: prints a one-time link for the owner in `OWNER_EMAIL`. */
await runCommand(async () => {
  const email = readOwnerEmail()
  const link = await withContext(async (context) => {
    const owner = await Owner.query(context.db).findOne({ email })
    if (!owner)
      throw new StartError('No owner has this OWNER_EMAIL. Create the workspace first: npm run workspace:create')
    return createSignInLink(context, owner.id)
  })
  process.stdout.write(`${link}\n`)
})
