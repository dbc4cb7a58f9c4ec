import type { EventsCase, InboxEvent } from '../../recovery/read-inbox.js'
import { age } from './ages.js'
import type { GlyphName, Tone } from './case-state.js'
import type { View } from './view.js'
import { customerInWords } from './words.js'

/** One line of the list of events. */
export interface EventRowView {
  readonly id: string
  /** "Invoice payment failed" */
  readonly name: string
  /** Stripe's own word for it. */
  readonly type: string
  /** When it came in: ISO 8601, to the second in words, and how long ago. */
  readonly at: string
  readonly exact: string
  readonly ago: string
  /** How it came in, where that is not the usual way, and whether it was replayed. */
  readonly notes: readonly string[]
  readonly glyph: GlyphName
  readonly tone: Tone
  /** "Failed" */
  readonly fate: string
  /** What it did, or why it did nothing. */
  readonly detail: string
  readonly case: { readonly href: string; readonly customer: string } | null
  /** Where a replay is posted to, and whether it is called for; `null`: there is no reason for one. */
  readonly replay: { readonly to: string; readonly isUrgent: boolean } | null
}

export function presentEventRow(event: InboxEvent, itsCase: EventsCase | undefined, view: View): EventRowView {
  const { id, type, received_at, outcome } = event
  return {
    id,
    name: eventInWords(type),
    type,
    at: received_at.toISOString(),
    exact: view.times.exact(received_at),
    ago: age(received_at, view.now),
    notes: notesOf(event, view),
    ...fateOf(event, view),
    case: itsCase ? { href: `/app/cases/${itsCase.id}`, customer: customerInWords(itsCase) } : null,
    replay:
      outcome === 'failed' || outcome === 'ignored'
        ? { to: `/app/events/${id}/replay`, isUrgent: outcome === 'failed' }
        : null,
  }
}

/** `invoice.payment_failed` is "Invoice payment failed". */
function eventInWords(type: string): string {
  const words = type.replace(/[._]/g, ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function notesOf({ backfilled_at, occurred_at, replayed_at }: InboxEvent, { now }: View): string[] {
  return [
    ...(backfilled_at ? [`Backfilled: no webhook brought it. It happened ${age(occurred_at, now)} ago.`] : []),
    ...(replayed_at ? [`You replayed it ${age(replayed_at, now)} ago`] : []),
  ]
}

type Fate = Pick<EventRowView, 'glyph' | 'tone' | 'fate' | 'detail'>

/** Work lies within seconds: what waits for longer than this is worth a look. */
const PATIENCE_MS = 60_000

function fateOf({ outcome, detail, received_at, replayed_at }: InboxEvent, { now }: View): Fate {
  const why = detail ?? ''
  switch (outcome) {
    case 'processed':
      return { glyph: 'recovered', tone: 'muted', fate: 'Processed', detail: why }
    case 'ignored':
      return { glyph: 'closed', tone: 'closed', fate: 'Ignored', detail: why }
    case 'failed':
      return { glyph: 'lost', tone: 'lost', fate: 'Failed', detail: why }
    case null: {
      const since = replayed_at ?? received_at
      const isLate = now.getTime() - since.getTime() > PATIENCE_MS
      return isLate
        ? { glyph: 'attention', tone: 'attention', fate: `Waiting for ${age(since, now)}`, detail: LATE }
        : { glyph: 'waiting', tone: 'muted', fate: 'Waiting', detail: 'It is processed within seconds' }
    }
  }
}

const LATE = 'It is tried again by itself, and ends as failed when nothing helps'
