import { invalid } from './errors.js'

const UNITS: Readonly<Record<string, number>> = { sec: 1_000, min: 60_000, hour: 3_600_000, day: 86_400_000 }
const IN_A_WHILE = /^in (\d+) (sec|min|hour|day)(?:ond|ute)?s?$/i
const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/
const FURTHEST_MS = 30 * 86_400_000

/**
 * Milliseconds since 1970 of `in 5 min` or of an ISO date. Of natural language only "in so much time" is simulated.
 * Source of the 30 days: resend.com/docs/dashboard/emails/schedule-email.
 */
export function readMoment(given: unknown, now: number): number {
  const text = typeof given === 'string' ? given.trim() : ''
  const wait = IN_A_WHILE.exec(text)
  const moment = wait
    ? now + Number(wait[1]) * (UNITS[wait[2]?.toLowerCase() ?? ''] ?? 0)
    : ISO_DATE.test(text)
      ? Date.parse(text)
      : Number.NaN
  if (Number.isNaN(moment)) {
    throw invalid(
      'Invalid `scheduled_at` field. It must be an ISO 8601 date or like `in 5 min` (the simulator has no other words).',
    )
  }
  if (moment > now + FURTHEST_MS) throw invalid('Invalid `scheduled_at` field. It can be at most 30 days ahead.')
  return moment
}
