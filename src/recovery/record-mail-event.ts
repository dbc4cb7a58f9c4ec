import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryBuilder } from 'objection'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import { Delivery } from '../db/models/delivery.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { Mail } from '../db/models/mail.js'
import { Owner } from '../db/models/owner.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import type { Suppression } from '../db/models/suppression.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { isTooSoon, mailVisitOf } from '../domain/link-visit.js'
import type { MailEvent } from '../mail/resend-webhook.js'
import { confirmMail } from './confirm-mail.js'
import { noteReplyTo } from './note-reply-to.js'
import { stopDigest } from './set-digest.js'
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
  clicked: 'clicked_at',
  scanned: 'scanned_at',
} as const

/** For the answer of a call that is under way: a second. */
const LOOKS = 5
const BETWEEN_LOOKS_MS = 250

/** Opened or clicked by a program, or sooner than anybody reads, is `scanned`. */
type Fact = keyof typeof COLUMNS

/**
 * Records what the mail provider tells of a mail: on the mail, on the timeline of each case that it is about and, where
 * nobody must write to the address any more, as a suppression. One commit. The order of events does not matter, and the
 * same fact again changes nothing.
 *
 * Whatever it tells, the provider has taken the mail. One that never got an answer counts as sent from then on, so that
 * it is neither repeated nor left to a human.
 *
 * @param workspaceId whose own sender told it: then it tells of that workspace's mails only
 * @returns `unknown`: the mail is none of ours, or its workspace was deleted
 */
export async function recordMailEvent(
  context: Context,
  event: MailEvent,
  workspaceId: string | null = null,
): Promise<'recorded' | 'unknown'> {
  await noteReplyTo(context, event, workspaceId)
  const known = await mailOnceAnswered(context, event, workspaceId)
  if (!known) return 'unknown'
  if (known.refused_at || (known.accepted_at && isNoted(known, meaningOf(context, known, event)))) return 'recorded'
  return context.db.transaction(async (trx) => {
    const delivery = await lockDelivery(trx, known)
    const mail = await Mail.query(trx).findById(known.id).forUpdate()
    if (!delivery || !mail) return 'unknown' // Deleted this moment.
    if (mail.refused_at) return 'recorded'
    if (!mail.accepted_at) await confirm(context, trx, delivery, mail, event)
    await note(context, trx, mail, event)
    return 'recorded'
  })
}

/**
 * The event may overtake the answer to the call that sent the mail. Whoever is given that answer records all mails of the
 * delivery in one go: they are let go first, because a hundred events that each confirm a mail stand in line.
 */
async function mailOnceAnswered(
  context: Context,
  event: MailEvent,
  workspaceId: string | null,
): Promise<Mail | undefined> {
  for (let looks = 1; ; looks += 1) {
    const known = await findMail(context.db, event, workspaceId)
    if (!known || known.accepted_at || known.refused_at || looks === LOOKS) return known
    const underWay = Delivery.query(context.db).findById(known.delivery_id).where('lease_until', '>', context.now())
    if ((await underWay.resultSize()) === 0) return known
    await sleep(BETWEEN_LOOKS_MS)
  }
}

