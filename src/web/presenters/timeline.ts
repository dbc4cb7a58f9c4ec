import { FIRST_TOUCH_PROMISE_MS } from '../../domain/campaign.js'
import { declineInWords } from '../../domain/decline.js'
import type { TimelineEntry } from '../../recovery/timeline.js'
import { age, duration } from './ages.js'
import type { GlyphName, Tone } from './case-state.js'
import type { CaseData, EntryData, TouchData } from './rows.js'
import { presentMoney, type View } from './view.js'
import { attemptName, lowerFirst, skipInWords, templateOf, touchName, upperFirst } from './words.js'

/** What one line of the proof says. */
interface Said {
  readonly title: string
  readonly detail: string
  /** Stripe's own word, muted beside the detail. */
  readonly code?: string | null
  /** `null`: told in passing, with a dot. */
  readonly glyph: GlyphName | null
  readonly tone: Tone
}

export interface TimelineLine extends Said {
  readonly id: number
  readonly at: string
  readonly clock: string
  readonly exact: string
  /** Named where a new day begins, when the proof runs over several. */
  readonly day: string | null
}

export interface TimelineView {
  /** "Sunday 22 November, Berlin time"; over several days only the zone. */
  readonly heading: string
  readonly lines: readonly TimelineLine[]
}

/** @param entries all of this case's, in any order; its touches are named in them by their step */
export function presentTimeline(
  row: CaseData,
  entries: readonly EntryData[],
  touches: readonly TouchData[],
  view: View,
): TimelineView {
  const name = (step: number) => touchName(templateOf(step, touches))
  const { times } = view
  const inOrder = entries.toSorted(
    (a, b) => secondOf(a) - secondOf(b) || placeOf(a) - placeOf(b) || a.at.getTime() - b.at.getTime() || a.id - b.id,
  )
  const days = inOrder.map(({ at }) => times.day(at))
  const severalDays = new Set(days).size > 1
  const lines = inOrder.flatMap((entry, index) => {
    const said = say(entry, { row, before: inOrder.slice(0, index), name, view })
    if (!said) return []
    const day = severalDays && days[index] !== days[index - 1] ? (days[index] ?? null) : null
    return [{ ...said, id: entry.id, day, ...momentOf(entry.at, view) }]
  })
  const zone = times.zone
  return { heading: severalDays || !days[0] ? upperFirst(zone) : `${days[0]}, ${zone}`, lines }
}

/**
 * Stripe's moments have whole seconds: within one, a failure begins the proof, a card is changed after a link is opened
 * and before it is charged, and an ending closes it.
 */
const secondOf = ({ at }: EntryData) => Math.floor(at.getTime() / 1_000)
const FIRST = ['charge_failed', 'action_required']
const CHARGED = ['payment_made', 'payment_processing', 'payment_authentication', 'payment_declined']
const LAST = ['recovered', 'lost', 'forgiven', 'dismissed']
function placeOf({ kind }: EntryData): number {
  if (FIRST.includes(kind)) return 0
  if (kind === 'card_changed') return 2
  if (CHARGED.includes(kind)) return 3
  return LAST.includes(kind) ? 4 : 1
}

interface Around {
  readonly row: CaseData
  readonly before: readonly EntryData[]
  /** What a touch is called, by its step. */
  readonly name: (step: number) => string
  readonly view: View
}

type Kind = TimelineEntry['kind']
type DetailOf<K extends Kind> = Extract<TimelineEntry, { kind: K }>['detail']
type Sayings = { [K in Kind]: (detail: DetailOf<K>, around: Around, at: Date) => Said }

/** A kind that this version does not know is left out rather than shown as a raw word. */
function say({ kind, detail, at }: EntryData, around: Around): Said | null {
  if (!Object.hasOwn(SAYINGS, kind)) return null
  const saying = SAYINGS[kind as Kind] as (detail: unknown, around: Around, at: Date) => Said
  return saying(detail, around, at)
}

