import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { BATCH_LIMIT } from '../mail/mailer.js'
import { askStripe } from './ask-stripe.js'
import { learnTruth } from './learn-truth.js'

/** A mail planned this long after its failure, or due since this long, may have been overtaken by a payment. */
const LATE = '2 minutes'
const OVERDUE = '10 minutes'
/** What Stripe said is good for this long. */
const GOOD_FOR = '2 minutes'
/** The first mail has five minutes: after so many without an answer it no longer waits for Stripe. */
const PATIENCE = '3 minutes'
/** A reminder waits for Stripe: this long until it is tried again. */
const POSTPONED_MS = 5 * 60_000

/**
 * SQL that holds for touches that may go out as far as Stripe is concerned: a first touch about a fresh failure at once,
 * anything else only shortly after Stripe was asked. Tables `touch` and `case`; binds `now`.
 */
export const MAY_GO_OUT = `(
  coalesce("case".checked_at >= :now::timestamptz - interval '${GOOD_FOR}', false)
  or (touch.step = 0 and touch.due_at - "case".failed_at <= interval '${LATE}'
      and touch.due_at >= :now::timestamptz - interval '${OVERDUE}')
  or (touch.step = 0 and coalesce(touch.unanswered_since <= :now::timestamptz - interval '${PATIENCE}', false))
)`

/**
 * Asks Stripe about the cases of reminders that are due, and of first touches about failures that reached us late, so
 * that nobody who has paid meanwhile is written to. Each case moves to what Stripe says before its touch is looked at.
 */
export async function checkBeforeSending(context: Context, workspaceId: string): Promise<void> {
  for (const recoveryCase of await casesToCheck(context, workspaceId)) {
    if (context.stopping.aborted) return
    const truth = await askStripe(context, {
      workspaceId,
      connectionId: recoveryCase.connection_id,
      invoiceId: recoveryCase.stripe_invoice_id,
      beyondBudget: 'wait',
    })
    if (truth) await learnTruth(context, recoveryCase, truth)
    await noteAnswer(context, recoveryCase, truth !== null)
  }
}

async function casesToCheck({ db, now }: Context, workspaceId: string): Promise<RecoveryCase[]> {
  const ids = dueTouches(db, now(), workspaceId)
    .whereRaw(`not ${MAY_GO_OUT}`, { now: now() })
    .orderBy('touch.due_at')
    .limit(BATCH_LIMIT)
    .select('touch.case_id')
  return RecoveryCase.query(db).whereIn('id', ids)
}

/** What is due and not held: by the owner, by a paused subscription, or because the case is closed. */
export function dueTouches(db: Db, now: Date, workspaceId?: string) {
  return db('touches as touch')
    .join('recovery_cases as case', 'case.id', 'touch.case_id')
    .where({
      ...(workspaceId && { 'touch.workspace_id': workspaceId }),
      'case.closed_at': null,
      'case.paused_at': null,
    })
    .where({ 'touch.mail_id': null, 'touch.skipped_at': null, 'touch.canceled_at': null })
    .where('case.subscription_paused', false)
    .where('touch.due_at', '<=', now)
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
