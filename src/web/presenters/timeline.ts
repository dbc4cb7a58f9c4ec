import { declineInWords } from '../../domain/decline.js'
import type { TimelineEntry } from '../../recovery/timeline.js'
import { age, duration } from './ages.js'
import { PROMISE_MS } from './case-standing.js'
import type { GlyphName, Tone } from './case-state.js'
import type { CaseData, EntryData } from './rows.js'
import { presentMoney, type View } from './view.js'
import { attemptName, skipInWords, touchName } from './words.js'

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

/** @param entries all of this case's, in any order */
export function presentTimeline(row: CaseData, entries: readonly EntryData[], view: View): TimelineView {
  const { times } = view
  const inOrder = entries.toSorted(
    (a, b) => secondOf(a) - secondOf(b) || placeOf(a) - placeOf(b) || a.at.getTime() - b.at.getTime() || a.id - b.id,
  )
  const days = inOrder.map(({ at }) => times.day(at))
  const severalDays = new Set(days).size > 1
  const lines = inOrder.flatMap((entry, index) => {
    const said = say(entry, { row, before: inOrder.slice(0, index), view })
    if (!said) return []
    const day = severalDays && days[index] !== days[index - 1] ? (days[index] ?? null) : null
    return [{ ...said, id: entry.id, day, ...momentOf(entry.at, view) }]
  })
  const zone = times.zone
  return { heading: severalDays || !days[0] ? upperFirst(zone) : `${days[0]}, ${zone}`, lines }
}

/** Stripe's moments have whole seconds: within one, a failure begins the proof and an ending closes it. */
const secondOf = ({ at }: EntryData) => Math.floor(at.getTime() / 1_000)
const FIRST = ['charge_failed', 'action_required']
const LAST = ['recovered', 'lost', 'forgiven', 'dismissed']
const placeOf = ({ kind }: EntryData) => (FIRST.includes(kind) ? 0 : LAST.includes(kind) ? 2 : 1)

interface Around {
  readonly row: CaseData
  readonly before: readonly EntryData[]
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
  mail_accepted: ({ step, afterMs }) => ({
    title: step === 0 ? 'Mail accepted' : `${touchName(step)} accepted`,
    detail: step === 0 ? promise(afterMs) : 'The mail provider took it',
    glyph: 'recovered',
    tone: 'recovered',
  }),
  touch_skipped: ({ step, reason }) => ({
    title: `${touchName(step)} not sent`,
    detail: sentences(skipInWords(reason).why),
    glyph: reason === 'reminders_stopped' ? 'paused' : 'attention',
    tone: reason === 'reminders_stopped' ? 'muted' : 'attention',
  }),
  mail_unknown: ({ step }) => ({
    title: `${touchName(step)}: sent or not, nobody knows`,
    detail: 'The mail provider never answered. It is not sent again, so that nobody gets it twice.',
    glyph: 'attention',
    tone: 'attention',
  }),
  mail_delayed: ({ step, reason }) => ({
    title: `${touchName(step)} delayed`,
    detail: 'The mail provider did not take it. It is tried again by itself.',
    code: reason,
    glyph: 'attention',
    tone: 'attention',
  }),
  link_followed: ({ target }, { before }, at) => ({
    title: 'Link followed',
    detail: `${sinceMail(before, at)}Led to ${TARGETS[target] ?? 'Stripe'}.`,
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
  recovered: (_, { row, view }, at) => ({
    title: 'Paid',
    detail: `${presentMoney(row.recovered, row.currency, view).text} came back, ${age(row.failed_at, at)} after the failure`,
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
  dismissed: ({ reason }) => ({
    title: 'Dismissed',
    detail: reason ? 'Stripe was disconnected, or another account connected' : 'The case is no longer followed',
    glyph: 'closed',
    tone: 'closed',
  }),
}

const TARGETS: Record<DetailOf<'link_followed'>['target'], string> = {
  card: 'a fresh Stripe page to change the card',
  invoice: 'the invoice on Stripe’s page',
}

function promise(afterMs: number): string {
  const kept = afterMs <= PROMISE_MS
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

const upperFirst = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
