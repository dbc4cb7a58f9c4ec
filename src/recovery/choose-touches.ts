import type { Db } from '../db/knex.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import type { Touch } from '../db/models/touch.js'
import { lastMailsTo } from '../db/queries/last-mails-to.js'
import { type Campaign, theOneToSend } from '../domain/campaign.js'
import { nextSendingTime } from '../domain/sending-hours.js'
import { suppressedAmong } from './suppressions.js'
import type { SkipReason } from './timeline.js'
import { waitingForCharge } from './waiting-for-charge.js'
import { isMailable, type WrittenAbout } from './write-mail.js'

/** A touch that may be sent, its case, and which mail it becomes: as planned, or the first where none was sent yet. */
export interface DueTouch extends WrittenAbout {
  readonly touch: Touch
}

/** What becomes of touches that are due. Touches that are in none of the lists stay as they are. */
export interface Choice {
  /** One mail each. */
  readonly mails: readonly (readonly DueTouch[])[]
  readonly skip: readonly { readonly due: DueTouch; readonly reason: SkipReason }[]
  readonly postpone: readonly { readonly due: DueTouch; readonly until: Date }[]
}

interface Occasion {
  readonly workspaceId: string
  readonly campaign: Campaign
  readonly now: Date
}

/** Thanks that are this late are odd. */
const STALE_THANKS_MS = 72 * 3_600_000

/**
 * Sorts touches that are due: which become one mail, which are not sent and why, and which wait. A first touch never
 * waits. Reminders wait for the sending hours, and until the gap to the last mail to the same customer or mailbox is over.
 *
 * @param due those of one customer all together; also reminders that come due soon and may go out with another
 */
export async function chooseTouches(db: Db, occasion: Occasion, due: readonly DueTouch[]): Promise<Choice> {
  const { workspaceId, campaign, now } = occasion
  const gapMs = campaign.gapHours * 3_600_000
  const stops = await readStops(db, workspaceId, due)
  const lastMails = await lastMailsTo(db, workspaceId, customersOf(due), new Date(now.getTime() - gapMs))

  const mails: (readonly DueTouch[])[] = []
  const skip: Choice['skip'][number][] = []
  const postpone: Choice['postpone'][number][] = []
  const writtenNow = new Set<string>()
  const openingTime = nextSendingTime(now, campaign.hours)
  for (const group of remindersLast(byCustomer(due))) {
    const wanted: DueTouch[] = []
    for (const one of group) {
      const reason = whyNot(one, occasion, stops) ?? (isOvertaken(one, group) ? 'overtaken' : null)
      if (reason) skip.push({ due: one, reason })
      else wanted.push(one)
    }
    const first = wanted.filter(isFirst)
    const thanks = wanted.filter(isThanks)
    const reminders = wanted.filter((one) => !isFirst(one) && !isThanks(one))

    const isThankedNow = thanks.length > 0 && openingTime <= now
    const lastMail = isThankedNow || isAmong(writtenNow, group) ? now : lastMails(group[0]?.recoveryCase)
    const gapEnds = lastMail ? new Date(lastMail.getTime() + gapMs) : now
    const mayRemind = gapEnds <= now && openingTime <= now
    // A reminder that is not yet due only keeps another mail company, and none is told of a case twice in one mail.
    const goesOut = first.length > 0 || reminders.some(({ touch }) => touch.due_at <= now)
    const toldNow = new Set(first.map(({ recoveryCase }) => recoveryCase.id))
    const joined = mayRemind && goesOut ? reminders.filter(({ recoveryCase }) => !toldNow.has(recoveryCase.id)) : []
    const from = first.length > 0 ? new Date(now.getTime() + gapMs) : gapEnds > now ? gapEnds : now
    const until = nextSendingTime(from, campaign.hours)
    for (const one of reminders) {
      if (!joined.includes(one) && one.touch.due_at <= now) postpone.push({ due: one, until })
    }
    if (!isThankedNow) for (const one of thanks) postpone.push({ due: one, until: openingTime })

    for (const mail of [[...first, ...joined], isThankedNow ? thanks : []]) {
      if (mail.length === 0) continue
      mails.push(mail)
      for (const name of mail.flatMap(({ recoveryCase }) => namesOf(recoveryCase))) writtenNow.add(name)
    }
  }
  return { mails, skip, postpone }
}

