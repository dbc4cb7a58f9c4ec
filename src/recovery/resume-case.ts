import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { addEntry } from './timeline.js'

/**
 * Lets a paused case go on as if its time had stood still: a first touch that came due meanwhile is due now, and the
 * reminders move on by the length of the pause, so that they keep their distances.
 *
 * @returns `done`: touches and cards may be due, ring for the workspace
 */
export async function resumeCase(
  context: Context,
  key: OwnersCase,
): Promise<'done' | 'already' | 'closed' | 'unknown'> {
  return context.db.transaction(async (trx) => {
    const recoveryCase = await lockCase(trx, key)
    if (!recoveryCase) return 'unknown'
    if (recoveryCase.outcome) return 'closed'
    if (!recoveryCase.paused_at) return 'already'

    const at = context.now()
    await moveTouches(trx, recoveryCase, { pausedAt: recoveryCase.paused_at, resumedAt: at })
    await recoveryCase.$query(trx).patch({ paused_at: null, card_check_at: recoveryCase.card_check_at && at })
    const entry = { kind: 'resumed', detail: { by: key.ownerId } } as const
    await addEntry(trx, recoveryCase, entry, { at, key: at.toISOString() })
    return 'done'
  })
}

async function moveTouches(
  trx: Db,
  { workspace_id, id }: RecoveryCase,
  { pausedAt, resumedAt }: { readonly pausedAt: Date; readonly resumedAt: Date },
): Promise<void> {
  const planned = () =>
    Touch.query(trx).where({ workspace_id, case_id: id, mail_id: null, skipped_at: null, canceled_at: null })
  await planned().where({ step: 0 }).where('due_at', '<=', resumedAt).patch({ due_at: resumedAt })
  const pausedMs = resumedAt.getTime() - pausedAt.getTime()
  const later = trx.raw("due_at + ?::bigint * interval '1 millisecond'", [pausedMs]) as never
  await planned().where('step', '>', 0).patch({ due_at: later })
}
