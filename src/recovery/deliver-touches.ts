import type { Context } from '../context.js'
import { Delivery } from '../db/models/delivery.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { takeMailSlot } from '../db/queries/mail-slots.js'
import type { Mailer } from '../mail/mailer.js'
import { dueTouches, MAY_GO_OUT, plannedTouches, touchesToCheck } from './due-touches.js'
import { fixDelivery, LEASE_MS, skipTouch } from './fix-delivery.js'
import { sendDelivery } from './send-delivery.js'

/** Two calls a second for each provider key, over all workers: the lowest limit that Resend ever named. */
const SPACING_MS = 500
/** A pause longer than this is not sat out: the sweep rings again. */
const LONGEST_WAIT_MS = 10_000
/** Then the next workspace has its turn, and this one goes on behind it. */
const DELIVERIES_A_TURN = 10
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
  const { mail: mailer } = context
  if (!mailer) await skipAll(context, workspaceId)
  else {
    const end = await sendAll(context, mailer, workspaceId)
    if (end) return { nextAt: end, checks: await hasChecks(context, workspaceId) }
  }
  return { nextAt: await nextDue(context, workspaceId), checks: await hasChecks(context, workspaceId) }
}

/** @returns when to go on, when there is more to do that has to wait */
async function sendAll(context: Context, mailer: Mailer, workspaceId: string): Promise<Date | null> {
  for (let turn = 0; turn < DELIVERIES_A_TURN && !context.stopping.aborted; turn += 1) {
    const isRepeat = await isDeliveryToRepeat(context, workspaceId)
    const ready = isRepeat ? null : await nextReady(context, workspaceId)
    if (!isRepeat && !ready) return null
    if (ready && ready.step > 0 && (await isFirstTouchWaitingElsewhere(context, workspaceId))) {
      return new Date(context.now().getTime() + STAND_BACK_MS)
    }
    if (!(await waitForSlot(context, mailer))) return new Date(context.now().getTime() + LONGEST_WAIT_MS / 2)

    const repeated = await leaseDelivery(context, workspaceId)
    if (repeated) {
      await sendDelivery(context, mailer, repeated)
      continue
    }
    const { taken, deliveryId } = await fixDelivery(context, mailer, workspaceId)
    if (taken === 0) return null // Another worker has them.
    if (deliveryId) await sendDelivery(context, mailer, deliveryId)
  }
  return context.now()
}

/** @returns whether the slot was waited for; otherwise it lies too far ahead, or the process stops */
async function waitForSlot(context: Context, mailer: Mailer): Promise<boolean> {
  const now = context.now()
  const pace = { spacingMs: SPACING_MS, withinMs: LONGEST_WAIT_MS, now }
  const slot = await takeMailSlot(context.db, mailer.providerKey, pace)
  if (!slot) return false
  await context.wait(Math.max(0, slot.getTime() - now.getTime()))
  return !context.stopping.aborted
}

const underWay = (context: Context, workspaceId: string) =>
  Delivery.query(context.db)
    .where({ workspace_id: workspaceId, answered_at: null, dissolved_at: null, abandoned_at: null })
    .where('lease_until', '<=', context.now())

async function isDeliveryToRepeat(context: Context, workspaceId: string): Promise<boolean> {
  return (await underWay(context, workspaceId).resultSize()) > 0
}

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

/** Takes over one delivery whose lease ran out. */
async function leaseDelivery(context: Context, workspaceId: string): Promise<string | null> {
  return context.db.transaction(async (trx) => {
    const delivery = await underWay({ ...context, db: trx }, workspaceId)
      .orderBy('lease_until')
      .forUpdate()
      .skipLocked()
      .first()
    if (!delivery) return null
    await delivery
      .$query(trx)
      .patch({ lease_until: new Date(context.now().getTime() + LEASE_MS), tries: delivery.tries + 1 })
    return delivery.id
  })
}

/** Without a provider nothing waits in silence: each due touch says why it was not sent. */
async function skipAll(context: Context, workspaceId: string): Promise<void> {
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
}
