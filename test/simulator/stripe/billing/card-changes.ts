import type Stripe from 'stripe'
import { Random } from '../../random.js'
import type { Account } from '../account.js'
import type { SimulatedCustomer } from '../objects/customer.js'
import type { SimulatedPaymentMethod } from '../objects/payment-method.js'
import { update } from '../objects/wire.js'
import { Refusal } from './refusal.js'
import { cardFacts } from './test-cards.js'

/** The card that a customer's charges are made with: the default, or else the one attached last. */
export function cardOf(account: Account, customer: SimulatedCustomer): SimulatedPaymentMethod | undefined {
  const { paymentMethods } = account.store
  const named = customer.invoice_settings.default_payment_method
  if (named !== null) return paymentMethods.require(named)
  return paymentMethods.of(customer.id).findLast((method) => method.customer === customer.id)
}

/**
 * The card network tells of a renewed card: another number and date under the same id, and it works again. What changes
 * is what a real `payment_method.automatically_updated` of 2021 names.
 */
export function updateCardAutomatically(account: Account, method: SimulatedPaymentMethod): void {
  const fingerprint = account.ids.next('fp', method.id, 16).slice(3)
  const last4 = String(new Random(`${account.seed}/${fingerprint}`).integer(0, 9999)).padStart(4, '0')
  const { card } = method
  const renewed = cardFacts(card.brand, last4, card.country ?? 'US', account.clock.seconds())
  const previous = update(method, {
    card: { ...card, exp_month: renewed.expMonth, exp_year: renewed.expYear, fingerprint, last4 },
  })
  account.cards.set(method.id, { decline: null })
  account.events.emit('payment_method.automatically_updated', method, previous)
}

export interface CardDetails {
  readonly expMonth?: number | undefined
  readonly expYear?: number | undefined
  /** All of it, as it is to be. */
  readonly metadata?: Stripe.Metadata | undefined
}

/** By the owner. A card that had expired works again with a date to come. */
export function changeCard(account: Account, method: SimulatedPaymentMethod, details: CardDetails): void {
  const { card } = method
  const { expMonth = card.exp_month, expYear = card.exp_year, metadata } = details
  const previous = update(method, {
    card: { ...card, exp_month: expMonth, exp_year: expYear },
    ...(metadata && { metadata }),
  })
  const isValid = Date.UTC(expYear, expMonth) > account.clock.now()
  if (isValid && account.cards.get(method.id)?.decline === 'expired_card')
    account.cards.set(method.id, { decline: null })
  account.events.emit('payment_method.updated', method, previous)
}

/** For good. Whoever had it as a default has none then. */
export function detachCard(account: Account, method: SimulatedPaymentMethod): void {
  const { deletedCustomers, customers, subscriptions } = account.store
  const customer = method.customer === null ? undefined : customers.require(method.customer)
  if (!customer) {
    throw new Refusal('The payment method you provided is not attached to a customer so detachment is impossible.')
  }
  account.events.emit('payment_method.detached', method, update(method, { customer: null }))
  if (deletedCustomers.has(customer.id)) return
  if (customer.invoice_settings.default_payment_method === method.id) {
    const invoice_settings = { ...customer.invoice_settings, default_payment_method: null }
    account.events.emit('customer.updated', customer, update(customer, { invoice_settings }))
  }
  for (const subscription of subscriptions.of(customer.id)) {
    if (subscription.default_payment_method !== method.id) continue
    const previous = update(subscription, { default_payment_method: null })
    account.events.emit('customer.subscription.updated', subscription, previous)
  }
}
