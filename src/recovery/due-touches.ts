import type { Db } from '../db/knex.js'

/**
 * What may be sent and is not held: by prompts that are off, by the owner, by a paused subscription, by a sender that the
 * provider refuses, or because the case is closed; thanks are for closed ones. Tables `touch`, `case` and `workspace`.
 */
export function plannedTouches(db: Db, workspaceId?: string) {
  return (
    db('touches as touch')
      .join('recovery_cases as case', 'case.id', 'touch.case_id')
      .join('workspaces as workspace', 'workspace.id', 'touch.workspace_id')
      .where({ ...(workspaceId && { 'touch.workspace_id': workspaceId }), 'case.paused_at': null })
      .where({ 'touch.mail_id': null, 'touch.skipped_at': null, 'touch.canceled_at': null })
      .whereNotNull('workspace.prompts_on_at')
      // A case without an address whose facts are still being asked for keeps its touch.
      .where((either) => either.whereNotNull('case.customer_email').orWhereNull('case.enrich_at'))
      .whereRaw('exists (select from stripe_connections where id = "case".connection_id and replaced_at is null)')
      .whereRaw('not exists (select from senders where workspace_id = touch.workspace_id and withdrawn_at is not null)')
      .where((either) =>
        either
          .where({ 'touch.template': 'thank_you' })
          .orWhere({ 'case.closed_at': null, 'case.subscription_paused': false }),
      )
  )
}

export function dueTouches(db: Db, now: Date, workspaceId?: string) {
  return plannedTouches(db, workspaceId).where('touch.due_at', '<=', now)
}

/**
 * Reminders that come due before the gap to a mail of now is over: those of customers who are written to now may join
 * that mail, or they would follow it a gap later.
 */
export function companionTouches(
  db: Db,
  now: Date,
  workspaceId: string,
  { hours, customers }: { readonly hours: number; readonly customers: readonly string[] },
) {
  return plannedTouches(db, workspaceId)
    .whereIn('case.stripe_customer_id', customers)
    .whereNot({ 'touch.template': 'thank_you' })
    .where('touch.due_at', '<=', new Date(now.getTime() + hours * 3_600_000))
}

/**
 * A mail planned this long after its failure, or due since this long, may have been overtaken by a payment. Sooner, it goes
 * out within its five minutes, however many fail at once.
 */
const LATE = '4 minutes'
const OVERDUE = '10 minutes'
/** What Stripe said is good for this long. */
const GOOD_FOR = '2 minutes'
/** The first mail has five minutes: after so many without an answer it no longer waits for Stripe. */
const PATIENCE = '3 minutes'

/**
 * SQL that holds for touches that may go out as far as Stripe is concerned: thanks, and a first touch about a fresh
 * failure, at once; anything else only shortly after Stripe was asked. Tables `touch` and `case`; binds `now`.
 */
export const MAY_GO_OUT = `(
  coalesce("case".checked_at >= :now::timestamptz - interval '${GOOD_FOR}', false)
  or touch.template = 'thank_you'
  or (touch.step = 0 and touch.due_at - "case".failed_at <= interval '${LATE}'
      and touch.due_at >= :now::timestamptz - interval '${OVERDUE}')
  or (touch.step = 0 and coalesce(touch.unanswered_since <= :now::timestamptz - interval '${PATIENCE}', false))
)`

/** Due, and not to go out before Stripe was asked. */
export function touchesToCheck(db: Db, now: Date, workspaceId?: string) {
  return dueTouches(db, now, workspaceId).whereRaw(`not ${MAY_GO_OUT}`, { now })
}
