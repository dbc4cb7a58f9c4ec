import { type BookPlan, entryOf } from '../../book.js'
import { Random } from '../../random.js'
import type { Account, CardBehaviour } from '../account.js'
import { buildCustomer, type CustomerFacts, type SimulatedCustomer } from '../objects/customer.js'
import { buildPaymentMethod, type SimulatedPaymentMethod } from '../objects/payment-method.js'
import { buildPrice, buildProduct, type SimulatedPrice } from '../objects/price.js'
import { buildSubscription, type SimulatedSubscription } from '../objects/subscription.js'
import { update } from '../objects/wire.js'
import { periodStart } from './periods.js'
import { cardFacts } from './test-cards.js'

export interface NewCustomer {
  readonly name?: string | null | undefined
  /** null: a customer without an address. */
  readonly email?: string | null | undefined
  readonly preferredLocales?: readonly string[] | undefined
  readonly plan?: BookPlan | undefined
  /** Known by the id of an account (`acct_…`) alone: whatever belongs to it names no customer. */
  readonly customerAccount?: boolean | undefined
}

/** A customer from the book; what is given replaces what the book says. Comes with the plan that suits. */
export function signUp(account: Account, wanted: NewCustomer = {}): { customer: SimulatedCustomer; plan: BookPlan } {
  const number = account.store.customers.size
  const entry = entryOf(new Random(`${account.seed}/book/${number}`), number)
  const plan = wanted.plan ?? entry.plan
  const customer = addCustomer(account, {
    name: wanted.name === undefined ? entry.name : wanted.name,
    email: wanted.email === undefined ? entry.email : wanted.email,
    currency: plan.currency,
    country: entry.country,
    preferredLocales: [...(wanted.preferredLocales ?? entry.preferredLocales)],
  })
  if (wanted.customerAccount) {
    customer.customer_account = account.ids.next('acct', customer.id, 16)
    account.store.customerAccounts.set(customer.id, customer.customer_account)
  }
  return { customer, plan }
}

type OwnFacts = Pick<CustomerFacts, 'name' | 'email' | 'currency' | 'country' | 'preferredLocales'>

/** A customer without cards and subscriptions, and without an event. */
export function addCustomer(account: Account, facts: OwnFacts): SimulatedCustomer {
  const { clock, ids, livemode, store } = account
  const id = ids.next('cus', '', 14)
  const invoicePrefix = id.slice(-8).toUpperCase()
  return store.customers.add(buildCustomer({ ...facts, id, created: clock.seconds(), livemode, invoicePrefix }))
}

export interface NewCard {
  readonly behaviour: CardBehaviour
  readonly brand?: string
  readonly last4?: string
}

/** Attaches a card to a customer without making it anyone's default. */
export function attachCard(account: Account, customer: SimulatedCustomer, card: NewCard): SimulatedPaymentMethod {
  const id = account.ids.next('pm', customer.id)
  const roll = new Random(`${account.seed}/${id}`)
  const last4 = card.last4 ?? String(roll.integer(0, 9999)).padStart(4, '0')
  const expired = card.behaviour.decline === 'expired_card'
  const now = account.clock.seconds()
  const method = buildPaymentMethod({
    id,
    created: now,
    livemode: account.livemode,
    customer: customer.id,
    name: customer.name ?? null,
    email: customer.email,
    fingerprint: account.ids.next('fp', customer.id, 16).slice(3),
    card: cardFacts(card.brand ?? 'visa', last4, customer.address?.country ?? 'US', now, expired),
  })
  account.cards.set(id, card.behaviour)
  return account.store.paymentMethods.add(method)
}

/** What the portal does: from now on the customer's own default is this card. Subscriptions keep theirs. */
export function setDefaultCard(account: Account, customer: SimulatedCustomer, card: string): void {
  const previous = update(customer, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: card },
  })
  account.events.emit('customer.updated', customer, previous)
}

export interface NewSubscription {
  readonly plan: BookPlan
  readonly quantity?: number | undefined
  /** A card of the subscription's own, charged instead of the customer's default. */
  readonly ownCard?: string | undefined
  /** Seconds until its period ends; it falls due now when absent. */
  readonly endsIn?: number | undefined
}

/** A running subscription in its first period, as if signed up one period before its end. */
export function subscribe(
  account: Account,
  customer: SimulatedCustomer,
  wanted: NewSubscription,
): SimulatedSubscription {
  const price = priceOf(account, wanted.plan)
  const end = account.clock.seconds() + (wanted.endsIn ?? 0)
  const start = periodStart(price, end)
  const id = account.ids.next('sub', customer.id)
  return account.store.subscriptions.add(
    buildSubscription({
      id,
      itemId: account.ids.next('si', id, 14),
      created: start,
      livemode: account.livemode,
      customer: customer.id,
      price,
      quantity: wanted.quantity ?? 1,
      defaultPaymentMethod: wanted.ownCard ?? null,
      periodStart: start,
      periodEnd: end,
    }),
  )
}

function priceOf(account: Account, plan: BookPlan): SimulatedPrice {
  const { prices, products } = account.store
  for (const price of prices) {
    const same = price.nickname === plan.label && price.currency === plan.currency
    if (same && price.unit_amount === plan.amount && price.recurring.interval === plan.interval) return price
  }
  const created = account.clock.seconds()
  let product = [...products].find((candidate) => candidate.name === plan.product)
  product ??= products.add(
    buildProduct({
      id: account.ids.next('prod', '', 14),
      created,
      livemode: account.livemode,
      name: plan.product,
    }),
  )
  return prices.add(
    buildPrice({
      id: account.ids.next('price', product.id),
      created,
      livemode: account.livemode,
      product: product.id,
      nickname: plan.label,
      currency: plan.currency,
      amount: plan.amount,
      interval: plan.interval,
    }),
  )
}
