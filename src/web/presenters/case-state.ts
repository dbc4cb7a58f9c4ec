import type { Outcome } from '../../domain/case.js'
import { age } from './ages.js'
import { type Standing, sentCount, standingOf } from './case-standing.js'
import type { CaseData, TouchData } from './rows.js'
import type { View } from './view.js'

/** Shapes that stand for a state, drawn by `Glyph`. A ring is filled by a quarter for each mail that is out. */
export type GlyphName =
  | 'waiting'
  | 'open-0'
  | 'open-1'
  | 'open-2'
  | 'open-3'
  | 'open-4'
  | 'paused'
  | 'attention'
  | 'recovered'
  | 'lost'
  | 'closed'

export type Tone = 'muted' | 'open' | 'attention' | 'recovered' | 'lost' | 'closed'

/** A state: a glyph, and always words with an age. */
export interface StateView {
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly words: string
  /** The moment that the age counts from, or at which the case closed: ISO 8601, and to the second in words. */
  readonly at: string
  readonly exact: string
}

/** "41m since failure", "14m since action required", "Recovered in 32m", "Lost after 21d". */
export function presentState(row: CaseData, touches: readonly TouchData[], view: View): StateView {
  if (row.outcome && row.closed_at) {
    const { words, ...look } = CLOSED[row.outcome]
    return { ...look, words: `${words} ${age(row.failed_at, row.closed_at)}`, ...moment(row.closed_at, view) }
  }
  const since = row.decline_class === 'authentication' ? 'action required' : 'failure'
  return {
    ...lookOf(standingOf(row, touches, view), sentCount(touches)),
    words: `${age(row.failed_at, view.now)} since ${since}`,
    ...moment(row.failed_at, view),
  }
}

const CLOSED: Record<Outcome, Pick<StateView, 'glyph' | 'tone' | 'words'>> = {
  recovered: { glyph: 'recovered', tone: 'recovered', words: 'Recovered in' },
  lost: { glyph: 'lost', tone: 'lost', words: 'Lost after' },
  forgiven: { glyph: 'closed', tone: 'closed', words: 'Forgiven after' },
  dismissed: { glyph: 'closed', tone: 'closed', words: 'Dismissed after' },
}

const QUARTERS = ['open-0', 'open-1', 'open-2', 'open-3', 'open-4'] as const

function lookOf(standing: Standing, mailsOut: number): Pick<StateView, 'glyph' | 'tone'> {
  const open = { glyph: QUARTERS[mailsOut] ?? 'open-4', tone: 'open' } as const
  const attention = { glyph: 'attention', tone: 'attention' } as const
  switch (standing.kind) {
    case 'due':
    case 'sending':
      if (standing.isLate) return attention
      return standing.touch.step === 0 ? { glyph: 'waiting', tone: 'muted' } : open
    case 'skipped':
    case 'stalled':
    case 'unknown':
      return attention
    case 'unwritten':
      return standing.isStalled ? attention : open
    case 'stopped':
    case 'paused':
      return { glyph: 'paused', tone: 'muted' }
    default:
      return open
  }
}

const moment = (at: Date, { times }: View) => ({ at: at.toISOString(), exact: times.exact(at) })
