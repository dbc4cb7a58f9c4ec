import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Delivery } from '../db/models/delivery.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { Mail } from '../db/models/mail.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { Suppression } from '../db/models/suppression.js'
import { Touch } from '../db/models/touch.js'
import type { MailEvent } from '../mail/resend-webhook.js'
import { confirmMail } from './confirm-mail.js'
import { suppress } from './suppressions.js'
import { addEntry, type TimelineEntry } from './timeline.js'

/** Since when each fact holds. */
const COLUMNS = {
  sent: 'accepted_at',
  delivered: 'delivered_at',
  delayed: 'delayed_at',
  failed: 'failed_at',
  bounced: 'bounced_at',
  complained: 'complained_at',
  suppressed: 'suppressed_at',
  opened: 'opened_at',
} as const

/**
 * Records what the mail provider tells of a mail: on the mail, on the timeline of each case that it is about and, where
 * nobody must write to the address any more, as a suppression. One commit. The order of events does not matter, and the
 * same fact again changes nothing.
 *
 * Whatever it tells, the provider has taken the mail. One that never got an answer counts as sent from then on, so that
 * it is neither repeated nor left to a human.
 *
 * @returns `unknown`: the mail is none of ours, or its workspace was deleted
 */
export async function recordMailEvent(context: Context, event: MailEvent): Promise<'recorded' | 'unknown'> {
  const known = await findMail(context.db, event)
  if (!known) return 'unknown'
  if (known[COLUMNS[event.kind]] || known.refused_at) return 'recorded'
  return context.db.transaction(async (trx) => {
    const delivery = await lockDelivery(trx, known)
    const mail = await Mail.query(trx).findById(known.id).forUpdate()
    if (!delivery || !mail) return 'unknown' // Deleted this moment.
    if (mail.refused_at) return 'recorded'
    if (!mail.accepted_at) await confirm(context, trx, delivery, mail, event)
    if (!mail[COLUMNS[event.kind]]) await note(context, trx, mail, event)
    return 'recorded'
  })
}

async function findMail(db: Db, { mailId, providerId }: MailEvent): Promise<Mail | undefined> {
  const tagged = mailId ? await Mail.query(db).findById(mailId) : undefined
  return tagged ?? (await Mail.query(db).findOne({ provider_id: providerId }))
}

/**
 * Neither a worker that records the provider's answer nor one that forgets the customer comes between. Of an accepted
 * mail only the latter could: events of one delivery then need not wait for each other.
 */
function lockDelivery(trx: Db, { delivery_id, accepted_at }: Mail): Promise<Delivery | undefined> {
  const delivery = Delivery.query(trx).findById(delivery_id)
  return (accepted_at ? delivery.forShare() : delivery.forUpdate()).execute()
}

async function confirm(context: Context, trx: Db, delivery: Delivery, mail: Mail, event: MailEvent): Promise<void> {
  const now = context.now()
  const at = between(delivery.fixed_at, event.acceptedAt ?? now, now)
  await confirmMail(context, trx, { delivery, mail }, { at, providerId: event.providerId })
}

async function note({ now }: Context, trx: Db, mail: Mail, event: MailEvent): Promise<void> {
  const at = between(mail.accepted_at, event.at ?? now(), now())
  await mail.$query(trx).patch({ [COLUMNS[event.kind]]: at })
  for (const { workspace_id, case_id, step } of await Touch.query(trx).where({ mail_id: mail.id })) {
    const entry = entryOf(event, step)
    if (entry) await addEntry(trx, { workspace_id, id: case_id }, entry, { at, key: String(step) })
  }
  const { kind } = event
  if (kind === 'bounced' || kind === 'complained' || kind === 'suppressed') await stopMail(trx, mail, kind, at)
}

function entryOf({ kind, code }: MailEvent, step: number): TimelineEntry | null {
  switch (kind) {
    case 'delivered':
      return { kind: 'mail_delivered', detail: { step } }
    case 'delayed':
      return { kind: 'mail_held_up', detail: { step } }
    case 'failed':
      return { kind: 'mail_failed', detail: { step, code } }
    case 'bounced':
      return { kind: 'mail_bounced', detail: { step } }
    case 'complained':
      return { kind: 'mail_complained', detail: { step } }
    case 'suppressed':
      return { kind: 'mail_suppressed', detail: { step } }
    default:
      // The acceptance stands there already. An opening that the provider saw may be a scanner's and proves nothing.
      return null
  }
}

/** Of a customer who was forgotten no address is kept, and nobody writes to them anyway. */
async function stopMail(trx: Db, mail: Mail, reason: Suppression['reason'], at: Date): Promise<void> {
  const { workspace_id, id, to_address } = mail
  const cases = Touch.query(trx).where({ workspace_id, mail_id: id }).select('case_id')
  const customers = RecoveryCase.query(trx).whereIn('id', cases).select('stripe_customer_id')
  const forgotten = ForgottenCustomer.query(trx).where({ workspace_id }).whereIn('stripe_customer_id', customers)
  if ((await forgotten.resultSize()) > 0) return
  await suppress(trx, { workspaceId: workspace_id, address: to_address, reason, at })
}

/** Clocks differ: nothing comes before what it follows from, or after now. */
function between(earliest: Date | null, at: Date, latest: Date): Date {
  if (earliest && at < earliest) return earliest
  return at > latest ? latest : at
}
