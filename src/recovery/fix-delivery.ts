import { randomUUID } from 'node:crypto'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { messageOf } from '../errors.js'
import { BATCH_LIMIT, type Mailer } from '../mail/mailer.js'
import { type Choice, chooseTouches, type DueTouch } from './choose-touches.js'
import { companionTouches, dueTouches, MAY_GO_OUT } from './due-touches.js'
import { readCampaign } from './read-campaign.js'
import { addEntry, type SkipReason } from './timeline.js'
import { type Correspondence, correspondenceOf, mailPlace, type WrittenMail, writeMail } from './write-mail.js'

/** One worker has a delivery for this long; longer than the mailer's time-out. */
export const LEASE_MS = 20_000

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
    await lockFixing(trx, workspaceId)
    const correspondence = await correspondenceOf(trx, workspaceId)
    if (!correspondence) return { taken: 0, deliveryId: null }
    const { due, choice } = await takeTouches(context, trx, correspondence, { limit: BATCH_LIMIT })
    for (const one of choice.skip) await skip(context, trx, [one.due], one.reason)
    for (const { due: one, until } of choice.postpone) await one.touch.$query(trx).patch({ due_at: until })

    const mails = []
    for (const group of choice.mails) {
      const mail = await fixMail(context, trx, mailer, correspondence, group)
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
    await fixTouches(trx, mails)
    return { taken: due.length, deliveryId: id }
  })
}

/** One worker fixes for a workspace at a time: each sees the mails of the other, and keeps the gap to them. */
async function lockFixing(trx: Db, workspaceId: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`fixing ${workspaceId}`])
}

/**
 * Locks what is due, first touches first, with all that is due for the same customers, and sorts it.
 *
 * @param unchecked also what Stripe has not been asked about: for a look at what would go out
 */
export async function takeTouches(
  context: Context,
  trx: Db,
  correspondence: Correspondence,
  { limit, unchecked = false }: { readonly limit: number; readonly unchecked?: boolean },
): Promise<{ due: readonly DueTouch[]; choice: Choice }> {
  const { workspace } = correspondence
  const now = context.now()
  const campaign = await readCampaign(trx, workspace)
  const lock = async (touches: ReturnType<typeof dueTouches>): Promise<TouchKey[]> => {
    if (!unchecked) touches.whereRaw(MAY_GO_OUT, { now })
    return touches
      .orderByRaw('touch.step > 0, touch.due_at, "case".failed_at, "case".id')
      .limit(limit)
      .select('touch.id', 'touch.case_id')
      .forUpdate('touch', 'case')
      .skipLocked()
  }
  const due = await load(trx, await lock(dueTouches(trx, now, workspace.id)))
  const customers = due.flatMap(({ recoveryCase }) => recoveryCase.stripe_customer_id ?? [])
  const gap = { hours: campaign.gapHours, customers: [...new Set(customers)] }
  const company = await lock(companionTouches(trx, now, workspace.id, gap))
  const all = [...due, ...(await load(trx, oneForEachOther(company, due)))]
  return { due, choice: await chooseTouches(trx, { workspaceId: workspace.id, campaign, now }, all) }
}

interface TouchKey {
  readonly id: string
  readonly case_id: string
}

/** The next touch of each case that has none due. */
function oneForEachOther(company: readonly TouchKey[], due: readonly DueTouch[]): TouchKey[] {
  const cases = new Set(due.map(({ recoveryCase }) => recoveryCase.id))
  return company.filter(({ case_id }) => {
    const isOther = !cases.has(case_id)
    cases.add(case_id)
    return isOther
  })
}

async function load(trx: Db, keys: readonly TouchKey[]): Promise<DueTouch[]> {
  const ids = keys.map(({ id }) => id)
  const caseIds = keys.map(({ case_id }) => case_id)
  const order = new Map(ids.map((id, index) => [id, index]))
  const touches = await Touch.query(trx).whereIn('id', ids)
  const cases = new Map((await RecoveryCase.query(trx).whereIn('id', caseIds)).map((each) => [each.id, each]))
  const written = await Touch.query(trx).whereIn('case_id', caseIds).whereNotNull('sent_at').distinct('case_id')
  const writtenTo = new Set(written.map(({ case_id }) => case_id))
  return touches
    .toSorted((a, b) => Number(order.get(a.id)) - Number(order.get(b.id)))
    .map((touch) => ({
      touch,
      recoveryCase: cases.get(touch.case_id) as RecoveryCase,
      // Nobody is reminded of what they were never told.
      template: touch.template === 'thank_you' || writtenTo.has(touch.case_id) ? touch.template : 'first_notice',
    }))
}

async function fixTouches(
  trx: Db,
  mails: readonly { row: { id: string }; group: readonly DueTouch[] }[],
): Promise<void> {
  const fixed = mails.flatMap(({ row, group }) =>
    group.map(({ touch, template }) => [touch.id, row.id, template] as const),
  )
  await trx.raw(
    `update touches set mail_id = fixed.mail_id, template = fixed.template
     from unnest(?::uuid[], ?::uuid[], ?::text[]) as fixed (id, mail_id, template) where touches.id = fixed.id`,
    [0, 1, 2].map((column) => fixed.map((row) => row[column] as string)),
  )
}

/** A mail that can't be written skips its touches, and stops no other. */
async function fixMail(
  context: Context,
  trx: Db,
  mailer: Mailer,
  correspondence: Correspondence,
  group: readonly DueTouch[],
) {
  try {
    const written = await writeMail(context, mailer, correspondence, group)
    return { row: rowOf(context, correspondence, written), group }
  } catch (error) {
    const caseIds = group.map(({ recoveryCase }) => recoveryCase.id)
    context.log.error({ err: error, caseIds, reason: messageOf(error) }, 'a mail could not be rendered')
    await skip(context, trx, group, 'mail_not_rendered')
    return null
  }
}

function rowOf({ cipher }: Context, { workspace }: Correspondence, { content, ...letter }: WrittenMail) {
  return {
    id: randomUUID(),
    workspace_id: workspace.id,
    ...letter,
    content_sealed: cipher.seal(JSON.stringify(content), mailPlace(workspace.id)),
  }
}

async function skip(context: Context, trx: Db, due: readonly DueTouch[], reason: SkipReason): Promise<void> {
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
