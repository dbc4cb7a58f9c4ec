import type Stripe from 'stripe'
import type { Account } from '../account.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { attemptCollection } from './collecting.js'
import { drawInvoice, finalizeInvoice } from './drawing.js'
import { periodEnd } from './periods.js'
import { Refusal } from './refusal.js'
import { unpause } from './subscription-status.js'

export interface CollectionPause {
  /** What becomes of the invoices drawn meanwhile; `keep_as_draft` when absent. */
  readonly behavior?: 'keep_as_draft' | 'mark_uncollectible' | 'void' | undefined
  /** Seconds since 1970; until it is taken back when absent. */
  readonly resumesAt?: number | undefined
}

/** Renewals go on and are not collected; the status stays, and what was open before is still retried. */
export function pauseCollection(account: Account, subscription: SimulatedSubscription, pause: CollectionPause): void {
  const { behavior = 'keep_as_draft', resumesAt } = pause
  requireRunning(subscription)
  set(account, subscription, { behavior, resumes_at: resumesAt ?? null })
  if (resumesAt === undefined) return
  const { clock } = account
  clock.after(clock.shortened(Math.max(0, resumesAt * 1000 - clock.now())), () => {
    const isStillPaused = subscription.pause_collection?.resumes_at === resumesAt && subscription.status !== 'canceled'
    if (isStillPaused) resumeCollection(account, subscription)
  })
}

/** Invoices that were kept as drafts stay drafts: the owner finalizes them. */
export function resumeCollection(account: Account, subscription: SimulatedSubscription): void {
  set(account, subscription, null)
}

function set(
  account: Account,
  subscription: SimulatedSubscription,
  pause_collection: Stripe.Subscription.PauseCollection | null,
): void {
  const previous = update(subscription, { pause_collection })
  if ('pause_collection' in previous) account.events.emit('customer.subscription.updated', subscription, previous)
}

/** No service, no invoices, until it is resumed; its period ends now. Source: docs.stripe.com/billing/subscriptions/pause */
export function pauseSubscription(account: Account, subscription: SimulatedSubscription): void {
  requireRunning(subscription)
  if (subscription.status === 'paused') throw new Refusal('This subscription is already paused.')
  if (subscription.pause_collection) {
    throw new Refusal("A subscription whose payment collection is paused can't be paused.")
  }
  const now = account.clock.seconds()
  const items = { data: [update(subscription.items.data[0]!, { current_period_end: now })] }
  const previous = update(subscription, { status: 'paused' })
  subscription.status_details = {
    paused: { subscription: { type: 'pause_requested' }, transitioned_at: now, type: 'subscription' },
  }
  account.events.emit('customer.subscription.paused', subscription)
  account.events.emit('customer.subscription.updated', subscription, { ...previous, items })
}

export interface Resumption {
  readonly anchor: 'now' | 'unchanged'
  /** The invoice of an anchor of now is charged at once, as by `resume_on_payment_success`. */
  readonly chargesNow: boolean
}

/**
 * With an unchanged anchor it is active at once and its period ends on the day it always did. With an anchor of now a
 * period begins, and the subscription is active when its invoice is paid.
 */
export function resumeSubscription(
  account: Account,
  subscription: SimulatedSubscription,
  { anchor, chargesNow }: Resumption,
): void {
  if (subscription.status !== 'paused') {
    throw new Refusal(`Only paused subscriptions can be resumed. This one is ${subscription.status}.`)
  }
  if (anchor === 'now') {
    subscription.billing_cycle_anchor = account.clock.seconds()
    const invoice = drawInvoice(account, subscription, { billingReason: 'subscription_update' })
    finalizeInvoice(account, invoice)
    if (chargesNow) attemptCollection(account, invoice)
    return
  }
  const item = subscription.items.data[0]!
  const { billing_cycle_anchor: day } = subscription
  const now = account.clock.seconds()
  let end = day
  while (end <= now) end = periodEnd(item.price, end, day)
  const items = { data: [update(item, { current_period_start: now, current_period_end: end })] }
  unpause(account, subscription, { items })
}

function requireRunning({ id, status }: SimulatedSubscription): void {
  if (status === 'canceled' || status === 'incomplete_expired') {
    throw new Refusal(`No such subscription: '${id}'`, { code: 'resource_missing', param: 'id' })
  }
}
