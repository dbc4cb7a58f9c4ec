import type { Diagnostics } from '../../diagnostics/read-diagnostics.js'
import type { ListingName } from '../../stripe/listings.js'
import { age, duration } from './ages.js'
import type { View } from './view.js'

/** A run that is under way, or waits. */
export interface RunningView {
  readonly when: string
  /** Whole percent. */
  readonly percent: number
  /** `12 of 42 slices, 900 invoices, 1,040 of about 1,700 charges read` */
  readonly read: string
  readonly steps: readonly {
    readonly words: string
    readonly state: 'done' | 'here' | 'to come'
    readonly count: string
  }[]
  /** How long it takes, and what may be done meanwhile. */
  readonly words: string
}

/** Before so much is known, no time is told. */
const TELLS_FROM = 0.05

export function presentRunning({ progress, run }: NonNullable<Diagnostics['running']>, view: View): RunningView {
  const { lists, share, slices, slicesDone } = progress
  const list = (name: ListingName) => lists.find(({ listing }) => listing === name)
  const [invoices, charges] = [list('invoices'), list('charges')]
  const elapsed = run.began_at ? view.now.getTime() - run.began_at.getTime() : 0
  const others = lists.filter(({ listing }) => listing !== 'invoices' && listing !== 'charges')
  const isRead = run.read_at !== null
  const step = (words: string, isDone: boolean, isHere: boolean, count: string) => ({
    words,
    state: isDone ? ('done' as const) : isHere ? ('here' as const) : ('to come' as const),
    count,
  })
  const began = run.began_at !== null
  const number = (count: number | undefined) => (count ? count.toLocaleString('en-US') : '')
  const readCharges = charges?.seen ? [`${number(charges.seen)} of about ${number(charges.about)} charges read`] : []
  return {
    when:
      run.window_from && run.window_until && run.began_at
        ? `${view.times.dayOfMonth(run.window_from)} to ${view.times.date(run.window_until)}, began ${age(run.began_at, view.now)} ago`
        : 'It begins in a moment.',
    percent: isRead ? 99 : Math.min(99, Math.floor(share * 100)),
    read: began
      ? [
          `${slicesDone} of ${slices} slices`,
          `${invoices?.seen.toLocaleString('en-US')} invoices`,
          ...readCharges,
        ].join(', ')
      : '',
    steps: [
      step('Key checked', began, !began, ''),
      step('Invoices listed', invoices?.isDone ?? false, began, number(invoices?.seen)),
      step('Reading charges', charges?.isDone ?? false, began, number(charges?.seen)),
      step(
        'Reading payments, credits and disputes',
        others.every(({ isDone }) => isDone),
        began,
        number(others.reduce((sum, { seen }) => sum + seen, 0)),
      ),
      step('Matching and adding up', false, isRead, ''),
    ],
    words: `${timeLeft(run, share, elapsed, view)}You can leave this page: the run goes on, and picks up where it was if anything stops it. A part of Stripe’s limit is left free, so that nothing else you run is slowed.`,
  }
}

function timeLeft(
  { retry_at: retryAt, read_at: readAt }: NonNullable<Diagnostics['running']>['run'],
  share: number,
  elapsed: number,
  { now, times }: View,
): string {
  if (retryAt && retryAt > now) return `Stripe did not answer. It goes on by itself at ${times.clock(retryAt)}. `
  if (readAt || share < TELLS_FROM || elapsed <= 0) return ''
  return `About ${duration(Math.max(1_000, (elapsed * (1 - share)) / share))} left. `
}
