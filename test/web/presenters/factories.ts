import type { CaseData, EntryData, TouchData } from '../../../src/web/presenters/rows.js'
import { viewOf } from '../../../src/web/presenters/view.js'

/** Sunday 22 November 2026, 15:00 in Berlin. */
export const NOW = new Date('2026-11-22T14:00:00Z')
const MINUTE = 60_000
export const HOUR = 60
export const DAY = 24 * HOUR

export const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE)
export const inMinutes = (minutes: number) => minutesAgo(-minutes)

export const aView = ({ locale = 'en-US', promptsOn = true, timeZone = 'Europe/Berlin' } = {}) =>
  viewOf({ time_zone: timeZone, prompts_on_at: promptsOn ? minutesAgo(30 * DAY) : null }, NOW, locale)

/** A renewal of $1,490.00 that failed 41 minutes ago, for an expired card. */
export const aCase = (over: Partial<CaseData> = {}): CaseData => ({
  id: '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11',
  stripe_invoice_id: 'in_1QcRenewal',
  stripe_customer_id: 'cus_Cloudsmith',
  stripe_subscription_id: 'sub_ProAnnual',
  invoice_number: 'F4C1-0093',
  customer_name: 'Cloudsmith',
  customer_email: 'ap@cloudsmith.example',
  plan_label: 'Pro',
  plan_interval: 'year',
  plan_interval_count: 1,
  card_brand: 'visa',
  card_last4: '4242',
  decline_class: 'card',
  decline_code: 'expired_card',
  attempt_count: 1,
  next_attempt_at: null,
  currency: 'usd',
  exposure: 149_000,
  amount_remaining: 149_000,
  recovered: 0,
  returned: 0,
  paused_at: null,
  subscription_paused: false,
  failed_at: minutesAgo(41),
  received_at: minutesAgo(41),
  opened_at: minutesAgo(41),
  reminders_stopped_at: null,
  closed_at: null,
  outcome: null,
  ...over,
})

export const aRecoveredCase = (over: Partial<CaseData> = {}) =>
  aCase({ outcome: 'recovered', closed_at: minutesAgo(9), recovered: 149_000, amount_remaining: 0, ...over })

/** Planned and due now. */
export const aTouch = (over: Partial<TouchData> = {}): TouchData => ({
  step: 0,
  template: over.step ? 'reminder' : 'first_notice',
  due_at: minutesAgo(0),
  mail_id: null,
  sent_at: null,
  skipped_at: null,
  canceled_at: null,
  reason: null,
  ...over,
})

export const aSentTouch = (over: Partial<TouchData> = {}) =>
  aTouch({ mail_id: 'mail', due_at: minutesAgo(41), sent_at: minutesAgo(40), ...over })

export const aSkippedTouch = (reason: string) => aTouch({ skipped_at: minutesAgo(40), reason })

let entries = 0
export const anEntry = (kind: string, detail: Record<string, unknown> = {}, at = minutesAgo(30)): EntryData => ({
  id: ++entries,
  kind,
  at,
  detail,
})
