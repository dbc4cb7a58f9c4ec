import type { StripeConnection } from '../../db/models/stripe-connection.js'
import { nextAttempt, standingOf } from './case-standing.js'
import { presentState, type StateView } from './case-state.js'
import { type LetterView, presentLetter } from './letter.js'
import { type NextStepView, needsOtherCard, presentNextStep, wantsConfirmation } from './next-step.js'
import { type PlannedView, presentPlanned } from './planned.js'
import type { CaseData, EntryData, MailData, TouchData } from './rows.js'
import { type FactView, presentStripeFacts } from './stripe-facts.js'
import { presentTimeline, type TimelineView } from './timeline.js'
import { type MoneyView, presentMoney, type View } from './view.js'
import { customerInWords, declineOf, planOf } from './words.js'

/** All that is known of one case. Mails come decrypted. */
export interface WholeCase {
  readonly recoveryCase: CaseData
  readonly entries: readonly EntryData[]
  readonly touches: readonly TouchData[]
  readonly mails: readonly MailData[]
  readonly connection: Pick<StripeConnection, 'mode'>
}

export interface CaseView {
  readonly customer: string
  /** "Pro annual, renewal of 22 November 2026" */
  readonly renewal: string
  readonly exposed: MoneyView
  /** "all of it open" */
  readonly became: string
  readonly state: StateView
  readonly next: NextStepView
  /** Why the charge failed, and what that asks for. */
  readonly why: string
  readonly code: string | null
  readonly timeline: TimelineView
  /** What the present waits for, in a timeline that goes on; `null`: the case is closed. */
  readonly now: { readonly clock: string; readonly words: string } | null
  readonly planned: readonly PlannedView[]
  readonly letters: readonly LetterView[]
  readonly facts: readonly FactView[]
}

export function presentCase(
  { recoveryCase: row, entries, touches, mails, connection }: WholeCase,
  view: View,
): CaseView {
  const next = presentNextStep(row, touches, view)
  const plan = planOf(row)
  const renewed = view.times.date(row.failed_at)
  return {
    customer: customerInWords(row),
    renewal: plan ? `${plan}, renewal of ${renewed}` : `Renewal of ${renewed}`,
    exposed: presentMoney(row.exposure, row.currency, view),
    became: whatBecame(row, view),
    state: presentState(row, touches, view),
    next,
    why: `${declineOf(row)}.${retryNote(row, view)}`,
    code: row.decline_code,
    timeline: presentTimeline(row, entries, touches, view),
    now: next.text === null ? null : { clock: view.times.clockNow(), words: waitsFor(row, touches, next.text, view) },
    planned: presentPlanned(row, touches, view),
    letters: mails.map((mail) => presentLetter(mail, view)),
    facts: presentStripeFacts(row, touches, connection, view),
  }
}

/** What is planned stands below: until then the customer has it in their hands. */
function waitsFor(row: CaseData, touches: readonly TouchData[], next: string, view: View): string {
  const { kind } = standingOf(row, touches, view)
  return kind === 'reminder' || kind === 'waiting' ? 'Waiting for the customer' : next
}

/** Which part of the exposure is open, or went with the outcome. */
function whatBecame({ outcome, exposure, recovered, amount_remaining, currency }: CaseData, view: View): string {
  const word = outcome ?? 'open'
  const part = outcome === 'recovered' ? recovered : outcome ? exposure - recovered : amount_remaining
  if (part >= exposure) return `all of it ${word}`
  return `${presentMoney(part, currency, view).text} of it ${word}`
}

function retryNote(row: CaseData, view: View): string {
  const attempt = row.outcome ? null : nextAttempt(row, view)
  if (!attempt) return ''
  const day = view.times.day(attempt)
  if (wantsConfirmation(row)) return ' Stripe charges nothing until the customer does.'
  return needsOtherCard(row)
    ? ` Stripe charges nothing until there is another card, though its next attempt stands on ${day}.`
    : ` Stripe tries the card on file again on ${day}.`
}
