import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'api', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function sdk(permissions: readonly string[] | 'all' = 'all', options: object = {}): Stripe {
  return new Stripe(simulator.addKey(permissions), { ...simulator.sdkOptions, maxNetworkRetries: 0, ...options })
}

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    return error as Stripe.errors.StripeError
  }
  throw new Error('The call was expected to fail')
}

describe('the simulated Stripe API', () => {
  it('gives a failed renewal in the shape since basil', async () => {
    const { customer, invoice, subscription } = simulator.failRenewal({ declineCode: 'insufficient_funds' })

    const found = await sdk().invoices.retrieve(invoice.id, {
      expand: ['customer', 'payments.data.payment.payment_intent', 'parent.subscription_details.subscription'],
    })

    expect(found.status).toBe('open')
    expect(found.attempt_count).toBe(1)
    expect(found.billing_reason).toBe('subscription_cycle')
    expect(found.amount_remaining).toBe(found.amount_due)
    expect(found.next_payment_attempt).toBeGreaterThan(found.created)
    expect((found.customer as Stripe.Customer).email).toBe(customer.email)
    const parent = found.parent?.subscription_details?.subscription as Stripe.Subscription
    expect([parent.id, parent.status]).toEqual([subscription.id, 'past_due'])
    const intent = found.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent
    expect(intent.last_payment_error).toMatchObject({ code: 'card_declined', decline_code: 'insufficient_funds' })
    expect(intent.last_payment_error?.advice_code).toBe('try_again_later')
    expect(intent.last_payment_error?.payment_method?.card?.last4).toMatch(/^\d{4}$/)
    expect(found).not.toHaveProperty('subscription')
    expect(found.lastResponse.requestId).toMatch(/^req_/)
  })

  it('names expired cards by code, without a decline code', async () => {
    const { invoice } = simulator.failRenewal({ declineCode: 'expired_card' })

    const payments = await sdk().invoicePayments.list({
      invoice: invoice.id,
      expand: ['data.payment.payment_intent.latest_charge'],
    })

    const intent = payments.data[0]?.payment.payment_intent as Stripe.PaymentIntent
    expect(intent.last_payment_error?.code).toBe('expired_card')
    expect(intent.last_payment_error?.decline_code).toBeUndefined()
    expect((intent.latest_charge as Stripe.Charge).failure_code).toBe('expired_card')
  })

  it('refuses to expand what is no object', async () => {
    const { invoice } = simulator.failRenewal()
    const stripe = sdk()

    for (const path of ['metadata', 'status', 'nonsense']) {
      const error = await errorOf(stripe.invoices.retrieve(invoice.id, { expand: [path] }))
      expect(error.message).toContain('cannot be expanded')
    }
  })

  it('asks for permissions of what an expansion opens, and takes writing for reading', async () => {
    const { invoice } = simulator.failRenewal()

    const without = await errorOf(sdk(['invoice_read']).invoices.retrieve(invoice.id, { expand: ['customer'] }))
    const opened = await sdk(['invoice_write', 'customer_write']).invoices.retrieve(invoice.id, {
      expand: ['customer'],
    })

    expect(without.message).toContain("'rak_customer_read'")
    expect((opened.customer as Stripe.Customer).object).toBe('customer')
  })

  it('finds that an id is missing only when the key may look', async () => {
    const error = await errorOf(sdk(['charge_read']).charges.retrieve('ch_none'))

    expect([error.statusCode, error.code]).toEqual([404, 'resource_missing'])
    expect(error.message).toBe("No such charge: 'ch_none'")
  })

  it('refuses missing parameters, and unknown ones inside of others', async () => {
    const stripe = sdk()

    const missing = await errorOf(stripe.billingPortal.sessions.create({}))
    const nested = await errorOf(
      stripe.billingPortal.sessions.create({
        customer: 'cus_x',
        flow_data: { type: 'payment_method_update', nonsense: 'x' } as never,
      }),
    )

    expect([missing.code, missing.param]).toEqual(['parameter_missing', 'customer'])
    expect([nested.code, nested.param]).toEqual(['parameter_unknown', 'flow_data[nonsense]'])
  })

  it('shows on its page what it was asked for and does not simulate', async () => {
    const error = await errorOf(sdk().topups.list())

    expect(error.message).toContain('Unrecognized request URL (GET: /v1/topups)')
    await expect(fetch(simulator.url).then((page) => page.text())).resolves.toContain('GET /v1/topups')
    expect(simulator.log.takeNotSimulated()).toEqual(['GET /v1/topups'])
  })

  it('pages through a list, newest first', async () => {
    const made = Array.from({ length: 25 }, () => simulator.failRenewal().invoice.id)

    const found: string[] = []
    for await (const invoice of sdk().invoices.list({ limit: 10, status: 'open' })) found.push(invoice.id)

    expect(found).toEqual(made.reverse())
    expect(simulator.log.to('GET', '/v1/invoices')).toHaveLength(3)
  })

  it('lists events by type, at most twenty types at a time', async () => {
    simulator.failRenewal()
    const { invoice } = simulator.failRenewal()
    const stripe = sdk()

    const failed = await stripe.events.list({ types: ['invoice.payment_failed', 'charge.failed'], limit: 100 })
    const error = await errorOf(stripe.events.list({ types: Array.from({ length: 21 }, (_, n) => `type.${n}`) }))
    const late = await stripe.events.list({ created: { gt: Math.floor(Date.now() / 1000) + 60 } })

    expect(failed.data.map(({ type }) => type)).toHaveLength(4)
    expect(failed.data[0]?.type).toBe('invoice.payment_failed')
    expect(failed.data[0]?.data.object).toMatchObject({ id: invoice.id })
    expect(error.message).toContain('20')
    expect(late.data).toEqual([])
  })

  it('answers the same POST the same under one idempotency key, and another one with an error', async () => {
    const { customer } = simulator.failRenewal()
    const stripe = sdk()
    const wanted = { customer: customer.id, return_url: 'https://app.example/done' }

    const first = await stripe.billingPortal.sessions.create(wanted, { idempotencyKey: 'once' })
    const second = await stripe.billingPortal.sessions.create(wanted, { idempotencyKey: 'once' })
    const other = await errorOf(
      stripe.billingPortal.sessions.create({ customer: customer.id }, { idempotencyKey: 'once' }),
    )

    expect(second.url).toBe(first.url)
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(simulator.sessions.size).toBe(1)
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  })

  it('pays an open invoice with the card that is named, once', async () => {
    const { customer, invoice } = simulator.failRenewal({ declineCode: 'lost_card', ownCard: true })
    const card = simulator.saveCard(customer.id)
    const stripe = sdk(['invoice_write'])

    const paid = await stripe.invoices.pay(invoice.id, { payment_method: card }, { idempotencyKey: 'pay' })
    const again = await errorOf(stripe.invoices.pay(invoice.id, { payment_method: card }))

    expect([paid.status, paid.amount_remaining, paid.attempt_count]).toEqual(['paid', 0, 1])
    expect(again.message).toBe('Invoice is already paid')
    expect([...simulator.account.store.charges].map(({ status }) => status)).toEqual(['failed', 'succeeded'])
  })

  it('declines a payment as a card error, and asks for action where the bank does', async () => {
    const { customer, invoice } = simulator.failRenewal()
    const stripe = sdk()
    const declined = simulator.saveCard(customer.id, '4000000000000341')
    const careful = simulator.saveCard(customer.id, '4000002760003184')

    const no = await errorOf(stripe.invoices.pay(invoice.id, { payment_method: declined }))
    const ask = await errorOf(stripe.invoices.pay(invoice.id, { payment_method: careful }))

    expect(no).toBeInstanceOf(Stripe.errors.StripeCardError)
    expect([no.code, no.decline_code]).toEqual(['card_declined', 'generic_decline'])
    expect(ask.code).toBe('invoice_payment_intent_requires_action')
    expect(invoice.status).toBe('open')
    expect(invoice.attempt_count).toBe(1)
  })

  it('tells in an event that new metadata was null before', async () => {
    const { customer } = simulator.failRenewal()

    await sdk().customers.update(customer.id, { metadata: { seen: 'yes' } })

    expect(JSON.parse(simulator.account.events.events.newest?.previousJson ?? '')).toEqual({ metadata: { seen: null } })
  })

  it('says that the portal was never configured', async () => {
    const other = await startStripe({ portalConfigured: false })
    try {
      const { customer } = other.failRenewal()
      const stripe = new Stripe(other.addKey(), other.sdkOptions)
      const error = await errorOf(stripe.billingPortal.sessions.create({ customer: customer.id }))
      expect(error.message).toContain('default configuration has not been created')
    } finally {
      await other.stop()
    }
  })

  it('keeps deleted customers as a stub', async () => {
    const { customer, invoice } = simulator.failRenewal()
    simulator.deleteCustomer(customer.id)

    const found = await sdk().customers.retrieve(customer.id)
    const open = await sdk().invoices.retrieve(invoice.id, { expand: ['customer'] })

    expect(found).toMatchObject({ id: customer.id, deleted: true })
    expect(open.customer).toMatchObject({ deleted: true })
  })
})

