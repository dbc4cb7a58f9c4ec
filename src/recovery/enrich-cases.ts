import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { askStripe } from './ask-stripe.js'
import { learnTruth } from './learn-truth.js'

/** One case is in one worker's hands for this long, and asked about again after it at the earliest. */
const LEASE_MS = 60_000
const BATCH = 50

/**
 * Asks Stripe for what the payload did not say, for the open cases of a workspace whose time has come. A case for which
 * Stripe gives nothing comes up again, later and later as it ages, until it is closed.
 *
 * @returns whether touches may now be due: a case that had no address may have one
 */
export async function enrichCases(
  context: Context,
  { workspaceId }: { workspaceId: string },
): Promise<{ touches: boolean }> {
  let touches = false
  for (const recoveryCase of await claim(context, workspaceId)) {
    const truth = await askStripe(context, {
      workspaceId,
      connectionId: recoveryCase.connection_id,
      invoiceId: recoveryCase.stripe_invoice_id,
      beyondBudget: 'wait',
    })
    if (!truth) continue
    await learnTruth(context, recoveryCase, truth)
    touches = true
  }
  return { touches }
}

/** Moves the due time on before anybody asks: a worker that dies has lost nothing, and no two ask at once. */
async function claim({ db, now }: Context, workspaceId: string): Promise<RecoveryCase[]> {
  return db.transaction(async (trx) => {
    const due = await RecoveryCase.query(trx)
      .where({ workspace_id: workspaceId })
      .where('enrich_at', '<=', now())
      .orderBy('enrich_at')
      .limit(BATCH)
      .forUpdate()
      .skipLocked()
    for (const recoveryCase of due) {
      const age = now().getTime() - recoveryCase.opened_at.getTime()
      await recoveryCase.$query(trx).patch({ enrich_at: new Date(now().getTime() + Math.max(LEASE_MS, age)) })
    }
    return due
  })
}
