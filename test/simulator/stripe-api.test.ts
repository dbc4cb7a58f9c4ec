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

  it('refuses expansion deeper than four levels', async () => {
    const { invoice } = simulator.failRenewal()
    const path = 'payments.data.payment.payment_intent.latest_charge'

    const error = await errorOf(sdk().invoices.retrieve(invoice.id, { expand: [path] }))

    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
    expect(error.message).toContain('more than 4 levels')
  })

  it('refuses to expand what is no object', async () => {
    const { invoice } = simulator.failRenewal()
    const stripe = sdk()

    for (const path of ['metadata', 'status', 'nonsense']) {
      const error = await errorOf(stripe.invoices.retrieve(invoice.id, { expand: [path] }))
      expect(error.message).toContain('cannot be expanded')
    }
  })

  it('names the missing permission in a 403 without a code', async () => {
    const { subscription } = simulator.failRenewal()
    const stripe = sdk(['rak_invoice_read'])

    const error = await errorOf(stripe.subscriptions.retrieve(subscription.id))

    expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError)
    expect(error.statusCode).toBe(403)
    expect(error.rawType).toBe('invalid_request_error')
    expect(error.code).toBeUndefined()
    expect(error.message).toContain(simulator.account.id)
    expect(error.message).toContain("'rak_subscription_read'")
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

  it('turns unknown and revoked keys away', async () => {
    const key = simulator.addKey()
    simulator.keys.revoke(key)

    const error = await errorOf(new Stripe(key, simulator.sdkOptions).customers.list())

    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
    expect(error.message).toContain('Invalid API Key provided: rk_test_')
    expect(error.message).not.toContain(key)
  })

  it('refuses unknown parameters, wrong values and missing ones', async () => {
    const stripe = sdk()

    const unknown = await errorOf(stripe.invoices.list({ nonsense: 1 } as never))
    const wrong = await errorOf(stripe.invoices.list({ status: 'late' as never }))
    const missing = await errorOf(stripe.billingPortal.sessions.create({}))
    const nested = await errorOf(
      stripe.billingPortal.sessions.create({
        customer: 'cus_x',
        flow_data: { type: 'payment_method_update', nonsense: 'x' } as never,
      }),
    )

    expect([unknown.code, unknown.param]).toEqual(['parameter_unknown', 'nonsense'])
    expect([wrong.code, wrong.param]).toEqual([undefined, 'status'])
    expect(wrong.message).toContain('must be one of draft, open, paid')
    expect([missing.code, missing.param]).toEqual(['parameter_missing', 'customer'])
    expect([nested.code, nested.param]).toEqual(['parameter_unknown', 'flow_data[nonsense]'])
  })

  it('is loud about what it does not simulate', async () => {
    const error = await errorOf(sdk().refunds.list())

    expect(error.message).toContain('Unrecognized request URL (GET: /v1/refunds)')
    expect(simulator.log.notSimulated).toEqual(['GET /v1/refunds'])
    await expect(fetch(simulator.url).then((page) => page.text())).resolves.toContain('GET /v1/refunds')
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

  it('keeps to its rate limit with a retry-after', async () => {
    simulator.rate.perSecond = 2
    const stripe = sdk()

    const results = await Promise.allSettled(Array.from({ length: 8 }, () => stripe.customers.list()))

    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
    expect(refused.length).toBeGreaterThanOrEqual(4)
    expect(refused[0]).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
    expect(refused[0].headers['retry-after']).toBe('1')
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
