import type Stripe from 'stripe'
import type { BookPlan } from '../../book.js'
import type { Account } from '../account.js'
import { declineNamed } from '../declines.js'
import type { SimulatedCustomer } from '../objects/customer.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { markUncollectible, voidInvoice } from './closing.js'
import { attemptCollection } from './collecting.js'
import { drawInvoice, finalizeInvoice } from './drawing.js'
import { endSubscription } from './ending.js'
import { attachCard, type NewCustomer, signUp, subscribe } from './sign-up.js'
import { expireCard } from './test-cards.js'

export interface RenewalRequest extends NewCustomer {
  /** An existing customer, by id; a new one from the book when absent. */
  readonly customer?: string | undefined
  /** An existing subscription, by id; the customer's newest when absent. */
  readonly subscription?: string | undefined
  /** Why the charge fails; `insufficient_funds` when absent. */
  readonly declineCode?: string | undefined
  /** From this attempt on the same card works, so that Stripe's own retry brings the money back. */
  readonly worksFromAttempt?: number | undefined
  /** The subscription has a card of its own and keeps charging it, whatever the customer's default becomes. */
  readonly ownCard?: boolean | undefined
  /** Minor units, instead of the plan's price. */
  readonly amount?: number | undefined
  readonly plan?: BookPlan | undefined
  readonly billingReason?: Stripe.Invoice.BillingReason | undefined
}

export interface Renewal {
  readonly customer: SimulatedCustomer
  readonly subscription: SimulatedSubscription
  /** The live object: it changes as the account does. */
  readonly invoice: SimulatedInvoice
}

/** A subscription falls due and its charge fails. Throws on an unknown customer or decline code. */
export function failRenewal(account: Account, request: RenewalRequest = {}): Renewal {
  const decline = declineNamed(request.declineCode ?? 'insufficient_funds').name
  const behaviour = {
    decline,
    ...(request.worksFromAttempt !== undefined && { worksFromAttempt: request.worksFromAttempt }),
  }
  const { customer, subscription } = subscriber(account, request)
  const current = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method
  if (current) {
    account.cards.set(current, behaviour)
    if (decline === 'expired_card') expireCard(account.store.paymentMethods.require(current), account.clock.seconds())
  } else giveCard(account, customer, subscription, behaviour, request.ownCard === true)
  return renew(account, customer, subscription, request)
}

/** A subscription falls due and is charged with whatever card it has. */
export function renewSubscription(account: Account, request: RenewalRequest = {}): Renewal {
  const { customer, subscription } = subscriber(account, request)
  if (!subscription.default_payment_method && !customer.invoice_settings.default_payment_method) {
    giveCard(account, customer, subscription, { decline: null }, request.ownCard === true)
  }
  return renew(account, customer, subscription, request)
}

/** A period ends: a subscription that was to be canceled then is, a paused one stays so, and any other renews. */
export function endPeriod(
  account: Account,
  request: RenewalRequest & { readonly subscription: string },
): Renewal | undefined {
  const subscription = account.store.subscriptions.require(request.subscription)
  if (!drawsInvoices(subscription)) return undefined
  if (subscription.cancel_at_period_end) {
    endSubscription(account, subscription, 'cancellation_requested')
    return undefined
  }
  return request.declineCode === undefined ? renewSubscription(account, request) : failRenewal(account, request)
}

/** Draws the next period's invoice and makes the first attempt to collect it, unless its collection is paused. */
function renew(
  account: Account,
  customer: SimulatedCustomer,
  subscription: SimulatedSubscription,
  { amount, billingReason = 'subscription_cycle' }: RenewalRequest,
): Renewal {
  if (!drawsInvoices(subscription)) throw new Error(`A ${subscription.status} subscription does not renew`)
  const invoice = drawInvoice(account, subscription, { amount, billingReason })
  if (subscription.pause_collection) leaveUncollected(account, invoice, subscription.pause_collection.behavior)
  else {
    finalizeInvoice(account, invoice)
    attemptCollection(account, invoice)
  }
  return { customer, subscription, invoice }
}

/** What paused collection makes of a new invoice. Source: docs.stripe.com/billing/subscriptions/pause-payment */
function leaveUncollected(
  account: Account,
  invoice: SimulatedInvoice,
  behavior: Stripe.Subscription.PauseCollection.Behavior,
): void {
  if (behavior === 'keep_as_draft') {
    account.events.emit('invoice.updated', invoice, update(invoice, { auto_advance: false }))
    return
  }
  finalizeInvoice(account, invoice, false)
  if (behavior === 'void') voidInvoice(account, invoice)
  else markUncollectible(account, invoice, 'subscription_paused')
}

function drawsInvoices({ status }: SimulatedSubscription): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired' && status !== 'paused'
}

function subscriber(
  account: Account,
  request: RenewalRequest,
): { customer: SimulatedCustomer; subscription: SimulatedSubscription } {
  if (request.subscription !== undefined) {
    const subscription = account.store.subscriptions.require(request.subscription)
    return { customer: account.store.customers.require(subscription.customer), subscription }
  }
  if (request.customer === undefined) {
    const { customer, plan } = signUp(account, request)
    return { customer, subscription: subscribe(account, customer, { plan }) }
  }
  const customer = account.store.customers.require(request.customer)
  if (!request.plan) {
    const running = account.store.subscriptions.of(customer.id).findLast(({ status }) => status !== 'canceled')
    if (running) return { customer, subscription: running }
  }
  const plan = request.plan ?? {
    product: 'Pro',
    label: 'Pro monthly',
    interval: 'month',
    currency: 'usd',
    amount: 14_900,
  }
  return { customer, subscription: subscribe(account, customer, { plan }) }
}

function giveCard(
  account: Account,
  customer: SimulatedCustomer,
  subscription: SimulatedSubscription,
  behaviour: { readonly decline: string | null; readonly worksFromAttempt?: number },
  ownCard: boolean,
): void {
  const card = attachCard(account, customer, { behaviour })
  if (ownCard) subscription.default_payment_method = card.id
  // The customer signed up with it long ago: no event.
  else customer.invoice_settings.default_payment_method = card.id
}
