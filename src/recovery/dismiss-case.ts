import type { Context } from '../context.js'
import { observe } from '../domain/case.js'
import { cancelPlannedTouches } from './advance-case.js'
import { columnsOf, readState } from './case-state.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { addEntry } from './timeline.js'

/**
 * Closes an open case as *dismissed* by the owner's word and drops what is planned. Stripe goes on as it does: when the
 * invoice is paid later, the case becomes recovered.
 */
export async function dismissCase(
  context: Context,
  key: OwnersCase,
): Promise<'done' | 'already' | 'closed' | 'unknown'> {
  return context.db.transaction(async (trx) => {
    const recoveryCase = await lockCase(trx, key)
    if (!recoveryCase) return 'unknown'
    if (recoveryCase.outcome) return recoveryCase.outcome === 'dismissed' ? 'already' : 'closed'

    const at = context.now()
    const state = observe(await readState(trx, recoveryCase), { kind: 'dismissal', at })
    await recoveryCase.$query(trx).patch({ ...columnsOf(state), enrich_at: null })
    await cancelPlannedTouches(context, trx, recoveryCase)
    await addEntry(trx, recoveryCase, { kind: 'dismissed', detail: { by: key.ownerId } }, { at })
    return 'done'
  })
}
