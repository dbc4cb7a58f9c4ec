import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { problemsOf } from './contract/kinds.js'
import { everyState } from './contract/states.js'
import { type Answer, recordingClient } from './contract/wire.js'
import { type StripeSimulator, startStripe } from './index.js'
import type { Collection } from './stripe/collection.js'
import { CURRENT_VERSION } from './stripe/versions/versions.js'
import { eventJson } from './stripe/webhooks/event-json.js'

/** These types leave no room for a customer that is known by an account alone, whose id the simulator does not tell. */
const OF_ACCOUNTS =
  /([sS]ubscription|CreditNote|Session|(Subscription|CreditNote)\w+Event\.data\.object)\.customer is null/

let simulator: StripeSimulator
let stripe: Stripe
let answers: Answer[]

beforeAll(async () => {
  simulator = await startStripe({ seed: 'contract', clock: { manual: true } })
  everyState(simulator)
  ;({ stripe, answers } = recordingClient(simulator.addKey(), simulator.sdkOptions))
})
beforeEach(() => {
  answers.length = 0
})
afterAll(() => simulator.stop())

/** What the SDK's types have against the answers since the last look. */
function problemsSoFar(): string[] {
  return complaints(answers.splice(0).map(({ call, json }) => [call, json]))
}

function complaints(values: readonly (readonly [from: string, value: unknown])[]): string[] {
  const all = values.flatMap(([from, value]) => problemsOf(value).map((problem) => `${from}: ${problem}`))
  return [...new Set(all)].filter((problem) => !OF_ACCOUNTS.test(problem))
}

function newest<T extends { readonly id: string }>(from: Collection<T>, passes = (_item: T) => true): string {
  for (const item of from.newestFirst()) if (passes(item)) return item.id
  throw new Error('The account has no such object')
}