describe('an answer in an older API version', () => {
  const old = (apiVersion: string) => sdk('all', { apiVersion })

  it('is that of the header, and of the account where a call names none', async () => {
    const { invoice } = simulator.failRenewal()
    simulator.account.events.apiVersion = '2023-10-16'
    const headers = { authorization: `Bearer ${simulator.addKey()}` }
    const get = (more: object) =>
      fetch(`${simulator.url}/v1/invoices/${invoice.id}`, { headers: { ...headers, ...more } })

    const named = await get({ 'stripe-version': '2026-10-28.endive' })
    const unnamed = await get({})

    expect([named.headers.get('stripe-version'), unnamed.headers.get('stripe-version')]).toEqual([
      '2026-10-28.endive',
      '2023-10-16',
    ])
    expect(await named.json()).not.toHaveProperty('payment_intent')
    expect(await unnamed.json()).toHaveProperty('payment_intent')
    expect(simulator.log.calls.map(({ apiVersion }) => apiVersion)).toEqual(['2026-10-28.endive', '2023-10-16'])
  })

  it('names on an invoice what basil took off it, beside what came since', async () => {
    const { invoice, subscription } = simulator.failRenewal()
    const intent = simulator.account.store.intentOf(invoice.id)!

    const found = await old('2024-09-30.acacia').invoices.retrieve(invoice.id)

    expect(found).toMatchObject({
      charge: intent.latest_charge,
      paid: false,
      parent: { subscription_details: { subscription: subscription.id } },
      payment_intent: intent.id,
      subscription: subscription.id,
      lines: {
        data: [{ price: { object: 'price' }, plan: { object: 'plan' }, proration: false, type: 'subscription' }],
      },
    })
  })

  it('opens what only that version has', async () => {
    const { invoice, subscription } = simulator.failRenewal()
    const stripe = old('2024-09-30.acacia')

    const found = await stripe.invoices.retrieve(invoice.id, {
      expand: ['payment_intent.latest_charge', 'charge.invoice', 'subscription.latest_invoice'],
    })

    expect(found).toMatchObject({
      payment_intent: { invoice: invoice.id, latest_charge: { object: 'charge', invoice: invoice.id } },
      charge: { object: 'charge', invoice: { id: invoice.id, subscription: subscription.id } },
      subscription: {
        id: subscription.id,
        current_period_end: subscription.items.data[0]?.current_period_end,
        latest_invoice: { id: invoice.id, subscription: subscription.id },
      },
    })
    const error = await errorOf(sdk().invoices.retrieve(invoice.id, { expand: ['payment_intent'] }))
    expect(error.message).toBe('This property cannot be expanded (payment_intent).')
  })

  it('lists the charges of a payment intent and the refunds of a charge before November 2022', async () => {
    const { invoice } = simulator.failRenewal()
    simulator.pay(invoice.id)
    const refund = simulator.refund(invoice.id, { amount: 100 })

    const [intent] = (await old('2020-08-27').paymentIntents.list()).data
    const [later] = (await old('2022-11-15').paymentIntents.list()).data

    const { charges } = intent as unknown as { charges: Stripe.ApiList<Stripe.Charge> }
    expect(charges.data.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
    expect(charges.data[0]).toMatchObject({ invoice: invoice.id, refunds: { data: [{ id: refund.id }] } })
    expect(later).not.toHaveProperty('charges')
  })

  it('has a customer with its lists, and taxes in percent, before August 2020', async () => {
    const { customer, subscription } = simulator.failRenewal()

    const found = await old('2020-03-02').customers.retrieve(customer.id)

    expect(found).toMatchObject({
      sources: { data: [] },
      subscriptions: { data: [{ id: subscription.id, tax_percent: null, plan: { tiers: null } }] },
    })
    expect(await old('2020-08-27').customers.retrieve(customer.id)).not.toHaveProperty('sources')
  })

  it('counts money that never went through Stripe as paid from basil on only', async () => {
    const { invoice } = simulator.failRenewal({ amount: 4_900 })
    simulator.payOutOfBand(invoice.id)

    const before = await old('2025-02-24.acacia').invoices.retrieve(invoice.id)
    const since = await old('2025-03-31.basil').invoices.retrieve(invoice.id)

    expect(before).toMatchObject({ status: 'paid', paid: true, paid_out_of_band: true, amount_paid: 0 })
    expect(since).toMatchObject({ status: 'paid', amount_paid: 4_900 })
  })

  it('holds events in the version in which they were made', async () => {
    simulator.failRenewal()
    const [event] = (await old('2020-03-02').events.list({ type: 'invoice.payment_failed' })).data

    expect(event?.api_version).toBe('2026-10-28.endive')
    expect(event?.data.object).not.toHaveProperty('payment_intent')
  })

  it('shows the payment intent of a card error likewise', async () => {
    const { customer, invoice } = simulator.failRenewal()
    const declined = simulator.saveCard(customer.id, '4000000000000341')

    const error = await errorOf(old('2024-06-20').invoices.pay(invoice.id, { payment_method: declined }))

    expect(error.payment_intent).toMatchObject({ object: 'payment_intent', invoice: invoice.id })
  })
})

describe('a customer known by an account alone', () => {
  it('is named by it everywhere, and by nothing else', async () => {
    const { customer, invoice } = simulator.failRenewal({ customerAccount: true })
    const { customer_account } = customer
    const stripe = sdk()

    const found = await stripe.invoices.retrieve(invoice.id, {
      expand: ['customer', 'payments.data.payment.payment_intent', 'parent.subscription_details.subscription'],
    })

    const named = { customer: null, customer_account }
    expect(customer_account).toMatch(/^acct_/)
    expect(found).toMatchObject({
      ...named,
      parent: { subscription_details: { subscription: named } },
      payments: { data: [{ payment: { payment_intent: named } }] },
    })
    expect(JSON.stringify(found)).not.toContain(customer.id)
    expect((await stripe.charges.list()).data[0]?.customer).toBeNull()
    expect((await stripe.paymentMethods.list({ customer_account: String(customer_account) })).data[0]).toMatchObject(
      named,
    )
  })

  it('is no customer of this API', async () => {
    const { customer } = simulator.failRenewal({ customerAccount: true })
    const other = simulator.failRenewal()
    const stripe = sdk()

    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([other.customer.id])
    expect((await errorOf(stripe.customers.retrieve(customer.id))).code).toBe('resource_missing')
    expect((await errorOf(stripe.invoices.list({ customer: customer.id }))).code).toBe('resource_missing')
    simulator.saveCard(customer.id)
    expect([...simulator.account.events.events].map(({ type }) => type)).not.toContain('customer.updated')
  })

  it('gets a portal session, in which it changes its card', async () => {
    const { customer } = simulator.failRenewal({ customerAccount: true })
    const customer_account = String(customer.customer_account)

    const session = await sdk().billingPortal.sessions.create({ customer_account })

    expect(session).toMatchObject({ customer: null, customer_account })
    await expect(fetch(session.url).then((page) => page.status)).resolves.toBe(200)
  })

  it('is found by its account among others', async () => {
    const { customer, invoice, subscription } = simulator.failRenewal({ customerAccount: true })
    simulator.failRenewal()
    const customer_account = String(customer.customer_account)
    const stripe = sdk()

    expect((await stripe.invoices.list({ customer_account })).data.map(({ id }) => id)).toEqual([invoice.id])
    expect((await stripe.subscriptions.list({ customer_account })).data.map(({ id }) => id)).toEqual([subscription.id])
    const error = await errorOf(stripe.invoices.list({ customer_account: 'acct_none' }))
    expect([error.code, error.param]).toEqual(['resource_missing', 'customer_account'])
  })

  it('is named by it in events, too', () => {
    const { customer } = simulator.failRenewal({ customerAccount: true })
    simulator.failRenewal()

    const objects = [...simulator.account.events.events].map(({ objectJson }) => objectJson)

    expect(objects.filter((json) => json.includes(String(customer.customer_account))).length).toBeGreaterThan(4)
    expect(objects.some((json) => json.includes(customer.id))).toBe(false)
  })
})
