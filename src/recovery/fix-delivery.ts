import { randomUUID } from 'node:crypto'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { messageOf } from '../errors.js'
import { BATCH_LIMIT, type Mailer } from '../mail/mailer.js'
import { dueTouches, MAY_GO_OUT } from './check-before-sending.js'
import { suppressedAmong } from './suppressions.js'
import { addEntry, type SkipReason } from './timeline.js'
import { waitingForCharge } from './waiting-for-charge.js'
import { type Correspondence, correspondenceOf, isMailable, mailPlace, writeMail } from './write-mail.js'

/** One worker has a delivery for this long; longer than the mailer's time-out. */
export const LEASE_MS = 20_000

interface DueTouch {
  readonly touch: Touch
  readonly recoveryCase: RecoveryCase
}

/**
 * Takes what is due for a workspace and fixes it, in one commit, to mails and a delivery that nobody changes any more:
 * address, words and links are stored before the first try, so that a repeat is the same to the letter.
 *
 * The cases stay locked until the commit, so that a payment is either seen here or comes after. Touches of one customer
 * become one mail. A touch that can't be sent is skipped, says why, and stops no other.
 *
 * @returns the delivery to send, `null` when nothing was fixed, and how many touches were taken
 */
export async function fixDelivery(
  context: Context,
  mailer: Mailer,
  workspaceId: string,
): Promise<{ taken: number; deliveryId: string | null }> {
  return context.db.transaction(async (trx) => {
    const correspondence = await correspondenceOf(trx, workspaceId)
    // Switched off: what is planned waits until the owner has seen it and switches prompts on again.
    if (!correspondence?.workspace.prompts_on_at) return { taken: 0, deliveryId: null }
    const due = await takeDueTouches(context, trx, correspondence)
    if (due.length === 0) return { taken: 0, deliveryId: null }

    const stops = await readStops(trx, correspondence, due)
    const mails = []
    for (const group of byCustomer(due)) {
      const mail = await fixMail(context, trx, mailer, correspondence, group, stops)
      if (mail) mails.push(mail)
    }
    if (mails.length === 0) return { taken: due.length, deliveryId: null }

    const now = context.now()
    const id = randomUUID()
    await Delivery.query(trx).insert({
      id,
      workspace_id: workspaceId,
      provider_key: mailer.providerKey,
      idempotency_key: `secondloop-${id}`,
      fixed_at: now,
      lease_until: new Date(now.getTime() + LEASE_MS),
    })
    await Mail.query(trx).insert(mails.map(({ row }, position) => ({ ...row, delivery_id: id, position })))
    for (const { row, touches } of mails) {
      await Touch.query(trx)
        .whereIn(
          'id',
          touches.map((touch) => touch.id),
        )
        .patch({ mail_id: row.id })
    }
    return { taken: due.length, deliveryId: id }
  })
}

/**
 * A case without an address whose facts are still being asked for keeps its touch; one that Stripe knows no address of
 * is taken, to be skipped.
 */
async function takeDueTouches(
  { now }: Context,
  trx: Db,
  { workspace, connection }: Correspondence,
): Promise<DueTouch[]> {
  const taken: { id: string; case_id: string }[] = await dueTouches(trx, now(), workspace.id)
    .where({ 'case.connection_id': connection.id })
    .whereRaw(MAY_GO_OUT, { now: now() })
    .where((either) => either.whereNotNull('case.customer_email').orWhereNull('case.enrich_at'))
    .orderBy('touch.due_at')
    .limit(BATCH_LIMIT)
    .select('touch.id', 'touch.case_id')
    .forUpdate('touch', 'case')
    .skipLocked()
  const touches = await Touch.query(trx)
    .whereIn(
      'id',
      taken.map(({ id }) => id),
    )
    .orderBy('due_at')
  const cases = await RecoveryCase.query(trx).whereIn(
    'id',
    taken.map(({ case_id }) => case_id),
  )
  const byId = new Map(cases.map((recoveryCase) => [recoveryCase.id, recoveryCase]))
  return touches.map((touch) => ({ touch, recoveryCase: byId.get(touch.case_id) as RecoveryCase }))
}

/** One mail a customer; a case whose customer Stripe did not name stands alone. */
function byCustomer(due: DueTouch[]): DueTouch[][] {
  const groups = new Map<string, DueTouch[]>()
  for (const one of due) {
    const { stripe_customer_id, customer_email, id } = one.recoveryCase
    const key = stripe_customer_id ? `${stripe_customer_id} ${customer_email}` : id
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

async function fixMail(
  context: Context,
  trx: Db,
  mailer: Mailer,
  correspondence: Correspondence,
  group: DueTouch[],
  stops: Stops,
) {
  const wanted: DueTouch[] = []
  for (const one of group) {
    const reason = whyNot(one, stops)
    if (reason) await skip(context, trx, [one], reason)
    else wanted.push(one)
  }
  if (wanted.length === 0) return null
  try {
    const id = randomUUID()
    const { content, ...letter } = await writeMail(
      context,
      mailer,
      correspondence,
      wanted.map((one) => one.recoveryCase),
    )
    const row = {
      id,
      workspace_id: correspondence.workspace.id,
      ...letter,
      content_sealed: context.cipher.seal(JSON.stringify(content), mailPlace(correspondence.workspace.id)),
    }
    return { row, touches: wanted.map(({ touch }) => touch) }
  } catch (error) {
    const caseIds = wanted.map(({ recoveryCase }) => recoveryCase.id)
    context.log.error({ err: error, caseIds, reason: messageOf(error) }, 'a mail could not be rendered')
    await skip(context, trx, wanted, 'mail_not_rendered')
    return null
  }
}

/** What speaks against a touch and does not stand on its case. */
interface Stops {
  readonly suppressed: ReadonlySet<string>
  /** Cases whose customer has saved another card, which is about to be charged. */
  readonly waitingForCharge: ReadonlySet<string>
}

async function readStops(trx: Db, { workspace }: Correspondence, due: readonly DueTouch[]): Promise<Stops> {
  const cases = due.map(({ recoveryCase }) => recoveryCase)
  const addresses = cases.flatMap(({ customer_email }) => customer_email ?? [])
  return {
    suppressed: await suppressedAmong(trx, workspace.id, addresses),
    waitingForCharge: await waitingForCharge(trx, cases),
  }
}

/** Why a touch is not sent; `null`: nothing speaks against it. */
function whyNot({ recoveryCase }: DueTouch, { suppressed, waitingForCharge }: Stops): SkipReason | null {
  const { id, reminders_stopped_at, customer_email: address } = recoveryCase
  if (reminders_stopped_at) return 'reminders_stopped'
  if (waitingForCharge.has(id)) return 'card_updated'
  if (!address) return 'no_address'
  if (!isMailable(address)) return 'address_unusable'
  return suppressed.has(address) ? 'suppressed' : null
}

async function skip(context: Context, trx: Db, due: DueTouch[], reason: SkipReason): Promise<void> {
  for (const { touch, recoveryCase } of due) await skipTouch(context, trx, touch, recoveryCase, reason)
}

/** Ends a touch without a mail that arrived, and says why on the case's timeline. */
export async function skipTouch(
  context: Context,
  trx: Db,
  touch: Touch,
  recoveryCase: Pick<RecoveryCase, 'id' | 'workspace_id'>,
  reason: SkipReason,
): Promise<void> {
  await touch.$query(trx).patch({ skipped_at: context.now(), reason })
  await addEntry(
    trx,
    recoveryCase,
    { kind: 'touch_skipped', detail: { step: touch.step, reason } },
    { at: context.now(), key: String(touch.step) },
  )
}
