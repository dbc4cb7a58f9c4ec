import type Stripe from 'stripe'
import type { BookPlan } from '../../book.js'
import type { Account } from '../account.js'
import { declineNamed } from '../declines.js'
import type { SimulatedCustomer } from '../objects/customer.js'
import { buildInvoice, type SimulatedInvoice } from '../objects/invoice.js'
import { buildInvoicePayment } from '../objects/invoice-payment.js'
import { buildPaymentIntent } from '../objects/payment-intent.js'
import type { SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { attemptCollection } from './collecting.js'
import { periodEnd } from './periods.js'
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

/** Draws the next period's invoice and makes the first attempt to collect it. */
function renew(
  account: Account,
  customer: SimulatedCustomer,
  subscription: SimulatedSubscription,
  request: RenewalRequest,
): Renewal {
  const { clock, events, store } = account
  const invoice = drawInvoice(account, customer, subscription, request)
  events.emit('invoice.created', { ...invoice, status: 'draft', effective_at: null } as SimulatedInvoice)

  const item = subscription.items.data[0]!
  const period = {
    current_period_start: clock.seconds(),
    current_period_end: periodEnd(item.price, clock.seconds(), subscription.billing_cycle_anchor),
  }
  const items = { data: [update(item, period)] }
  const previous = { ...update(subscription, { latest_invoice: invoice.id }), items }
  events.emit('customer.subscription.updated', subscription, previous)

  const intent = buildPaymentIntent(account.ids.next('pi', invoice.id), invoice)
  store.paymentIntents.add(intent)
  store.addPayment(buildInvoicePayment(account.ids.next('inpay', invoice.id), invoice, intent.id))
  events.emit('invoice.finalized', invoice)
  events.emit('payment_intent.created', intent)
  attemptCollection(account, invoice)
  return { customer, subscription, invoice }
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
    for (const subscription of account.store.subscriptions.newestFirst()) {
      if (subscription.customer === customer.id && subscription.status !== 'canceled') return { customer, subscription }
    }
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

function drawInvoice(
  account: Account,
  customer: SimulatedCustomer,
  subscription: SimulatedSubscription,
  request: RenewalRequest,
): SimulatedInvoice {
  const { clock, store } = account
  const created = clock.seconds()
  const item = subscription.items.data[0]!
  const id = account.ids.next('in', subscription.id)
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  return store.invoices.add(
    buildInvoice({
      id,
      lineId: account.ids.next('il', id),
      number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
      created,
      accountName: account.name,
      accountCountry: account.country,
      customer,
      subscription,
      productName: store.products.require(item.price.product).name,
      billingReason: request.billingReason ?? 'subscription_cycle',
      periodStart: created,
      periodEnd: periodEnd(item.price, created, subscription.billing_cycle_anchor),
      amount: request.amount,
      baseUrl: account.baseUrl,
    }),
  )
}
