import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { pauseMailSlots, unpauseMailSlots } from '../db/queries/mail-slots.js'
import { noteSenderWithdrawn, noteSenderWorks } from '../db/queries/note-sender-answer.js'
import type { DeliveryResult, Mailer, MailResult, OutgoingMail } from '../mail/mailer.js'
import { acceptMails } from './accept-mail.js'
import { skipTouch } from './fix-delivery.js'
import { eraseMails } from './forgotten.js'
import { lookUpDelivery } from './look-up-delivery.js'
import { addEntry } from './timeline.js'
import { type MailContent, mailPlace } from './write-mail.js'

/** The provider forgets idempotency keys after 24 hours; an hour is left for clocks and slow calls. */
const REPEATABLE_MS = 23 * 3_600_000
/** After the last try the provider has this long to list what it took. */
const LISTED_MS = 10 * 60_000
const REPEAT_MS = 5_000
const LONGEST_REPEAT_MS = 10 * 60_000

/**
 * Sends a fixed delivery as it is stored, and records what became of each mail. The caller holds its lease.
 * `mailer`: what sends with the delivery's own key; `null` when that key is gone.
 *
 * A process that dies after the provider accepted and before the record leaves the delivery under way: its lease runs
 * out and the same bytes go out under the same key, which the provider answers without sending again.
 */
export async function sendDelivery(context: Context, mailer: Mailer | null, deliveryId: string): Promise<void> {
  const delivery = await Delivery.query(context.db).findById(deliveryId)
  if (!delivery || isOver(delivery)) return
  if (mailer?.providerKey !== delivery.provider_key) return waitForKey(context, delivery)
  const isOwn = mailer !== context.mail
  const age = context.now().getTime() - delivery.fixed_at.getTime()
  if (age > REPEATABLE_MS) return endUnrepeated(context, mailer, delivery)

  const mails = await Mail.query(context.db).where({ delivery_id: deliveryId }).orderBy('position')
  if (mails.length === 0) return // The workspace was deleted this moment.
  const since = context.now()
  const ended = context.metrics.mailCallSeconds.startTimer()
  const result = await mailer.send(
    mails.map((mail) => toOutgoing(context, mail)),
    delivery.idempotency_key,
  )
  ended()
  context.metrics.mailCalls.inc({ result: result.kind })
  await context.db.transaction(async (trx) => {
    const locked = await Delivery.query(trx).findById(deliveryId).forUpdate()
    if (locked && !isOver(locked)) await record(context, trx, locked, isOwn ? result : ofInstallation(result))
  })
  if (result.kind === 'answered') {
    await unpauseMailSlots(context.db, delivery.provider_key)
    // The answer to a repeat may be that to an earlier try.
    const isTaken = delivery.tries === 0 && result.mails.some(({ accepted }) => accepted)
    if (isTaken && isOwn) await noteSenderWorks(context.db, delivery, { since, now: context.now(), proven: true })
  }
  if (result.kind === 'not_accepted') {
    await pauseMailSlots(context.db, delivery.provider_key, { ...result, now: context.now() })
    if (result.refuses && isOwn) await noteSenderWithdrawn(context.db, delivery, result.refuses, context.now())
  }
}

/** Whoever runs the installation mends its key and domain: to the owner of a workspace it is one more fault. */
function ofInstallation(result: DeliveryResult): DeliveryResult {
  if (result.kind !== 'not_accepted') return result
  const { refuses: _, ...fault } = result
  return fault
}

async function record(context: Context, trx: Db, delivery: Delivery, result: DeliveryResult) {
  const { workspace_id: workspaceId, id: deliveryId } = delivery
  // Read anew: the provider's webhooks may have told of some of them before its answer was recorded.
  const mails = await Mail.query(trx).where({ delivery_id: deliveryId }).orderBy('position')
  if (result.kind === 'answered') {
    await recordMails(context, trx, mails, result.mails)
    await delivery.$query(trx).patch({ answered_at: context.now() })
    await eraseMails(context, trx, workspaceId, { deliveryId })
    return
  }
  context.log.warn({ workspaceId, deliveryId, reason: result.reason, fate: result.kind }, 'a delivery was not answered')
  // Only a first try can be surely not accepted: of a repeat, an earlier try may have gone out.
  const isFirstTry = delivery.tries === 0 && !mails.some(({ accepted_at }) => accepted_at)
  if (result.kind === 'not_accepted' && isFirstTry)
    await dissolve(context, trx, delivery, result.refuses ? `sender_${result.refuses}` : result.reason)
  else await repeatLater(context, trx, delivery, result.reason)
}

/** What the provider's webhooks told before stays. */
async function recordMails(context: Context, trx: Db, mails: readonly Mail[], results: readonly MailResult[]) {
  const now = context.now()
  const accepted = mails.flatMap(({ id, accepted_at }, position) => {
    const result = results[position]
    return result?.accepted && !accepted_at ? [{ mailId: id, providerId: result.providerId }] : []
  })
  await acceptMails(context, trx, accepted, now)
  for (const [position, mail] of mails.entries()) {
    const result = results[position]
    if (result?.accepted || mail.accepted_at) continue
    await mail.$query(trx).patch({ refused_at: now, reason: result?.reason ?? 'The provider did not name this mail' })
    for (const touch of await Touch.query(trx).where({ mail_id: mail.id })) {
      await skipTouch(context, trx, touch, { id: touch.case_id, workspace_id: touch.workspace_id }, 'mail_refused')
    }
  }
}

