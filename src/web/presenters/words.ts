import { type Template, THANK_YOU_STEP } from '../../domain/campaign.js'
import { declineInWords } from '../../domain/decline.js'
import { planInWords } from '../../domain/plan.js'
import type { SkipReason } from '../../recovery/timeline.js'
import type { CaseData, TouchData } from './rows.js'

/** Who owes, by the best name there is. */
export function customerInWords({
  customer_name,
  customer_email,
}: Pick<CaseData, 'customer_name' | 'customer_email'>): string {
  return customer_name?.trim() || customer_email || 'Customer without a name'
}

export const planOf = ({ plan_label, plan_interval, plan_interval_count }: CaseData) =>
  planInWords(plan_label, plan_interval, plan_interval_count)

/** For the owner only. */
export function declineOf({ decline_class, decline_code }: CaseData): string {
  return decline_code === null && decline_class === 'unknown' ? 'Stripe gave no reason' : declineInWords(decline_code)
}

const TOUCHES: Readonly<Record<Template, string>> = {
  first_notice: 'First mail',
  reminder: 'Reminder',
  final_notice: 'Last mail',
  thank_you: 'Thank-you',
}

export const touchName = (template: Template) => TOUCHES[template]

/** Entries of the timeline outlive their touches: then the step alone tells. */
export function templateOf(step: number, touches: readonly Pick<TouchData, 'step' | 'template'>[]): Template {
  const touch = touches.find((each) => each.step === step)
  if (touch) return touch.template
  if (step === THANK_YOU_STEP) return 'thank_you'
  return step === 0 ? 'first_notice' : 'reminder'
}

const ORDINALS = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth']

/** Of Stripe's attempts, counted from one. */
export function attemptName(attempt: number): string {
  const ordinal = ORDINALS[attempt - 1]
  return ordinal ? `${ordinal} attempt` : `Attempt ${attempt}`
}

export const lowerFirst = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`

export const upperFirst = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** Why nobody was written to, and what to do. */
const SKIPPED: Readonly<Record<SkipReason, readonly [why: string, next: string | null]>> = {
  no_address: ['Stripe has no mail address for this customer', 'Reach them another way'],
  address_unusable: ['The customer’s mail address cannot be written to', 'Reach them another way'],
  mail_not_set_up: ['Mail is not set up, so nothing was sent', 'Set RESEND_API_KEY and EMAIL_FROM'],
  mail_not_rendered: ['The mail could not be written, so nothing was sent', 'The log of the worker says why'],
  mail_refused: ['The mail provider refused the mail', 'Its reason stands beside the mail'],
  reminders_stopped: ['The customer stopped reminders for this invoice', null],
  suppressed: ['Mail to this address came back or was complained about', 'Reach them another way'],
  card_updated: ['The customer has saved another card', 'The invoice is settled with it'],
  overtaken: ['A later mail had come due as well: one was enough', null],
  money_went_back: ['The money went back meanwhile, so nobody was thanked', null],
  too_late: ['It was too late for thanks', null],
}

export function skipInWords(reason: string | null): { why: string; next: string | null } {
  const [why, next] = SKIPPED[reason as SkipReason] ?? ['Nothing was sent', null]
  return { why, next }
}

/** `1 mail`, `2 mails`, `1,204 cases`. */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
