import { FIRST_TOUCH_PROMISE_MS, theOneToSend } from '../../domain/campaign.js'
import { isStalled } from '../../domain/stalled.js'
import type { CaseData, TouchData } from './rows.js'
import type { View } from './view.js'

const DAY = 86_400_000
/** A mail without an answer is repeated for less than a day, then left to a human. */
const GIVEN_UP_MS = DAY

/** Where an open case stands. The state, its glyph and the next step all follow from this one reading. */
export type Standing =
  | { kind: 'due'; touch: TouchData; isLate: boolean }
  | { kind: 'sending'; touch: TouchData; isLate: boolean }
  | { kind: 'unknown'; touch: TouchData }
  | { kind: 'skipped'; reason: string | null }
  | { kind: 'stopped' }
  | { kind: 'paused'; by: 'owner' | 'subscription' | 'prompts' }
  | { kind: 'unwritten'; why: 'prompts_off' | 'not_planned'; isStalled: boolean }
  | { kind: 'reminder'; touch: TouchData }
  | { kind: 'waiting' }
  | { kind: 'stalled' }

/** @param touches all of this case's */
export function standingOf(row: CaseData, touches: readonly TouchData[], view: View): Standing {
  const inOrder = touches.toSorted((a, b) => a.step - b.step)
  const planned = inOrder.filter(isPlanned)
  const held = row.paused_at || row.subscription_paused
  const due = theOneToSend(planned.filter((touch) => touch.due_at <= view.now))
  if (due && !held && view.promptsOnAt) {
    return { kind: 'due', touch: due, isLate: isOlder(due.due_at, FIRST_TOUCH_PROMISE_MS, view) }
  }
  const sent = inOrder.findLast((touch) => touch.sent_at)
  const fixed = inOrder.findLast((touch) => touch.mail_id && endOf(touch) === null)
  if (fixed && !isOlder(fixed.due_at, GIVEN_UP_MS, view)) {
    return { kind: 'sending', touch: fixed, isLate: isOlder(fixed.due_at, FIRST_TOUCH_PROMISE_MS, view) }
  }
  // Once a later mail went out, the customer has heard.
  if (fixed && fixed.step > (sent?.step ?? -1)) return { kind: 'unknown', touch: fixed }

  if (held) return { kind: 'paused', by: row.paused_at ? 'owner' : 'subscription' }
  const stalled = standsStill(row, inOrder, view)
  if (row.reminders_stopped_at) return { kind: stalled ? 'stalled' : 'stopped' }
  const skipped = inOrder.findLast((touch) => touch.skipped_at)
  if (skipped && skipped.step > (sent?.step ?? -1)) return { kind: 'skipped', reason: skipped.reason }

  const next = planned.at(0)
  if (next && view.promptsOnAt) return { kind: 'reminder', touch: next }
  if (!sent) return { kind: 'unwritten', why: view.promptsOnAt ? 'not_planned' : 'prompts_off', isStalled: stalled }
  if (next) return { kind: 'paused', by: 'prompts' }
  return { kind: stalled ? 'stalled' : 'waiting' }
}

function standsStill(row: CaseData, touches: readonly TouchData[], view: View): boolean {
  const isGivenUp = (touch: TouchData) => touch.mail_id !== null && isOlder(touch.due_at, GIVEN_UP_MS, view)
  const standstill = {
    openedAt: row.opened_at,
    nextAttemptAt: row.next_attempt_at,
    isHeld: false,
    contactsEndedAt: touches.map((touch) => endOf(touch) ?? (isGivenUp(touch) ? touch.due_at : null)),
  }
  return isStalled(standstill, view.now)
}

const endOf = ({ sent_at, skipped_at, canceled_at }: TouchData) => sent_at ?? skipped_at ?? canceled_at

/** Neither fixed to a mail nor ended. */
export const isPlanned = (touch: TouchData) => touch.mail_id === null && endOf(touch) === null

/** Mails that asked for the money: thanks for it are none. */
export const sentCount = (touches: readonly TouchData[]) =>
  touches.filter(({ sent_at, template }) => sent_at && template !== 'thank_you').length

/** Stripe's next attempt, while it lies ahead. */
export function nextAttempt({ next_attempt_at }: CaseData, { now }: Pick<View, 'now'>): Date | null {
  return next_attempt_at && next_attempt_at > now ? next_attempt_at : null
}

const isOlder = (at: Date, ms: number, { now }: View) => now.getTime() - at.getTime() > ms
