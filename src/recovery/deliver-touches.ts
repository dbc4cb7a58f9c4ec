import type { Context } from '../context.js'
import { Delivery } from '../db/models/delivery.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { takeMailSlot } from '../db/queries/mail-slots.js'
import type { Mailer } from '../mail/mailer.js'
import { checkBeforeSending, dueTouches } from './check-before-sending.js'
import { fixDelivery, LEASE_MS, skipTouch } from './fix-delivery.js'
import { sendDelivery } from './send-delivery.js'

/** Two calls a second for each provider key, over all workers: the lowest limit that Resend ever named. */
const SPACING_MS = 500
/** A pause longer than this is not sat out: the sweep rings again. */
const LONGEST_WAIT_MS = 10_000

/**
 * Sends what is due for a workspace: first the deliveries whose worker died or whose fate is unknown, unchanged; then
 * the touches, each fixed before its first send. Safe to run twice and beside another worker.
 */
export async function deliverTouches(context: Context, { workspaceId }: { workspaceId: string }): Promise<void> {
  const { mail: mailer } = context
  if (!mailer) return skipAll(context, workspaceId)

  while (!context.stopping.aborted) {
    await checkBeforeSending(context, workspaceId)
    const hasWork = (await isDeliveryToRepeat(context, workspaceId)) || (await isTouchDue(context, workspaceId))
    if (!hasWork || !(await waitForSlot(context, mailer))) return

    const repeated = await leaseDelivery(context, workspaceId)
    if (repeated) {
      await sendDelivery(context, mailer, repeated)
      continue
    }
    const { taken, deliveryId } = await fixDelivery(context, mailer, workspaceId)
    if (taken === 0) return // Another worker has them.
    if (deliveryId) await sendDelivery(context, mailer, deliveryId)
  }
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

async function isTouchDue(context: Context, workspaceId: string): Promise<boolean> {
  const due = await dueTouches(context.db, context.now(), workspaceId).first('touch.id')
  return due !== undefined
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
