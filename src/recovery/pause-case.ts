import type { Context } from '../context.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { addEntry } from './timeline.js'

/** Holds what is planned for an open case until the owner resumes it. A mail that is fixed already still goes out. */
export async function pauseCase(context: Context, key: OwnersCase): Promise<'done' | 'already' | 'closed' | 'unknown'> {
  return context.db.transaction(async (trx) => {
    const recoveryCase = await lockCase(trx, key)
    if (!recoveryCase) return 'unknown'
    if (recoveryCase.outcome) return 'closed'
    if (recoveryCase.paused_at) return 'already'

    const at = context.now()
    await recoveryCase.$query(trx).patch({ paused_at: at })
    const entry = { kind: 'paused', detail: { by: key.ownerId } } as const
    await addEntry(trx, recoveryCase, entry, { at, key: at.toISOString() })
    return 'done'
  })
}
