import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Suppression } from '../db/models/suppression.js'
import { isHashed } from './suppressions.js'
import { addEntry } from './timeline.js'

/** A suppression of a workspace, and its owner, who ends it. */
export interface OwnersSuppression {
  readonly workspaceId: string
  readonly ownerId: string
  readonly suppressionId: string
}

/**
 * Takes an address off a workspace's list, at its owner's wish: it may be written to again, by what comes next. What was
 * skipped stays skipped. The open cases of the address say so on their timelines. One commit; `unknown`: it stands there
 * no longer.
 *
 * The mail provider keeps a list of its own: while the address stands there, nothing is delivered to it, and the
 * provider's next word about that brings it back here. Source: resend.com/docs/dashboard/emails/email-suppressions.
 */
export async function allowAgain(context: Context, key: OwnersSuppression): Promise<'allowed' | 'unknown'> {
  const { workspaceId: workspace_id, ownerId, suppressionId } = key
  return context.db.transaction(async (trx) => {
    const suppression = await Suppression.query(trx).findOne({ workspace_id, id: suppressionId })
    if (!suppression) return 'unknown'
    const at = context.now()
    // The cases first, as whoever forgets a customer takes them before the list.
    for (const recoveryCase of isHashed(suppression.address) ? [] : await openCasesOf(suppression)) {
      const entry = { kind: 'address_allowed', detail: { by: ownerId } } as const
      await addEntry(trx, recoveryCase, entry, { at, key: suppressionId })
    }
    const removed = await Suppression.query(trx).where({ workspace_id, id: suppressionId }).delete()
    return removed > 0 ? 'allowed' : 'unknown'

    function openCasesOf({ address }: Suppression) {
      return RecoveryCase.query(trx)
        .where({ workspace_id, closed_at: null })
        .whereRaw('lower(customer_email) = ?', [address])
        .orderBy('id')
        .select('id', 'workspace_id')
    }
  })
}
