import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'
import { messageOf, StartError } from '../errors.js'
import type { Cipher } from '../secrets/cipher.js'
import { places } from './places.js'

/**
 * Makes sure that the secret key opens what is stored, before anything depends on it.
 *
 * @throws StartError when it is another key: a new one would leave every stored key and link unreadable
 */
export async function checkSecretKey({ db, cipher }: Context): Promise<void> {
  const newest = await Workspace.query(db).orderBy('created_at', 'desc').first()
  if (newest) insistOpens(cipher, newest)
}

/** @throws StartError when the key is not the one that sealed what is stored with this workspace */
export function insistOpens(cipher: Cipher, workspace: Pick<Workspace, 'id' | 'webhook_token_sealed'>): void {
  try {
    cipher.open(workspace.webhook_token_sealed, places.webhookToken(workspace.id))
  } catch (error) {
    throw new StartError(
      'The secret key does not open what is stored in this database. Set SECRET_KEY, or put the file secret-key back ' +
        'into DATA_DIR, as it was when the workspace was created.',
      { cause: messageOf(error) },
    )
  }
}
