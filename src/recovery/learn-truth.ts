import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { advanceCase } from './advance-case.js'
import type { Truth } from './ask-stripe.js'
import { withEarlier } from './earlier-events.js'
import { isForgotten, withoutPerson } from './forgotten.js'
import { lockIds } from './lock-ids.js'

/** Moves a case to what Stripe answered, in one commit. A case that is gone meanwhile is left alone. */
export async function learnTruth(
  context: Context,
  { workspace_id, id, stripe_customer_id }: RecoveryCase,
  truth: Truth,
): Promise<void> {
  const { customer } = truth.facts
  await context.db.transaction(async (trx) => {
    await lockIds(trx, workspace_id, truth.facts.paymentIds)
    const forgotten = await isForgotten(trx, workspace_id, customer.id ?? customer.account ?? stripe_customer_id)
    const known = forgotten ? { ...truth, facts: withoutPerson(truth.facts) } : truth
    const locked = await RecoveryCase.query(trx).findOne({ workspace_id, id }).forUpdate()
    if (!locked) return
    const news = await withEarlier(trx, locked, { events: [], truth: known }, { isOpening: false })
    await advanceCase(context, trx, locked, news, 'answered')
  })
}