/**
 * Surely not accepted, but for mails that are known to be: the touches are free again, and checked again before the next
 * try. Their cases are locked first, so that a payment is either seen here or finds the touches free and drops them
 * itself.
 */
async function dissolve(context: Context, trx: Db, delivery: Delivery, reason: string): Promise<void> {
  const mails = Mail.query(trx).where({ delivery_id: delivery.id, accepted_at: null, refused_at: null })
  const touches = await Touch.query(trx).whereIn('mail_id', mails.clone().select('id'))
  const caseIds = touches.map(({ case_id }) => case_id)
  const cases = await RecoveryCase.query(trx).whereIn('id', caseIds).orderBy('id').forUpdate()
  const closed = new Set(cases.filter(({ closed_at }) => closed_at).map(({ id }) => id))

  const now = context.now()
  for (const touch of touches) {
    const { workspace_id, case_id, step, template } = touch
    const canceled = closed.has(case_id) && template !== 'thank_you' ? { canceled_at: now, reason: 'case_closed' } : {}
    await touch.$query(trx).patch({ mail_id: null, ...canceled })
    const entry = { kind: 'mail_delayed', detail: { step, reason } } as const
    await addEntry(trx, { workspace_id, id: case_id }, entry, { at: now, key: String(step) })
  }
  await mails.clone().delete()
  const isTakenInPart = (await Mail.query(trx).where({ delivery_id: delivery.id }).resultSize()) > 0
  await delivery.$query(trx).patch(isTakenInPart ? { answered_at: now } : { dissolved_at: now, reason })
  if (isTakenInPart) await eraseMails(context, trx, delivery.workspace_id, { deliveryId: delivery.id })
}

/** Its fate is unknown: repeated unchanged, later each time. */
async function repeatLater(context: Context, trx: Db, delivery: Delivery, reason: string): Promise<void> {
  const wait = Math.min(REPEAT_MS * 2 ** Math.max(0, delivery.tries - 1), LONGEST_REPEAT_MS)
  await delivery.$query(trx).patch({ lease_until: new Date(context.now().getTime() + wait), reason })
}

/** Its key may come back for as long as the provider knows the call; then a human looks. */
async function waitForKey(context: Context, delivery: Delivery): Promise<void> {
  const now = context.now()
  if (now.getTime() - delivery.fixed_at.getTime() > REPEATABLE_MS) return abandon(context, delivery)
  await Delivery.query(context.db)
    .findById(delivery.id)
    .patch({ lease_until: new Date(now.getTime() + LONGEST_REPEAT_MS), reason: 'key_gone' })
}

/** The provider has forgotten the key: a repeat might be a second mail, so it is asked what it took. */
async function endUnrepeated(context: Context, mailer: Mailer, delivery: Delivery): Promise<void> {
  const lookUpAt = new Date(delivery.fixed_at.getTime() + REPEATABLE_MS + LISTED_MS)
  if (context.now() < lookUpAt) {
    await Delivery.query(context.db).findById(delivery.id).patch({ lease_until: lookUpAt })
    return
  }
  const found = await lookUpDelivery(context, mailer, delivery)
  if (found === 'nobody_knows') await abandon(context, delivery)
  if (found !== 'not_taken') return
  await context.db.transaction(async (trx) => {
    const locked = await Delivery.query(trx).findById(delivery.id).forUpdate()
    if (locked && !isOver(locked)) await dissolve(context, trx, locked, 'not_found')
  })
}

/** Whether it was sent stays unknown: a human looks. */
async function abandon(context: Context, delivery: Delivery): Promise<void> {
  await context.db.transaction(async (trx) => {
    const locked = await Delivery.query(trx).findById(delivery.id).forUpdate()
    if (!locked || isOver(locked)) return
    await locked.$query(trx).patch({ abandoned_at: context.now() })
    await eraseMails(context, trx, locked.workspace_id, { deliveryId: locked.id })
    const mails = Mail.query(trx).where({ delivery_id: delivery.id })
    const unsent = Touch.query(trx).where({ sent_at: null }).whereIn('mail_id', mails.select('id'))
    for (const { workspace_id, case_id, step } of await unsent) {
      const occurrence = { at: context.now(), key: String(step) }
      await addEntry(trx, { workspace_id, id: case_id }, { kind: 'mail_unknown', detail: { step } }, occurrence)
    }
  })
}

const isOver = (delivery: Delivery) => Boolean(delivery.answered_at ?? delivery.dissolved_at ?? delivery.abandoned_at)

function toOutgoing({ cipher }: Context, mail: Mail): OutgoingMail {
  const content = JSON.parse(cipher.open(mail.content_sealed, mailPlace(mail.workspace_id))) as MailContent
  return {
    ...content,
    from: mail.from_address,
    to: mail.to_address,
    replyTo: mail.reply_to,
    subject: mail.subject,
    mailId: mail.id,
  }
}
