import type { Context } from '../context.js'
import { Delivery } from '../db/models/delivery.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import type { Mailer } from '../mail/mailer.js'
import { dueTouches, MAY_GO_OUT, plannedTouches, touchesToCheck } from './due-touches.js'
import { fixDelivery, LEASE_MS, skipTouch } from './fix-delivery.js'
import { mailerFor, mailerWithKey } from './mailer-for.js'
import { sendDelivery } from './send-delivery.js'
import { LONGEST_WAIT_MS, waitForSlot } from './wait-for-slot.js'

/** Then the next workspace has its turn, and this one goes on behind it. */
const DELIVERIES_A_TURN = 10
/** Whoever holds a case lets go of it about as soon. */
const HELD_MS = 250
/** Reminders stand back this long when somebody's first mail waits. */
const STAND_BACK_MS = 2_000
/** A first touch that waits for longer waits for something else than us. */
const FRESH_MS = 2 * 60_000

/** What the caller should ring for. */
export interface AfterDelivery {
  /** When to look again: something is planned for then, or this turn is over. */
  readonly nextAt: Date | null
  /** Stripe is to be asked before more may go out. */
  readonly checks: boolean
}

/**
 * Sends what is due for a workspace: first the deliveries whose worker died or whose fate is unknown, unchanged; then
 * the touches, each fixed before its first send, first touches before reminders. Never waits for Stripe. Safe to run
 * twice and beside another worker.
 */
export async function deliverTouches(
  context: Context,
  { workspaceId }: { workspaceId: string },
): Promise<AfterDelivery> {
  await repeatDeliveries(context, workspaceId)
  const mailer = await mailerFor(context, workspaceId)
  const end = mailer ? await sendAll(context, mailer, workspaceId) : await skipAll(context, workspaceId)
  return { nextAt: end ?? (await nextDue(context, workspaceId)), checks: await hasChecks(context, workspaceId) }
}

/** Unchanged, and through the key that they were fixed for: another would make them second mails. */
async function repeatDeliveries(context: Context, workspaceId: string): Promise<void> {
  for (let turn = 0; turn < DELIVERIES_A_TURN && !context.stopping.aborted; turn += 1) {
    const waiting = await underWay(context, workspaceId).orderBy('lease_until').first()
    if (!waiting) return
    const mailer = await mailerWithKey(context, { workspaceId, providerKey: waiting.provider_key })
    if (mailer && !(await waitForSlot(context, mailer))) return
    const repeated = await leaseDelivery(context, waiting)
    if (repeated) await sendDelivery(context, mailer, repeated)
  }
}

/** @returns when to go on, when there is more to do that has to wait */
async function sendAll(context: Context, mailer: Mailer, workspaceId: string): Promise<Date | null> {
  for (let turn = 0; turn < DELIVERIES_A_TURN && !context.stopping.aborted; turn += 1) {
    const ready = await nextReady(context, workspaceId)
    if (!ready) return null
    if (ready.step > 0 && (await isFirstTouchWaitingElsewhere(context, workspaceId))) {
      return new Date(context.now().getTime() + STAND_BACK_MS)
    }
    if (!(await waitForSlot(context, mailer))) return new Date(context.now().getTime() + LONGEST_WAIT_MS / 2)

    const { taken, deliveryId } = await fixDelivery(context, mailer, workspaceId)
    // Another worker has them, or holds their cases for a moment.
    if (taken === 0) return new Date(context.now().getTime() + HELD_MS)
    if (deliveryId) await sendDelivery(context, mailer, deliveryId)
  }
  return context.now()
}

const underWay = (context: Context, workspaceId: string) =>
  Delivery.query(context.db)
    .where({ workspace_id: workspaceId, answered_at: null, dissolved_at: null, abandoned_at: null })
    .where('lease_until', '<=', context.now())

/** The most urgent touch that may go out. */
async function nextReady({ db, now }: Context, workspaceId: string): Promise<{ step: number } | null> {
  const time = now()
  const touch = await dueTouches(db, time, workspaceId)
    .whereRaw(MAY_GO_OUT, { now: time })
    .orderByRaw('touch.step > 0, touch.due_at')
    .first<{ step: number } | undefined>('touch.step')
  return touch ?? null
}

/** What was asked about in vain is asked again by the sweep, not at once. */
async function hasChecks({ db, now }: Context, workspaceId: string): Promise<boolean> {
  const touch = await touchesToCheck(db, now(), workspaceId).where({ 'touch.unanswered_since': null }).first('touch.id')
  return touch !== undefined
}

async function nextDue({ db, now }: Context, workspaceId: string): Promise<Date | null> {
  const touch = await plannedTouches(db, workspaceId)
    .where('touch.due_at', '>', now())
    .orderBy('touch.due_at')
    .first<{ due_at: Date } | undefined>('touch.due_at')
  return touch?.due_at ?? null
}

/** The provider's limit is shared: a thousand reminders of one workspace must not cost another its five minutes. */
async function isFirstTouchWaitingElsewhere({ db, now }: Context, workspaceId: string): Promise<boolean> {
  const time = now()
  const touch = await dueTouches(db, time)
    .where({ 'touch.step': 0 })
    .where('touch.due_at', '>=', new Date(time.getTime() - FRESH_MS))
    .whereNot({ 'touch.workspace_id': workspaceId })
    .first('touch.id')
  return touch !== undefined
}

/** Takes over a delivery whose lease ran out, unless another worker did. */
async function leaseDelivery(context: Context, { id, workspace_id, tries }: Delivery): Promise<string | null> {
  const leased = await underWay(context, workspace_id)
    .where({ id })
    .patch({ lease_until: new Date(context.now().getTime() + LEASE_MS), tries: tries + 1 })
  return leased > 0 ? id : null
}

/** Without a provider nothing waits in silence: each due touch says why it was not sent. */
async function skipAll(context: Context, workspaceId: string): Promise<null> {
  await context.db.transaction(async (trx) => {
    const touches = await Touch.query(trx)
      .whereIn('id', dueTouches(trx, context.now(), workspaceId).select('touch.id'))
      .forUpdate()
      .skipLocked()
    for (const touch of touches) {
      const recoveryCase = await RecoveryCase.query(trx).findById(touch.case_id)
      if (recoveryCase) await skipTouch(context, trx, touch, recoveryCase, 'mail_not_set_up')
    }
  })
  return null
}