const isFirst = ({ touch }: DueTouch) => touch.step === 0
const isThanks = ({ touch }: DueTouch) => touch.template === 'thank_you'
/** By which a customer is known again: their id, and their mailbox. */
const namesOf = ({ stripe_customer_id, customer_email }: RecoveryCase) =>
  [stripe_customer_id, customer_email?.toLowerCase()].flatMap((name) => name ?? [])
const isAmong = (names: ReadonlySet<string>, group: readonly DueTouch[]) =>
  group.some(({ recoveryCase }) => namesOf(recoveryCase).some((name) => names.has(name)))

const customersOf = (due: readonly DueTouch[]) => due.map(({ recoveryCase }) => recoveryCase)

/** One mail a customer; a case whose customer Stripe did not name stands alone. */
function byCustomer(due: readonly DueTouch[]): DueTouch[][] {
  const groups = new Map<string, DueTouch[]>()
  for (const one of due) {
    const { stripe_customer_id, customer_email, id } = one.recoveryCase
    const key = stripe_customer_id ? `${stripe_customer_id} ${customer_email}` : id
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

/** What waits for the gap sees every mail that does not. */
const remindersLast = (groups: readonly DueTouch[][]) => {
  const isHasty = (group: DueTouch[]) => group.some((one) => isFirst(one) || isThanks(one))
  return groups.toSorted((a, b) => Number(isHasty(b)) - Number(isHasty(a)))
}

/** Several touches about one case that are due together would say the same several times. */
function isOvertaken(one: DueTouch, group: readonly DueTouch[]): boolean {
  if (isFirst(one) || isThanks(one)) return false
  const ofCase = group
    .filter(({ recoveryCase, touch }) => recoveryCase.id === one.recoveryCase.id && touch.template !== 'thank_you')
    .map(({ touch }) => touch)
  const sent = theOneToSend(ofCase)
  // After the first touch the last of the others waits for its time.
  return one.touch !== (sent?.step === 0 ? theOneToSend(ofCase.filter(({ step }) => step > 0)) : sent)
}

/** What speaks against a touch and does not stand on its case. */
interface Stops {
  readonly suppressed: ReadonlySet<string>
  /** Cases whose customer has saved another card, which is about to be charged. */
  readonly waitingForCharge: ReadonlySet<string>
}

async function readStops(db: Db, workspaceId: string, due: readonly DueTouch[]): Promise<Stops> {
  const cases = customersOf(due)
  const addresses = cases.flatMap(({ customer_email }) => customer_email ?? [])
  return {
    suppressed: await suppressedAmong(db, workspaceId, addresses),
    waitingForCharge: await waitingForCharge(db, cases),
  }
}

/** Why a touch is not sent; `null`: nothing speaks against it. */
function whyNot(due: DueTouch, { now }: Occasion, { suppressed, waitingForCharge }: Stops): SkipReason | null {
  const { id, reminders_stopped_at, customer_email: address, outcome, returned } = due.recoveryCase
  if (reminders_stopped_at) return 'reminders_stopped'
  if (isThanks(due)) {
    if (outcome !== 'recovered' || returned > 0) return 'money_went_back'
    if (now.getTime() - due.touch.due_at.getTime() > STALE_THANKS_MS) return 'too_late'
  } else if (waitingForCharge.has(id)) return 'card_updated'
  if (!address) return 'no_address'
  if (!isMailable(address)) return 'address_unusable'
  return suppressed.has(address) ? 'suppressed' : null
}
