import type { Context } from '../context.js'
import { Touch } from '../db/models/touch.js'
import { lockCase, type OwnersCase } from './lock-case.js'
import { planCampaign } from './plan-campaign.js'
import { addEntry } from './timeline.js'

/**
 * Lets a paused case go on as if its time had stood still: a first touch that came due meanwhile is due now, and the
 * reminders are planned anew, later by the length of the pause, so that they keep their distances.
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
    const { paused_at, campaign_at } = recoveryCase
    // A campaign that began during the pause, as prompts were switched on, stood still only since then.
    const stoodStillMs = at.getTime() - Math.max(paused_at.getTime(), campaign_at.getTime())
    await Touch.query(trx)
      .where({ case_id: recoveryCase.id, step: 0, mail_id: null, skipped_at: null, canceled_at: null })
      .where('due_at', '<=', at)
      .patch({ due_at: at })
    const resumed = await recoveryCase.$query(trx).patchAndFetch({
      paused_at: null,
      campaign_at: new Date(campaign_at.getTime() + stoodStillMs),
      card_check_at: recoveryCase.card_check_at && at,
    })
    await planCampaign(context, trx, resumed)
    const entry = { kind: 'resumed', detail: { by: key.ownerId } } as const
    await addEntry(trx, recoveryCase, entry, { at, key: at.toISOString() })
    return 'done'
  })
}
