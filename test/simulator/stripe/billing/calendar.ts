import type { Account } from '../account.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { endPeriod, type Renewal } from './renewing.js'

/** What becomes of a renewal; `{}` charges the card as it is. */
export interface RenewalFate {
  /** Why the card refuses from now on. */
  readonly declineCode?: string | undefined
  /** The attempt from which it works again by itself. */
  readonly worksFromAttempt?: number | undefined
}

export interface RenewalCalendar {
  /** Asked when a renewal falls due, before it is charged. */
  readonly fateOf?: (subscription: SimulatedSubscription) => RenewalFate
  readonly onRenewed?: (renewal: Renewal) => void
}

/**
 * From now on the subscription renews by the clock whenever its period ends, until it has ended. An unpaid one draws no
 * further invoices here: Stripe would leave them as drafts, which nobody is asked to pay.
 */
export function renewWhenDue(
  account: Account,
  subscription: SimulatedSubscription,
  calendar: RenewalCalendar = {},
): void {
  const wait = subscription.items.data[0]!.current_period_end * 1000 - account.clock.now()
  account.clock.after(account.clock.shortened(Math.max(0, wait)), () => {
    if (subscription.status === 'canceled' || subscription.status === 'unpaid') return
    const fate = calendar.fateOf?.(subscription) ?? {}
    const renewal = endPeriod(account, { ...fate, subscription: subscription.id })
    if (!renewal) return
    calendar.onRenewed?.(renewal)
    renewWhenDue(account, subscription, calendar)
  })
}