async function findMail(db: Db, event: MailEvent, workspaceId: string | null): Promise<Mail | undefined> {
  const mine = () => Mail.query(db).where(workspaceId ? { workspace_id: workspaceId } : {})
  const tagged = event.mailId ? await mine().findById(event.mailId) : undefined
  return tagged ?? (await mine().findOne({ provider_id: event.providerId }))
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

async function note(context: Context, trx: Db, mail: Mail, event: MailEvent): Promise<void> {
  const meaning = meaningOf(context, mail, event)
  if (isNoted(mail, meaning)) return
  const { fact, at } = meaning
  await mail.$query(trx).patch({ [COLUMNS[fact]]: at })
  const touches = await Touch.query(trx).where({ mail_id: mail.id })
  for (const { workspace_id, case_id, step } of touches) {
    const entry = entryOf(meaning, event, step)
    if (entry) await addEntry(trx, { workspace_id, id: case_id }, entry, { at, key: String(step) })
  }
  if (fact === 'delivered') await doubtVisits(trx, mail, touches)
  if (fact === 'bounced' || fact === 'complained' || fact === 'suppressed') await stopMail(trx, mail, fact, at)
}

interface Meaning {
  readonly fact: Fact
  readonly at: Date
  /** Of something that was scanned. */
  readonly by: 'machine' | 'too_soon' | null
}

function meaningOf({ now }: Context, mail: Mail, { kind, userAgent, ...event }: MailEvent): Meaning {
  const at = between(mail.accepted_at, event.at ?? now(), now())
  if (kind !== 'opened' && kind !== 'clicked') return { fact: kind, at, by: null }
  const visit = mailVisitOf(userAgent, at, mail.delivered_at ?? mail.accepted_at ?? at)
  return visit === 'opened' ? { fact: kind, at, by: null } : { fact: 'scanned', at, by: visit }
}

const isNoted = (mail: Mail, { fact }: Meaning) => mail[COLUMNS[fact]] !== null

function entryOf({ fact, by }: Meaning, { code }: MailEvent, step: number): TimelineEntry | null {
  switch (fact) {
    case 'sent':
      return null // The acceptance stands there already.
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
    case 'opened':
      return { kind: 'mail_opened', detail: { step } }
    case 'clicked':
      return { kind: 'mail_clicked', detail: { step } }
    case 'scanned':
      return { kind: 'mail_scanned', detail: { step, by: by ?? 'machine' } }
  }
}

/** What was told before the delivery may turn out to have come right after it: then nobody read that fast. */
async function doubtVisits(trx: Db, mail: Mail, touches: readonly Touch[]): Promise<void> {
  for (const [column, kind] of [
    ['opened_at', 'mail_opened'],
    ['clicked_at', 'mail_clicked'],
  ] as const) {
    const at = mail[column]
    if (!at || !mail.delivered_at || !isTooSoon(at, mail.delivered_at)) continue
    await mail.$query(trx).patch({ [column]: null, scanned_at: mail.scanned_at ?? at })
    for (const { workspace_id, case_id, step } of touches) {
      const key = String(step)
      await CaseEntry.query(trx).where({ case_id, kind, key }).delete()
      const entry = { kind: 'mail_scanned', detail: { step, by: 'too_soon' } } as const
      await addEntry(trx, { workspace_id, id: case_id }, entry, { at, key })
    }
  }
}

/**
 * Of a customer who was forgotten no address is kept, and nobody writes to them anyway. What becomes of a digest says
 * nothing of mail to customers: it is only digests that stop. Neither does what becomes of a test that went to the owner.
 */
async function stopMail(trx: Db, mail: Mail, reason: Suppression['reason'], at: Date): Promise<void> {
  if (mail.is_digest) return stopDigest(trx, mail.workspace_id, reason)
  const { workspace_id, id, to_address } = mail
  const cases = RecoveryCase.query(trx).whereIn(
    'id',
    Touch.query(trx).where({ workspace_id, mail_id: id }).select('case_id'),
  )
  if (await isTestToOwner(trx, mail, cases.clone().select('connection_id'))) return
  const customers = cases.clone().select('stripe_customer_id')
  const forgotten = ForgottenCustomer.query(trx).where({ workspace_id }).whereIn('stripe_customer_id', customers)
  if ((await forgotten.resultSize()) > 0) return
  await suppress(trx, { workspaceId: workspace_id, address: to_address, reason, at })
}

/** Test mail goes to the owner as a rule, whose own address is never stopped by a test. */
async function isTestToOwner(trx: Db, { workspace_id, to_address }: Mail, connections: QueryBuilder<RecoveryCase>) {
  const owner = await Owner.query(trx).findOne({
    id: Workspace.query(trx).findById(workspace_id).select('owner_id'),
    email: to_address.toLowerCase(),
  })
  const test = StripeConnection.query(trx).whereIn('id', connections).where({ mode: 'test' })
  return owner !== undefined && (await test.resultSize()) > 0
}

/** Clocks differ: nothing comes before what it follows from, or after now. */
function between(earliest: Date | null, at: Date, latest: Date): Date {
  if (earliest && at < earliest) return earliest
  return at > latest ? latest : at
}
