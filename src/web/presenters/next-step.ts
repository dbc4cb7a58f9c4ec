import type { Outcome } from '../../domain/case.js'
import { NEVER_RETRIED } from '../../domain/decline-codes.js'
import { age } from './ages.js'
import { nextAttempt, type Standing, sentCount, standingOf } from './case-standing.js'
import type { CaseData, TouchData } from './rows.js'
import type { View } from './view.js'
import { counted, lowerFirst, skipInWords, touchName } from './words.js'

/** What happens next, or how it ended. */
export interface NextStepView {
  /** `null`: the case is closed. */
  readonly text: string | null
  readonly second: string | null
}

/** One line, and one below it where that tells more. */
export function presentNextStep(row: CaseData, touches: readonly TouchData[], view: View): NextStepView {
  if (row.outcome) return { text: null, second: ending(row.outcome, sentCount(touches)) }
  const standing = standingOf(row, touches, view)
  const retry = retryInWords(row, view)
  const attempt = nextAttempt(row, view)
  switch (standing.kind) {
    case 'due':
    case 'sending':
      return { text: underWay(standing, view), second: retry }
    case 'unknown':
      return {
        text: `${touchName(standing.touch.template)}: sent or not, nobody knows`,
        second: 'The mail provider can tell',
      }
    case 'skipped': {
      const { why, next } = skipInWords(standing.reason)
      return { text: why, second: next ?? retry }
    }
    case 'stopped':
      return { text: skipInWords('reminders_stopped').why, second: retry }
    case 'paused':
      return { text: PAUSED[standing.by], second: retry }
    case 'unwritten':
      return { text: UNWRITTEN[standing.why], second: retry }
    case 'reminder': {
      const { template, due_at } = standing.touch
      const reminder = `${touchName(template)} in ${age(view.now, due_at)}`
      if (retry && attempt && attempt < due_at) return { text: retry, second: `Then ${lowerFirst(reminder)}` }
      return { text: reminder, second: retry }
    }
    case 'stalled':
      return { text: 'Nothing planned', second: unanswered(row, sentCount(touches)) }
    case 'waiting':
      if (needsOtherCard(row)) return { text: 'Waiting for the customer', second: retry }
      return { text: retry ?? 'Waiting for the customer', second: retry && 'Or the customer pays first' }
  }
}

/** Stripe schedules retries for these declines too, and charges nothing until there is another payment method. */
export const needsOtherCard = ({ decline_code }: CaseData) => decline_code !== null && NEVER_RETRIED.has(decline_code)

/** The card is fine: a retry without the customer fails again. */
export const wantsConfirmation = (row: CaseData) => row.decline_class === 'authentication' && needsOtherCard(row)

const UNWRITTEN: Record<(Standing & { kind: 'unwritten' })['why'], string> = {
  prompts_off: 'Prompts are off: nobody has written',
  not_planned: 'Nobody has written, and no mail is planned',
}

const PAUSED: Record<(Standing & { kind: 'paused' })['by'], string> = {
  owner: 'Paused by you, nothing is sent',
  subscription: 'The subscription is paused, nothing is sent',
  prompts: 'Prompts are off, nothing is sent',
}

function unanswered({ reminders_stopped_at }: CaseData, mails: number): string {
  return reminders_stopped_at ? skipInWords('reminders_stopped').why : `${counted(mails, 'mail')}, no answer`
}

function underWay(standing: Standing & { kind: 'due' | 'sending' }, view: View): string {
  const name = touchName(standing.touch.template)
  if (standing.kind === 'sending') {
    return standing.isLate ? `${name} is tried again: the mail provider does not answer` : `${name} is being sent`
  }
  return standing.isLate ? `${name} is late: due ${age(standing.touch.due_at, view.now)} ago` : `${name} goes out now`
}

function retryInWords(row: CaseData, view: View): string | null {
  const attempt = nextAttempt(row, view)
  if (!attempt) return null
  if (wantsConfirmation(row)) return 'Stripe cannot confirm for them'
  if (needsOtherCard(row)) return 'Stripe retries only with another card'
  return `Stripe retries ${view.times.moment(attempt)}`
}

function ending(outcome: Outcome, mails: number): string {
  switch (outcome) {
    case 'recovered':
      return mails === 0 ? 'Paid, without a mail from us' : `Paid after ${counted(mails, 'mail')}`
    case 'lost':
      return 'Stripe no longer collects it'
    case 'forgiven':
      return 'Voided or credited in Stripe'
    case 'dismissed':
      return 'No longer followed'
  }
}