const SAYINGS: Sayings = {
  charge_failed: ({ code, attempt, card }) => ({
    title: 'Charge failed',
    detail: sentences(code && declineInWords(code), card, attemptName(attempt)),
    code,
    glyph: 'lost',
    tone: 'lost',
  }),
  action_required: ({ attempt }) => ({
    title: 'Confirmation wanted',
    detail: sentences('The bank wants the customer to confirm the payment', attemptName(attempt)),
    glyph: 'attention',
    tone: 'attention',
  }),
  stripe_told: ({ type }) => ({
    title: 'Stripe told us',
    detail: 'Webhook received',
    code: type,
    glyph: null,
    tone: 'muted',
  }),
  found_in_past: () => ({
    title: 'Found in the past',
    detail: 'The diagnostic found it unpaid, and you opened a case of it',
    glyph: null,
    tone: 'muted',
  }),
  mail_accepted: ({ step, afterMs }, { name }) => ({
    title: step === 0 ? 'Mail accepted' : `${name(step)} accepted`,
    detail: step === 0 ? promise(afterMs) : 'The mail provider took it',
    glyph: 'recovered',
    tone: 'recovered',
  }),
  touch_skipped: ({ step, reason }, { name }) => ({
    title: `${name(step)} not sent`,
    detail: sentences(skipInWords(reason).why),
    glyph: reason === 'reminders_stopped' ? 'paused' : 'attention',
    tone: reason === 'reminders_stopped' ? 'muted' : 'attention',
  }),
  mail_unknown: ({ step }, { name }) => ({
    title: `${name(step)}: sent or not, nobody knows`,
    detail: 'The mail provider never answered. It is not sent again, so that nobody gets it twice.',
    glyph: 'attention',
    tone: 'attention',
  }),
  mail_delayed: ({ step, reason }, { name }) => ({
    title: `${name(step)} delayed`,
    ...delayed(reason),
    glyph: 'attention',
    tone: 'attention',
  }),
  mail_delivered: ({ step }, { name }) => ({
    title: step === 0 ? 'Mail delivered' : `${name(step)} delivered`,
    detail: 'The customer’s mail server took it',
    glyph: 'recovered',
    tone: 'recovered',
  }),
  mail_held_up: ({ step }, { name }) => ({
    title: `${name(step)} held up`,
    detail: 'The customer’s mail server does not take it yet. The mail provider goes on trying.',
    glyph: 'waiting',
    tone: 'muted',
  }),
  mail_failed: ({ step, code }, { name }) => ({
    title: `${name(step)} did not arrive`,
    detail: 'The mail provider gave it up. Nothing speaks against the address: reminders go on.',
    code,
    glyph: 'attention',
    tone: 'attention',
  }),
  mail_bounced: ({ step }, { name }) => ({
    title: `${name(step)} bounced`,
    detail: 'The customer’s mail server refused it for good. Nothing more is sent to this address.',
    glyph: 'lost',
    tone: 'lost',
  }),
  mail_complained: ({ step }, { name }) => ({
    title: `${name(step)} marked as spam`,
    detail: 'Nothing more is sent to this address',
    glyph: 'lost',
    tone: 'lost',
  }),
  mail_suppressed: ({ step }, { name }) => ({
    title: `${name(step)} not passed on`,
    detail: 'The mail provider sends nothing to this address any more, and neither do we.',
    glyph: 'lost',
    tone: 'lost',
  }),
  mail_opened: ({ step }, { name }) => ({
    title: step === 0 ? 'Mail opened' : `${name(step)} opened`,
    detail: 'As the mail provider saw it, by the customer or by their mail program: it does not count as ours',
    glyph: null,
    tone: 'muted',
  }),
  mail_clicked: ({ step }, { name }) => ({
    title: `Link in the ${lowerFirst(name(step))} followed`,
    detail: 'As the mail provider saw it. Only an opening of our own link counts.',
    glyph: null,
    tone: 'muted',
  }),
  mail_scanned: ({ step, by }, { name }) => ({
    title: `${name(step)} opened by a scanner`,
    detail: SCANS[by] ?? SCANS.machine,
    glyph: null,
    tone: 'muted',
  }),
  link_opened: ({ target }, { before }, at) => ({
    title: 'Link opened',
    detail: `${sinceMail(before, at)}Led to ${TARGETS[target] ?? 'Stripe'}.`,
    glyph: 'recovered',
    tone: 'recovered',
  }),
  link_fetched: ({ by }) => ({ ...(FETCHES[by] ?? FETCHES.unknown), glyph: null, tone: 'muted' }),
  card_changed: ({ by, card }) => ({
    title: by === 'network' ? 'Card renewed' : 'Card changed',
    detail: sentences(card && `Now ${card}`, by === 'network' ? 'The card network told Stripe' : null),
    glyph: 'recovered',
    tone: 'recovered',
  }),
  payment_made: () => ({
    title: 'Charged by us',
    detail: 'Stripe took the payment',
    glyph: 'recovered',
    tone: 'recovered',
  }),
  payment_processing: () => ({
    title: 'Payment under way',
    detail: 'We had it charged. The bank takes some days to confirm.',
    glyph: 'waiting',
    tone: 'muted',
  }),
  payment_authentication: () => ({
    title: 'Confirmation wanted',
    detail: 'We had it charged, and the bank wants the customer to confirm. The link leads there.',
    glyph: 'attention',
    tone: 'attention',
  }),
  payment_declined: ({ code }) => ({
    title: 'Card declined',
    detail: sentences('We had it charged', code && declineInWords(code)),
    code,
    glyph: 'lost',
    tone: 'lost',
  }),
  payment_unknown: () => ({
    title: 'Charged or not, nobody knows',
    detail: 'Stripe never answered when we had it charged. It is not tried again by itself.',
    glyph: 'attention',
    tone: 'attention',
  }),
  payment_withheld: ({ reason }) => ({
    title: 'Not charged by us',
    detail: WITHHELD[reason] ?? 'It was not allowed',
    glyph: 'attention',
    tone: 'attention',
  }),
  payment_retried: () => ({
    title: 'Charged again',
    detail: 'You asked for it',
    glyph: null,
    tone: 'muted',
  }),
  subscription_card_changed: () => ({
    title: 'Subscription changed to the new card',
    detail: 'The next renewals are charged to it',
    glyph: 'recovered',
    tone: 'recovered',
  }),
  reminders_stopped: () => ({
    title: 'Reminders stopped',
    detail: 'The customer asked for it. Nothing more is sent about this invoice.',
    glyph: 'paused',
    tone: 'muted',
  }),
  customer_forgotten: () => ({
    title: 'Customer forgotten',
    detail: 'Name, address and mails were erased. Nobody is written to about this invoice.',
    glyph: 'paused',
    tone: 'muted',
  }),
  part_paid: ({ amount, remaining }, { row, view }) => ({
    title: 'Paid in part',
    detail: `${moneyOf(amount, row, view)} came back, ${moneyOf(remaining, row, view)} is left to pay`,
    glyph: 'recovered',
    tone: 'recovered',
  }),
  refunded: ({ amount }, { row, view }) => ({
    title: 'Refunded',
    detail: `${moneyOf(amount, row, view)} went back to the customer`,
    glyph: 'lost',
    tone: 'lost',
  }),
  refund_failed: ({ amount }, { row, view }) => ({
    title: 'Refund failed',
    detail: `The bank did not take ${moneyOf(amount, row, view)}: the money is yours again`,
    glyph: 'attention',
    tone: 'attention',
  }),
  disputed: ({ amount }, { row, view }) => ({
    title: 'Disputed',
    detail: `The bank took ${moneyOf(amount, row, view)} back for now. Stripe’s dashboard says until when to answer.`,
    glyph: 'attention',
    tone: 'attention',
  }),
  dispute_won: ({ amount }, { row, view }) => ({
    title: 'Dispute won',
    detail: `${moneyOf(amount, row, view)} came back`,
    glyph: 'recovered',
    tone: 'recovered',
  }),
  dispute_lost: ({ amount }, { row, view }) => ({
    title: 'Dispute lost',
    detail: `${moneyOf(amount, row, view)} stays with the customer`,
    glyph: 'lost',
    tone: 'lost',
  }),
  dispute_closed: () => ({
    title: 'Dispute closed',
    detail: 'No money was taken',
    glyph: 'closed',
    tone: 'closed',
  }),
  credited: ({ amount }, { row, view }) => ({
    title: 'Credited',
    detail: amount > 0 ? `${moneyOf(amount, row, view)} was given back by a credit note` : 'By a credit note in Stripe',
    glyph: 'closed',
    tone: 'closed',
  }),
  credit_voided: () => ({
    title: 'Credit taken back',
    detail: 'The credit note was voided in Stripe',
    glyph: 'closed',
    tone: 'closed',
  }),
  subscription_ended: () => ({
    title: 'Subscription ended',
    detail: 'Stripe no longer collects what is open. It can still be paid.',
    glyph: 'lost',
    tone: 'lost',
  }),
  subscription_paused: () => ({
    title: 'Subscription paused',
    detail: 'Nothing is sent until it is resumed',
    glyph: 'paused',
    tone: 'muted',
  }),
  subscription_resumed: () => ({
    title: 'Subscription resumed',
    detail: 'What was held goes on',
    glyph: null,
    tone: 'muted',
  }),
  customer_deleted: () => ({
    title: 'Customer deleted in Stripe',
    detail: 'The subscription ended with the customer',
    glyph: 'lost',
    tone: 'lost',
  }),
  recovered: (_, { row, view }, at) => ({
    title: 'Paid',
    detail: `${moneyOf(row.recovered + row.returned, row, view)} came back, ${age(row.failed_at, at)} after the failure`,
    glyph: 'recovered',
    tone: 'recovered',
  }),
  lost: (_, { row }, at) => ({
    title: 'Lost',
    detail: `Stripe no longer collects this invoice, ${age(row.failed_at, at)} after the failure`,
    glyph: 'lost',
    tone: 'lost',
  }),
  forgiven: () => ({
    title: 'Forgiven',
    detail: 'The invoice was voided or credited in Stripe',
    glyph: 'closed',
    tone: 'closed',
  }),
  dismissed: (detail) => ({
    title: 'Dismissed',
    detail: dismissedBecause(detail),
    glyph: 'closed',
    tone: 'closed',
  }),
  paused: () => ({
    title: 'You paused it',
    detail: 'Nothing is sent until you resume it',
    glyph: 'paused',
    tone: 'muted',
  }),
  resumed: () => ({
    title: 'You resumed it',
    detail: 'Reminders moved on by the length of the pause',
    glyph: null,
    tone: 'muted',
  }),
  link_copied: () => ({
    title: 'You took the recovery link',
    detail: 'To pass it on by hand',
    glyph: null,
    tone: 'muted',
  }),
  address_allowed: () => ({
    title: 'You allowed mail to this address again',
    detail: 'What comes next is sent. The mail provider keeps a list of its own and may refuse it still.',
    glyph: null,
    tone: 'muted',
  }),
  sent_now: () => ({
    title: 'You asked to send now',
    detail: 'The next mail came forward, as far as the sending hours and the distance between mails allow',
    glyph: null,
    tone: 'muted',
  }),
  event_replayed: ({ type }) => ({
    title: 'You replayed an event',
    detail: 'It is processed once more',
    code: type,
    glyph: null,
    tone: 'muted',
  }),
}

