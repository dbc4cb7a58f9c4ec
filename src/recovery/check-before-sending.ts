import type { Context } from '../context.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { BATCH_LIMIT } from '../mail/mailer.js'
import { askStripe } from './ask-stripe.js'
import { companionTouches, MAY_GO_OUT, touchesToCheck } from './due-touches.js'
import { learnTruth } from './learn-truth.js'

/** A reminder waits for Stripe: this long until it is tried again. */
const POSTPONED_MS = 5 * 60_000
const CALLS_AT_ONCE = 4

/**
 * Asks Stripe about the cases of reminders that are due, and of first touches about failures that reached us late, so
 * that nobody who has paid meanwhile is written to. Each case moves to what Stripe says before its touch is looked at.
 *
 * @returns whether there are more to ask about
 */
export async function checkBeforeSending(
  context: Context,
  { workspaceId }: { workspaceId: string },
): Promise<{ more: boolean }> {
  const cases = await casesToCheck(context, workspaceId)
  const left = [...cases]
  let answers = 0
  const checkOneByOne = async () => {
    for (let next = left.shift(); next && !context.stopping.aborted; next = left.shift()) {
      if (await check(context, next)) answers += 1
    }
  }
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, checkOneByOne))
  return { more: cases.length >= BATCH_LIMIT && answers > 0 }
}

/** First touches first. */
async function casesToCheck({ db, now }: Context, workspaceId: string): Promise<RecoveryCase[]> {
  const time = now()
  const due = await touchesToCheck(db, time, workspaceId)
    .orderByRaw('touch.step > 0, touch.due_at')
    .limit(BATCH_LIMIT)
    .select<{ case_id: string; customer: string | null }[]>('touch.case_id', 'case.stripe_customer_id as customer')
  const { gap_hours } = await Workspace.query(db).findById(workspaceId).throwIfNotFound()
  const gap = { hours: gap_hours, customers: due.flatMap(({ customer }) => customer ?? []) }
  const company = await companionTouches(db, time, workspaceId, gap)
    .whereRaw(`not ${MAY_GO_OUT}`, { now: time })
    .limit(BATCH_LIMIT)
    .select<{ case_id: string }[]>('touch.case_id')
  const ids = new Set([...due, ...company].map(({ case_id }) => case_id))
  const cases = await RecoveryCase.query(db).whereIn('id', [...ids])
  const order = [...ids]
  return cases.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}

/** @returns whether Stripe answered */
async function check(context: Context, recoveryCase: RecoveryCase): Promise<boolean> {
  const truth = await askStripe(context, {
    workspaceId: recoveryCase.workspace_id,
    connectionId: recoveryCase.connection_id,
    invoiceId: recoveryCase.stripe_invoice_id,
    beyondBudget: 'wait',
  })
  if (truth) await learnTruth(context, recoveryCase, truth)
  await noteAnswer(context, recoveryCase, truth !== null)
  return truth !== null
}

async function noteAnswer({ db, now }: Context, { workspace_id, id }: RecoveryCase, isAnswered: boolean) {
  const planned = () =>
    Touch.query(db).where({ workspace_id, case_id: id, mail_id: null, skipped_at: null, canceled_at: null })
  if (isAnswered) {
    await planned().whereNotNull('unanswered_since').patch({ unanswered_since: null })
    return
  }
  await planned().where({ step: 0, unanswered_since: null }).patch({ unanswered_since: now() })
  await planned()
    .where('step', '>', 0)
    .where('due_at', '<=', now())
    .patch({ due_at: new Date(now().getTime() + POSTPONED_MS) })
}
