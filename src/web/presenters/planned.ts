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

/** Our planned touches and Stripe's next attempt, the nearest first; of a closed case only thanks may be left. */
export function presentPlanned(row: CaseData, touches: readonly TouchData[], view: View): PlannedView[] {
  const mails = touches
    .filter(isPlanned)
    .filter(({ template }) => row.outcome === null || template === 'thank_you')
    .map(({ template, due_at }) => line('mail', due_at, `${touchName(template)}, ${whenSent(row, due_at, view)}`, view))
  const attempt = row.outcome ? null : nextAttempt(row, view)
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

function whenSent(row: CaseData, at: Date, view: View): string {
  if (row.paused_at || row.subscription_paused) return 'held until it is resumed'
  return view.promptsOnAt ? whenDue(at, view) : 'held while prompts are off'
}

const whenDue = (at: Date, { now }: View) => (at > now ? `in ${age(now, at)}` : 'due now')

const line = (by: PlannedView['by'], at: Date, what: string, { times }: View): PlannedView => ({
  by,
  at: at.toISOString(),
  moment: times.moment(at),
  what,
})
