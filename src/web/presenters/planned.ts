import { age } from './ages.js'
import { isPlanned, nextAttempt } from './case-standing.js'
import { needsOtherCard, wantsConfirmation } from './next-step.js'
import type { CaseData, TouchData } from './rows.js'
import type { View } from './view.js'
import { attemptName, lowerFirst, touchName } from './words.js'

/** Something that will happen by itself, unless the invoice is paid first. */
export interface PlannedView {
  readonly by: 'mail' | 'stripe'
  /** ISO 8601 */
  readonly at: string
  readonly moment: string
  readonly what: string
}

/** Our planned touches and Stripe's next attempt, the nearest first; nothing for a closed case. */
export function presentPlanned(row: CaseData, touches: readonly TouchData[], view: View): PlannedView[] {
  if (row.outcome) return []
  const isHeld = row.paused_at !== null || row.subscription_paused
  const when = (due: Date) => (isHeld ? 'held until it is resumed' : whenDue(due, view))
  const mails = touches
    .filter(isPlanned)
    .map(({ step, due_at }) => line('mail', due_at, `${touchName(step)}, ${when(due_at)}`, view))
  const attempt = nextAttempt(row, view)
  const retries = attempt ? [line('stripe', attempt, stripesAttempt(row, attempt, view), view)] : []
  return [...mails, ...retries].toSorted((a, b) => a.at.localeCompare(b.at))
}

function stripesAttempt(row: CaseData, at: Date, view: View): string {
  const attempt = `Stripe’s ${lowerFirst(attemptName(row.attempt_count + 1))}, ${whenDue(at, view)}`
  if (wantsConfirmation(row)) return `${attempt}. It charges nothing while the bank wants a confirmation.`
  return needsOtherCard(row)
    ? `${attempt}. It charges nothing until there is another card.`
    : `${attempt}, with the card then on file`
}

const whenDue = (at: Date, { now }: View) => (at > now ? `in ${age(now, at)}` : 'due now')

const line = (by: PlannedView['by'], at: Date, what: string, { times }: View): PlannedView => ({
  by,
  at: at.toISOString(),
  moment: times.moment(at),
  what,
})
