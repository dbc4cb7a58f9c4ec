import type { Account } from '../account.js'
import { isNeverRetried } from '../declines.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { update } from '../objects/wire.js'
import { type ChargeResult, chargedCard, chargeInvoice } from './charging.js'
import { finalizeInvoice } from './drawing.js'
import { endSubscription } from './ending.js'
import { cancelRetry } from './settling.js'
import { setSubscriptionStatus, subscriptionOf } from './subscription-status.js'

const NO_CARD = { outcome: 'no card' } as const

/** Stripe's own attempt, first or retry, with the card that is the default now. Counts as an attempt. */
export function attemptCollection(account: Account, invoice: SimulatedInvoice): void {
  if (invoice.status !== 'open') return
  invoice.attempt_count += 1
  invoice.attempted = true

  const card = chargedCard(account, invoice)
  if (card && isBlockedRetry(account, invoice, card)) {
    skipAttempt(account, invoice)
    return
  }

  // Without any card there is nothing to charge, and the attempt fails all the same.
  const result = card ? chargeInvoice(account, invoice, { paymentMethod: card, onSession: false }) : NO_CARD
  if (result.outcome === 'paid') return

  const next = planRetry(account, invoice)
  if (account.settings.billingAutomations) invoice.next_payment_attempt = null
  else invoice.next_payment_attempt = next
  reportFailure(account, invoice, result)
  if (invoice.next_payment_attempt !== next) {
    account.events.emit('invoice.updated', invoice, update(invoice, { next_payment_attempt: next }))
  }
  const subscription = subscriptionOf(account, invoice)
  if (subscription.status === 'active' && subscription.latest_invoice === invoice.id) {
    setSubscriptionStatus(account, subscription, 'past_due')
  }
  if (next === null) giveUp(account, invoice)
}

/** An attempt that Stripe did not schedule: by API or on the hosted page. Does not count; finalizes a draft first. */
export function payNow(
  account: Account,
  invoice: SimulatedInvoice,
  request: { readonly paymentMethod: string; readonly onSession: boolean; readonly confirmed?: boolean },
): ChargeResult {
  if (invoice.status === 'draft') finalizeInvoice(account, invoice)
  if (invoice.status === 'paid') return { outcome: 'paid' }
  const result = chargeInvoice(account, invoice, request)
  if (result.outcome === 'declined') reportFailure(account, invoice, result)
  return result
}

function reportFailure(account: Account, invoice: SimulatedInvoice, result: ChargeResult | typeof NO_CARD): void {
  if (result.outcome === 'declined' && result.decline.name === 'authentication_required') {
    account.events.emit('invoice.payment_action_required', invoice)
  }
  account.events.emit('invoice.payment_failed', invoice)
}

/** With the same card that was refused for good, Stripe schedules a retry and does not execute it. */
function isBlockedRetry(account: Account, invoice: SimulatedInvoice, card: string): boolean {
  const error = account.store.intentOf(invoice.id)?.last_payment_error
  const name = error?.decline_code ?? error?.code
  if (name === undefined || error?.payment_method?.id !== card) return false
  // A number that the network has updated is another card.
  const isSame = error.payment_method.card?.fingerprint === account.store.paymentMethods.require(card).card.fingerprint
  return isSame && isNeverRetried(name)
}

/** The attempt is counted, nothing is charged, and the next one is planned. */
function skipAttempt(account: Account, invoice: SimulatedInvoice): void {
  const next = planRetry(account, invoice)
  const previous = update(invoice, { next_payment_attempt: next })
  account.events.emit('invoice.updated', invoice, { attempt_count: invoice.attempt_count - 1, ...previous })
  if (next === null) giveUp(account, invoice)
}

/** When the next attempt is due, in seconds; null when the schedule is used up. */
function planRetry(account: Account, invoice: SimulatedInvoice): number | null {
  cancelRetry(account, invoice)
  const wait = account.settings.retrySchedule[invoice.attempt_count - 1]
  if (wait === undefined) return null
  const here = account.clock.shortened(wait)
  const cancel = account.clock.after(here, () => attemptCollection(account, invoice))
  account.retries.set(invoice.id, cancel)
  return Math.ceil((account.clock.now() + here) / 1000)
}

function giveUp(account: Account, invoice: SimulatedInvoice): void {
  account.events.emit('invoice.updated', invoice, update(invoice, { auto_advance: false }))
  const subscription = subscriptionOf(account, invoice)
  const { afterRetries } = account.settings
  // An invoice from before the pause runs its course without touching a paused subscription.
  if (subscription.status === 'canceled' || subscription.status === 'paused') return
  if (afterRetries === 'unpaid') setSubscriptionStatus(account, subscription, 'unpaid')
  if (afterRetries === 'cancel') endSubscription(account, subscription, 'payment_failed')
}
