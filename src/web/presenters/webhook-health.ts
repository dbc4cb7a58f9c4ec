import type { InboxStanding } from '../../db/queries/inbox-standing.js'
import type { EventChecks, Gap } from '../../diagnostics/read-event-checks.js'
import { age, duration } from './ages.js'
import { dayIn, type OverviewPeriod } from './overview-period.js'
import type { View } from './view.js'
import { counted } from './words.js'

/** How Stripe's webhooks reach us, at a glance. */
export interface WebhookHealthView {
  readonly tone: 'recovered' | 'attention' | 'muted'
  readonly verdict: string
  /** A bar a day, oldest first. */
  readonly days: readonly ('events' | 'quiet' | 'gap')[]
  readonly ends: readonly [string, string]
  readonly inWords: string
  readonly facts: readonly { readonly name: string; readonly value: string; readonly isGrave: boolean }[]
}

/** What is known of a connection's events. */
export interface WebhookHealth extends InboxStanding {
  /** On which any event arrived: `2026-11-22`. */
  readonly days: readonly string[]
  /** Webhooks that could not be verified and were not followed by one that could. */
  readonly signatureFailures: number
  readonly checks: EventChecks
}

/** An event waits for a second or two; from here on something is wrong. */
const LATE_MS = 60_000
const DAY_MS = 86_400_000

export function presentWebhookHealth(
  health: WebhookHealth,
  { from, until }: Pick<OverviewPeriod, 'from' | 'until'>,
  timeZone: string,
  view: View,
): WebhookHealthView {
  const { days, ofLastDay, waiting, failed, signatureFailures, checks } = health
  const gaps = checks.gaps.filter((gap) => gap.until > from && gap.from < until)
  const withEvents = new Set(days)
  const withGaps = new Set(gaps.flatMap((gap) => daysBetween(gap.from, gap.until, timeZone)))
  const bars = daysBetween(from, until, timeZone).map((day) =>
    withGaps.has(day) ? 'gap' : withEvents.has(day) ? 'events' : 'quiet',
  )
  return {
    ...verdictOf(health, view),
    days: bars,
    ends: [view.times.shortDay(from), until >= view.now ? 'Today' : view.times.shortDay(new Date(until.getTime() - 1))],
    inWords: `${counted(bars.length, 'day')}, events on ${withEvents.size} of them${gaps.length > 0 ? `, ${counted(gaps.length, 'gap')}, backfilled` : ''}`,
    facts: [
      {
        name: 'Last 24 hours',
        value: `${counted(ofLastDay, 'event')}, ${waiting === 0 ? 'none waiting' : `${waiting.toLocaleString('en-US')} waiting`}`,
        isGrave: false,
      },
      ...(failed > 0 ? [{ name: 'Failed', value: counted(failed, 'event'), isGrave: true }] : []),
      { name: 'Signature failures', value: signatureFailures.toLocaleString('en-US'), isGrave: signatureFailures > 0 },
      { name: 'Gaps', value: gapsInWords(gaps, view), isGrave: false },
    ],
  }
}

function verdictOf(
  { lastEventAt, oldestWaitingAt, failed, signatureFailures, checks }: WebhookHealth,
  { now }: View,
): Pick<WebhookHealthView, 'tone' | 'verdict'> {
  const grave = (verdict: string) => ({ tone: 'attention' as const, verdict })
  if (signatureFailures > 0) return grave(`${counted(signatureFailures, 'webhook')} could not be verified`)
  if (failed > 0) return grave(`${counted(failed, 'event')} could not be processed`)
  if (oldestWaitingAt && now.getTime() - oldestWaitingAt.getTime() > LATE_MS)
    return grave(`An event has been waiting for ${age(oldestWaitingAt, now)}`)
  if (checks.failure) return grave('Stripe’s list of events could not be compared')
  if (!lastEventAt) return { tone: 'muted', verdict: 'Stripe has not sent anything yet' }
  return { tone: 'recovered', verdict: `Healthy, last event ${age(lastEventAt, now)} ago` }
}

function gapsInWords(gaps: readonly Gap[], { times }: View): string {
  const [newest] = gaps
  if (!newest) return 'None'
  const events = gaps.reduce((sum, gap) => sum + gap.events, 0)
  const backfilled = `${counted(events, 'event')} backfilled`
  if (gaps.length > 1) return `${gaps.length}, the last on ${times.shortDay(newest.from)}: ${backfilled}`
  return `1, on ${times.shortDay(newest.from)} for ${duration(newest.until.getTime() - newest.from.getTime())}: ${backfilled}`
}

/** Every day from the first to the last, as `2026-11-22`. */
function daysBetween(from: Date, until: Date, timeZone: string): string[] {
  const last = Date.parse(dayIn(new Date(until.getTime() - 1), timeZone))
  const first = Date.parse(dayIn(from, timeZone))
  return Array.from({ length: (last - first) / DAY_MS + 1 }, (_, index) =>
    new Date(first + index * DAY_MS).toISOString().slice(0, 10),
  )
}