const TARGETS: Record<DetailOf<'link_opened'>['target'], string> = {
  card: 'a fresh Stripe page to change the card',
  invoice: 'the invoice on Stripe’s page',
}

const SCANS: Record<DetailOf<'mail_scanned'>['by'], string> = {
  machine: 'By a program, not by a person: it does not count as opened',
  too_soon: 'Within 10 seconds of its arrival, as scanners do: it does not count as opened',
}

const FETCHES: Record<DetailOf<'link_fetched'>['by'], Pick<Said, 'title' | 'detail'>> = {
  machine: { title: 'Link fetched by a scanner', detail: 'By a program, not by a person: it does not count as opened' },
  too_soon: {
    title: 'Link fetched at once',
    detail: 'Within 10 seconds of the mail, as scanners do: it does not count as opened',
  },
  unknown: { title: 'Link fetched', detail: 'By a person or a scanner, nobody knows: it does not count as opened' },
}

function dismissedBecause(detail: DetailOf<'dismissed'>): string {
  if ('by' in detail) return 'You closed it. It is no longer followed, and a later payment still counts.'
  return detail.reason ? 'Stripe was disconnected, or another account connected' : 'The case is no longer followed'
}

const WITHHELD: Record<DetailOf<'payment_withheld'>['reason'], string> = {
  switched_off: 'Paying with a changed card is switched off. Stripe’s next attempt charges it, or you do.',
  permission_missing: 'The key may not pay invoices. Stripe’s next attempt charges it, or you do.',
  key_rejected: 'Stripe refuses the key. Its next attempt charges the card, or you do.',
}