describe('the simulated API, typed by the SDK', () => {
  it.each<[string, () => Stripe.ApiListPromise<{ id: string }>]>([
    ['charges', () => stripe.charges.list({ limit: 100 })],
    ['credit notes', () => stripe.creditNotes.list({ limit: 100 })],
    ['customers', () => stripe.customers.list({ limit: 100 })],
    ['disputes', () => stripe.disputes.list({ limit: 100 })],
    ['events', () => stripe.events.list({ limit: 100 })],
    ['invoice payments', () => stripe.invoicePayments.list({ limit: 100 })],
    ['invoices', () => stripe.invoices.list({ limit: 100 })],
    ['payment intents', () => stripe.paymentIntents.list({ limit: 100 })],
    ['payment methods', () => stripe.paymentMethods.list({ limit: 100 })],
    ['prices', () => stripe.prices.list({ limit: 100 })],
    ['products', () => stripe.products.list({ limit: 100 })],
    ['refunds', () => stripe.refunds.list({ limit: 100 })],
    ['subscriptions', () => stripe.subscriptions.list({ limit: 100, status: 'all' })],
    ['webhook endpoints', () => stripe.webhookEndpoints.list({ limit: 100 })],
  ])('lists %s in every state', async (what, list) => {
    if (what === 'webhook endpoints')
      simulator.addWebhookEndpoint({ url: 'https://receiver.example', events: ['payout.paid'] })

    const found = await list().autoPagingToArray({ limit: 10_000 })

    expect(found.length).toBeGreaterThan(0)
    expect(problemsSoFar()).toEqual([])
  })

  it('retrieves an invoice with all that we expand', async () => {
    const { invoices } = simulator.account.store
    const payments = ['customer', 'payments.data.payment.payment_intent']
    for (const status of ['draft', 'open', 'paid', 'void', 'uncollectible']) {
      await stripe.invoices.retrieve(
        newest(invoices, (invoice) => invoice.status === status),
        { expand: [...payments, 'default_payment_method', 'parent.subscription_details.subscription'] },
      )
    }
    await stripe.invoices.list({ status: 'open', expand: ['data.customer', 'data.payments'] })

    expect(problemsSoFar()).toEqual([])
  })

  it('lists payments down to their charges', async () => {
    await stripe.invoicePayments.list({ limit: 100, expand: ['data.payment.payment_intent.latest_charge'] })
    await stripe.invoicePayments.list({ expand: ['data.payment.payment_intent.payment_method', 'data.invoice'] })
    await stripe.charges.list({ limit: 100, expand: ['data.payment_intent', 'data.customer'] })

    expect(problemsSoFar()).toEqual([])
  })

  it('retrieves one of each', async () => {
    const { store } = simulator.account
    await stripe.accounts.retrieveCurrent()
    await stripe.charges.retrieve(newest(store.charges), { expand: ['payment_intent.customer', 'refunds'] })
    await stripe.creditNotes.retrieve(newest(store.creditNotes), { expand: ['invoice', 'refunds.refund'] })
    await stripe.customers.retrieve(
      newest(store.customers, ({ id }) => !store.customerAccounts.has(id) && !store.deletedCustomers.has(id)),
      {
        expand: ['sources', 'subscriptions.data.latest_invoice', 'tax_ids', 'invoice_settings.default_payment_method'],
      },
    )
    await stripe.customers.retrieve([...store.deletedCustomers][0]!, { expand: ['subscriptions'] })
    await stripe.disputes.retrieve(newest(store.disputes), { expand: ['charge', 'payment_intent'] })
    await stripe.events.retrieve(newest(simulator.account.events.events))
    await stripe.invoicePayments.retrieve(newest(store.invoicePayments))
    await stripe.paymentIntents.retrieve(newest(store.paymentIntents), { expand: ['latest_charge', 'payment_method'] })
    await stripe.paymentMethods.retrieve(newest(store.paymentMethods), { expand: ['customer'] })
    await stripe.prices.retrieve(newest(store.prices), { expand: ['product'] })
    await stripe.products.retrieve(newest(store.products))
    await stripe.refunds.retrieve(newest(store.refunds), { expand: ['charge', 'payment_intent'] })
    await stripe.subscriptions.retrieve(newest(store.subscriptions), {
      expand: ['customer', 'latest_invoice.payments', 'items.data.price.product', 'default_payment_method'],
    })

    expect(problemsSoFar()).toEqual([])
  })

  it('pays, changes and opens as we ask', async () => {
    const { customer, invoice, subscription } = simulator.failRenewal()
    const card = simulator.saveCard(customer.id)
    await stripe.subscriptions.update(subscription.id, { default_payment_method: card })
    await stripe.customers.update(customer.id, { metadata: { seen: 'yes' } })
    await stripe.invoices.pay(invoice.id, { payment_method: card, expand: ['payments.data.payment.payment_intent'] })
    await stripe.billingPortal.sessions.create({
      customer: customer.id,
      flow_data: {
        type: 'payment_method_update',
        after_completion: { type: 'redirect', redirect: { return_url: 'https://app.example/done' } },
      },
    })
    await stripe.subscriptions.cancel(subscription.id)

    expect(problemsSoFar()).toEqual([])
  })

  it('names objects in its card errors as the SDK types them', async () => {
    const { customer, invoice } = simulator.failRenewal()
    for (const number of ['4000000000000341', '4000002760003184']) {
      const payment_method = simulator.saveCard(customer.id, number)
      await stripe.invoices.pay(invoice.id, { payment_method }).catch(() => undefined)
    }
    const errors = answers.splice(0).map(({ json }) => (json as { error: Record<string, unknown> }).error)

    expect(errors.map(({ code }) => code)).toEqual(['card_declined', 'invoice_payment_intent_requires_action'])
    expect(complaints(errors.map(({ payment_intent }) => ['payment_intent', payment_intent]))).toEqual([])
    expect(complaints([['payment_method', errors[0]?.payment_method]])).toEqual([])
  })

  it('makes, changes, lists and takes away webhook endpoints', async () => {
    const { id } = await stripe.webhookEndpoints.create({
      url: 'https://receiver.example/stripe',
      enabled_events: ['invoice.payment_failed'],
      api_version: '2026-10-28.endive',
    })
    await stripe.webhookEndpoints.update(id, { disabled: true })
    await stripe.webhookEndpoints.retrieve(id)
    await stripe.webhookEndpoints.del(id)

    expect(problemsSoFar()).toEqual([])
  })

  it('serves a customer that is known by an account alone', async () => {
    const { customer, invoice } = simulator.failRenewal({ customerAccount: true })
    const customer_account = customer.customer_account ?? ''
    await stripe.invoices.list({ customer_account, expand: ['data.customer', 'data.payments'] })
    await stripe.invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] })
    await stripe.subscriptions.list({ customer_account })
    await stripe.paymentIntents.list({ customer_account })
    await stripe.paymentMethods.list({ customer_account })
    await stripe.billingPortal.sessions.create({ customer_account })

    expect(JSON.stringify(answers)).not.toContain(customer.id)
    expect(problemsSoFar()).toEqual([])
  })
})

describe('events in the current version', () => {
  it('hold objects and old values as the SDK types them', () => {
    const { account } = simulator
    const events = [...account.events.events].map(
      (event) => [event.type, JSON.parse(eventJson(event, CURRENT_VERSION, false, account.store))] as const,
    )

    expect(new Set(events.map(([type]) => type)).size).toBeGreaterThan(35)
    expect(complaints(events)).toEqual([])
    const told = JSON.stringify(events)
    expect([...account.store.customerAccounts.keys()].filter((customer) => told.includes(customer))).toEqual([])
  })
})
