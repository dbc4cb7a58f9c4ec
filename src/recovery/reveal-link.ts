import type { Context } from '../context.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { linkPlace } from './open-case.js'
import { addEntry } from './timeline.js'

/** A restless finger leaves one line a minute. */
const MINUTE_MS = 60_000

export type RevealedLink =
  | { readonly kind: 'link'; readonly url: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown' }

/** Gives the owner the recovery link of an open case, to pass on by hand. */
export async function revealLink(context: Context, key: OwnersCase): Promise<RevealedLink> {
  return context.db.transaction(async (trx) => {
    const recoveryCase = await lockCase(trx, key)
    if (!recoveryCase) return { kind: 'unknown' }
    if (recoveryCase.outcome) return { kind: 'closed' }

    const token = context.cipher.open(recoveryCase.link_token_sealed, linkPlace(key.workspaceId))
    const at = context.now()
    const minute = String(Math.floor(at.getTime() / MINUTE_MS))
    await addEntry(trx, recoveryCase, { kind: 'link_copied', detail: { by: key.ownerId } }, { at, key: minute })
    return { kind: 'link', url: `${context.settings.appUrl}/r/${token}` }
  })
}
