import type { EventChecks } from '../../diagnostics/read-event-checks.js'
import { age } from './ages.js'
import type { View } from './view.js'
import { counted } from './words.js'

/** One thing to know about how events reach us. */
export interface HealthLine {
  readonly tone: 'muted' | 'attention'
  readonly words: string
}

interface Unverified {
  /** Webhooks that could not be verified and were not followed by one that could. */
  readonly count: number
  readonly lastAt: Date | null
}

/** Whether all that Stripe lists is here, what was missing, and what could not be verified. */
export function presentEventHealth(checks: EventChecks, unverified: Unverified, view: View): HealthLine[] {
  const { times, now } = view
  const missing = checks.gaps.reduce((sum, { events }) => sum + events, 0)
  const lastGap = checks.gaps[0]
  return [
    quiet(
      checks.checkedUntil
        ? `Everything that Stripe lists up to ${times.moment(checks.checkedUntil)} is here.`
        : 'Not yet compared with Stripe’s own list of events. It is done every ten minutes.',
    ),
    ...(checks.failure ? [loud(`The last comparison broke off. ${checks.failure}`)] : []),
    ...(lastGap
      ? [
          quiet(
            `${counted(missing, 'event')} that no webhook brought ${missing === 1 ? 'was' : 'were'} fetched from that list, ` +
              `the last ${age(lastGap.foundAt, now)} ago.`,
          ),
        ]
      : []),
    ...checks.outOfReach.map(({ from, until }) =>
      loud(
        `What happened from ${times.moment(from)} to ${times.moment(until)} could not be compared: Stripe lists 30 days.`,
      ),
    ),
    ...(unverified.count > 0 && unverified.lastAt
      ? [
          loud(
            `${counted(unverified.count, 'webhook')} could not be verified, the last ${age(unverified.lastAt, now)} ago: ` +
              'the signing secret is not that of the endpoint.',
          ),
        ]
      : []),
  ]
}

const quiet = (words: string): HealthLine => ({ tone: 'muted', words })
const loud = (words: string): HealthLine => ({ tone: 'attention', words })