function promise(afterMs: number): string {
  const kept = afterMs <= FIRST_TOUCH_PROMISE_MS
  return `${upperFirst(duration(afterMs))} after the webhook. The promise ${kept ? 'is' : 'was'} 5 min.`
}

function sinceMail(before: readonly EntryData[], at: Date): string {
  const mail = before.findLast(({ kind }) => kind === 'mail_accepted')
  return mail ? `${upperFirst(age(mail.at, at))} after the mail. ` : ''
}

const sentences = (...parts: (string | null)[]) =>
  parts
    .filter((part) => part)
    .map((part) => `${part}.`)
    .join(' ')

const momentOf = (at: Date, { times }: View) => ({
  at: at.toISOString(),
  clock: times.clock(at),
  exact: times.exact(at),
})

const moneyOf = (amount: number, { currency }: CaseData, view: View) => presentMoney(amount, currency, view).text

/** Why a mail was not taken. */
function delayed(reason: string): { detail: string; code?: string } {
  if (reason === 'sender_domain')
    return { detail: 'Resend refuses your sender’s domain. It goes out once that is mended.' }
  if (reason === 'sender_key') return { detail: 'Resend refuses your sender’s key. It goes out once that is mended.' }
  return { detail: 'The mail provider did not take it. It is tried again by itself.', code: reason }
}
