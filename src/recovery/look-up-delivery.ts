import type { Context } from '../context.js'
import { Delivery } from '../db/models/delivery.js'
import { Mail } from '../db/models/mail.js'
import type { Mailer, NotTold, SentMail } from '../mail/mailer.js'
import { confirmMail } from './confirm-mail.js'
import { waitForSlot } from './wait-for-slot.js'

/**
 * `known`: the provider took every mail whose fate was open. `not_taken`: surely none of those that are still open.
 * `nobody_knows`: it can't be found out. `later`: not yet; the delivery's lease says when to go on.
 */
export type LookUp = 'known' | 'not_taken' | 'nobody_knows' | 'later'

/** Then others have their turn: somebody's first mail may wait. */
const TURN_MS = 10_000
const NEXT_TURN_MS = 15_000
const AFTER_FAULT_MS = 10 * 60_000
const GIVE_UP_MS = 24 * 3_600_000
/** The provider's clock and ours may differ, and a call takes its time. */
const SKEW_MS = 10 * 60_000
/** Nothing is repeated for longer than this. */
const REPEATED_MS = 24 * 3_600_000

/**
 * Finds out what became of a delivery that can no longer be repeated: reads the provider's own list of mails, newest
 * first, back to before the delivery was fixed, and knows ours by their tag. The caller holds its lease and has waited
 * for the first call.
 *
 * Only an older mail shows that the list reaches far enough: on its smallest plan Resend keeps mails for a day. A long
 * list is read in many turns, by whichever worker. Safe to run twice: a mail that is found counts as sent at once, and
 * only then the place in the list moves on behind it.
 *
 * Sources: resend.com/docs/api-reference/emails/list-emails, resend.com/docs/api-reference/emails/retrieve-email,
 * resend.com/pricing for how long mails are kept.
 */
export async function lookUpDelivery(context: Context, mailer: Mailer, delivery: Delivery): Promise<LookUp> {
  // Another key may be another account's: its list would show none of them.
  if (mailer.providerKey !== delivery.provider_key) return 'nobody_knows'
  const result = await readOn(context, mailer, delivery)
  if (typeof result === 'string') return result

  const now = context.now()
  const began = delivery.looking_since ?? now
  if (now.getTime() - began.getTime() > GIVE_UP_MS) return 'nobody_knows'
  await Delivery.query(context.db)
    .findById(delivery.id)
    .patch({
      looking_since: began,
      looked_after: result.after,
      lease_until: new Date(now.getTime() + result.waitMs),
      ...(result.reason && { reason: result.reason }),
    })
  return 'later'
}

/** Where the list is to be read on, and when. */
interface Pause {
  readonly after: string | null
  readonly waitMs: number
  readonly reason?: string
}

async function readOn(context: Context, mailer: Mailer, delivery: Delivery): Promise<Exclude<LookUp, 'later'> | Pause> {
  const until = context.now().getTime() + TURN_MS
  const mayCall = async () => context.now().getTime() < until && (await waitForSlot(context, mailer))
  const earliest = new Date(delivery.fixed_at.getTime() - SKEW_MS)

  for (let after = delivery.looked_after; ; ) {
    const page = await mailer.listSent(after)
    if (page.kind !== 'page') return notToldAt(after, page)
    const sought = await soughtAmong(context, delivery, page.mails)
    for (const sent of page.mails) {
      if (sought.ids.size === 0) return 'known'
      if (sent.createdAt < earliest) return 'not_taken'
      if (sought.mayBe(sent)) {
        if (!(await mayCall())) return { after, waitMs: NEXT_TURN_MS }
        const told = await mailer.readMailId(sent.providerId)
        if (told.kind !== 'told') return notToldAt(after, told)
        if (told.mailId === null) return 'nobody_knows'
        if (sought.ids.delete(told.mailId)) await confirm(context, delivery, told.mailId, sent)
      }
      after = sent.providerId
    }
    if (sought.ids.size === 0) return 'known'
    if (!page.hasMore) return 'nobody_knows'
    if (!(await mayCall())) return { after, waitMs: NEXT_TURN_MS }
  }
}

function notToldAt(after: string | null, answer: NotTold): 'nobody_knows' | Pause {
  if (answer.kind === 'not_allowed') return 'nobody_knows'
  // The provider no longer knows the place: it is read from the beginning.
  if (answer.kind === 'gone') return { after: null, waitMs: AFTER_FAULT_MS, reason: 'not_found' }
  return { after, waitMs: AFTER_FAULT_MS, reason: answer.reason }
}

/** The mails whose fate is open, and which of the listed ones may be one of them. */
async function soughtAmong({ db }: Context, delivery: Delivery, listed: readonly SentMail[]) {
  const open = await Mail.query(db).where({ delivery_id: delivery.id, accepted_at: null, refused_at: null })
  const addresses = open.map(({ to_address }) => to_address.toLowerCase())
  const listedIds = listed.map(({ providerId }) => providerId)
  const others = new Set(
    (await Mail.query(db).whereIn('provider_id', listedIds).select('provider_id')).map(
      ({ provider_id }) => provider_id,
    ),
  )
  const latest = new Date(delivery.fixed_at.getTime() + REPEATED_MS + SKEW_MS)
  return {
    ids: new Set(open.map(({ id }) => id)),
    mayBe: ({ to, createdAt, providerId }: SentMail) =>
      createdAt <= latest &&
      !others.has(providerId) &&
      to.some((recipient) => addresses.some((address) => recipient.toLowerCase().includes(address))),
  }
}

async function confirm(
  context: Context,
  { id, fixed_at }: Delivery,
  mailId: string,
  { createdAt, providerId }: SentMail,
): Promise<void> {
  await context.db.transaction(async (trx) => {
    const delivery = await Delivery.query(trx).findById(id).forUpdate()
    const mail = await Mail.query(trx).findById(mailId).forUpdate()
    if (!delivery || !mail || mail.accepted_at || mail.refused_at) return
    const at = new Date(Math.min(Math.max(createdAt.getTime(), fixed_at.getTime()), context.now().getTime()))
    await confirmMail(context, trx, { delivery, mail }, { at, providerId })
  })
}
