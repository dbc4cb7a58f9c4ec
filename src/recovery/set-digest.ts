import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Workspace } from '../db/models/workspace.js'
import { type DigestFrequency, nextDigestAt } from '../domain/digest.js'
import { tellFromNow } from './read-digest.js'

/**
 * Sets how often the owner is mailed. A change of the rhythm leaves nothing out; switched on, digests begin now. The same
 * again changes nothing.
 */
export async function setDigest(context: Context, workspaceId: string, frequency: DigestFrequency): Promise<void> {
  const { db, now } = context
  await db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forNoKeyUpdate().throwIfNotFound()
    if (workspace.digest === frequency && !workspace.digest_stopped) return
    const isBeginning = workspace.digest === 'off' && frequency !== 'off'
    if (isBeginning) await tellFromNow({ ...context, db: trx }, workspaceId)
    await workspace.$query(trx).patch({
      digest: frequency,
      digest_due_at: frequency === 'off' ? null : nextDigestAt(frequency, now(), workspace.time_zone),
      digest_stopped: null,
      ...(isBeginning && { digest_from: now() }),
    })
  })
}

/** The owner's mailbox does not want digests: there are none until the owner asks for them again. */
export async function stopDigest(
  trx: Db,
  workspaceId: string,
  reason: NonNullable<Workspace['digest_stopped']>,
): Promise<void> {
  await Workspace.query(trx)
    .findById(workspaceId)
    .whereNot({ digest: 'off' })
    .patch({ digest: 'off', digest_due_at: null, digest_stopped: reason })
}
