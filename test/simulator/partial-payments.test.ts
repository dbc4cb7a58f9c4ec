import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import { openPage } from './visitor.js'

const DAY = 24 * 3600 * 1000
const PLAN = { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'usd', amount: 10_000 } as const

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'parts', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function sdk(permissions: readonly string[] | 'all' = 'all'): Stripe {
  return new Stripe(simulator.addKey(permissions), { ...simulator.sdkOptions, maxNetworkRetries: 0 })
}

const fail = () => simulator.failRenewal({ plan: PLAN })

/** The types of events that happen meanwhile. */
function during(happens: () => unknown): string[] {
  const before = simulator.account.events.events.size
  happens()
  return [...simulator.account.events.events].slice(before).map(({ type }) => type)
}

/** What the API says of an invoice's payments: default or not, status, asked for, paid. */
async function payments(invoice: string) {
  const { data } = await sdk().invoicePayments.list({ invoice })
  return data
    .reverse()
    .map(({ amount_paid, amount_requested, is_default, status }) => [is_default, status, amount_requested, amount_paid])
}

describe('a partial payment', () => {
  it('is a payment of its own and leaves the invoice open for the rest', async () => {
    const { invoice, subscription } = fail()

    const types = during(() => simulator.payPart(invoice.id, 4_000))

    expect(types).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice_payment.paid',
    ])
    const found = await sdk().invoices.retrieve(invoice.id)
    expect(found).toMatchObject({ status: 'open', amount_due: 10_000, amount_paid: 4_000, amount_remaining: 6_000 })
    expect(await payments(invoice.id)).toEqual([
      [true, 'open', 6_000, null],
      [false, 'paid', 4_000, 4_000],
    ])
    expect(subscription.status).toBe('past_due')
  })

  it('shows beside the default payment where the payments of an invoice are expanded', async () => {
    const { invoice } = fail()
    simulator.payPart(invoice.id, 4_000)
    const stripe = sdk(['invoice_read', 'payment_intent_read'])

    const found = await stripe.invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] })

    const intents = found.payments!.data.map(({ payment }) => payment.payment_intent as Stripe.PaymentIntent)
    expect(intents.map(({ amount, status }) => [amount, status])).toEqual([
      [6_000, 'requires_payment_method'],
      [4_000, 'succeeded'],
    ])
    expect(intents[0]?.last_payment_error?.decline_code).toBe('insufficient_funds')
  })

  it('is followed by a full one that covers the rest', async () => {
    const { invoice, subscription } = fail()
    simulator.payPart(invoice.id, 4_000)

    const types = during(() => simulator.pay(invoice.id))

    expect(types).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'customer.subscription.updated',
    ])
    expect(invoice).toMatchObject({ status: 'paid', amount_due: 10_000, amount_paid: 10_000, amount_remaining: 0 })
    expect(await payments(invoice.id)).toEqual([
      [true, 'paid', 6_000, 6_000],
      [false, 'paid', 4_000, 4_000],
    ])
    const charges = await sdk().charges.list({ customer: invoice.customer })
    expect(charges.data.map(({ amount, status }) => [status, amount])).toEqual([
      ['succeeded', 6_000],
      ['succeeded', 4_000],
      ['failed', 10_000],
    ])
    expect(subscription.status).toBe('active')
  })

  it('makes Stripe’s next retry charge what is left', () => {
    const { invoice } = simulator.failRenewal({ plan: PLAN, worksFromAttempt: 2 })
    simulator.payPart(invoice.id, 4_000)

    simulator.account.clock.advance(DAY)

    expect(simulator.account.store.successfulChargesOf(invoice.id).map(({ amount }) => amount)).toContain(6_000)
    expect([invoice.status, invoice.amount_paid]).toEqual(['paid', 10_000])
  })

  it('pays the invoice when it was the last one, and the default payment is canceled', async () => {
    const { invoice, subscription } = fail()
    simulator.payPart(invoice.id, 4_000)

    const types = during(() => simulator.payPart(invoice.id, 6_000))

    expect(types).toContain('payment_intent.canceled')
    expect(types.slice(-4)).toEqual([
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'customer.subscription.updated',
    ])
    expect(await payments(invoice.id)).toEqual([
      [true, 'canceled', 6_000, null],
      [false, 'paid', 4_000, 4_000],
      [false, 'paid', 6_000, 6_000],
    ])
    expect([invoice.amount_remaining, subscription.status]).toEqual([0, 'active'])
    expect(simulator.account.clock.advanceToNext()).toBe(false)
  })

  it('that is declined leaves the invoice as it was', async () => {
    const { invoice } = fail()

    const types = during(() => simulator.payPart(invoice.id, 4_000, { card: '4000000000000341' }))

    expect(types).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'payment_intent.canceled',
    ])
    expect(invoice).toMatchObject({ status: 'open', amount_paid: 0, amount_remaining: 10_000, attempt_count: 1 })
    expect(await payments(invoice.id)).toEqual([
      [true, 'open', 10_000, null],
      [false, 'canceled', 4_000, null],
    ])
  })

  it('is at most what remains, and of an invoice that can be paid', () => {
    const { invoice } = fail()
    simulator.payPart(invoice.id, 4_000)

    expect(() => simulator.payPart(invoice.id, 6_001)).toThrow('$60.00')
    expect(() => simulator.payPart(invoice.id, 0)).toThrow('at most')
    simulator.pay(invoice.id)
    expect(() => simulator.payPart(invoice.id, 1)).toThrow('paid')
  })

  it('makes an invoice that can’t be voided any more', async () => {
    const { invoice } = fail()
    simulator.payPart(invoice.id, 4_000)

    await expect(sdk().invoices.voidInvoice(invoice.id)).rejects.toThrow("can't void an invoice that has payments")
    simulator.markUncollectible(invoice.id)
    expect([invoice.status, invoice.amount_paid, invoice.amount_remaining]).toEqual(['uncollectible', 4_000, 6_000])
  })

  it('shows on the hosted page, which asks for the rest', async () => {
    const { invoice } = fail()
    simulator.payPart(invoice.id, 4_000)

    const { html } = await openPage(invoice.hosted_invoice_url!)

    expect(html).toContain('Pay $60.00')
    expect(html).toMatch(/Paid so far<\/dt><dd>\$40\.00/)
  })
})

describe('a payment outside of Stripe', () => {
  it('is a payment of the invoice without a charge, and the default one is canceled', async () => {
    const { invoice, subscription } = fail()

    const types = during(() => simulator.payOutOfBand(invoice.id))

    expect(types).toEqual([
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
      'invoice_payment.paid',
      'customer.subscription.updated',
    ])
    const found = await sdk().invoices.retrieve(invoice.id, {
      expand: ['payments.data.payment.payment_intent', 'amount_paid_off_stripe'],
    })
    expect(found).toMatchObject({ status: 'paid', amount_paid: 10_000, amount_paid_off_stripe: 10_000 })
    expect(found.payments!.data.map(({ payment, status }) => [payment.type, status])).toEqual([
      ['payment_intent', 'canceled'],
      ['payment_record', 'paid'],
    ])
    expect(simulator.account.store.intentOf(invoice.id)?.status).toBe('canceled')
    expect(simulator.account.store.successfulChargesOf(invoice.id)).toEqual([])
    expect(subscription.status).toBe('active')
    expect((await sdk().invoices.retrieve(invoice.id)).amount_paid_off_stripe).toBeUndefined()
  })

  it('covers what a partial payment left', async () => {
    const { invoice } = fail()
    simulator.payPart(invoice.id, 4_000)

    await sdk(['invoice_write']).invoices.pay(invoice.id, { paid_out_of_band: true })

    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 10_000, amount_remaining: 0 })
    expect(await payments(invoice.id)).toEqual([
      [true, 'canceled', 6_000, null],
      [false, 'paid', 4_000, 4_000],
      [false, 'paid', 6_000, 6_000],
    ])
  })
})

describe('an invoice that is closed', () => {
  it('by voiding cancels its payment and cannot be paid, credited or voided again', async () => {
    const { invoice } = fail()

    const types = during(() => simulator.voidInvoice(invoice.id))

    expect(types).toEqual(['invoice.updated', 'payment_intent.canceled', 'invoice.voided'])
    expect(await payments(invoice.id)).toEqual([[true, 'canceled', 10_000, null]])
    const stripe = sdk()
    await expect(stripe.invoices.pay(invoice.id)).rejects.toThrow('void')
    await expect(stripe.invoices.voidInvoice(invoice.id)).rejects.toThrow("This invoice isn't open.")
    await expect(stripe.invoices.markUncollectible(invoice.id)).rejects.toThrow("This invoice isn't open.")
    expect(() => simulator.payOutOfBand(invoice.id)).toThrow('void')
    expect(simulator.account.clock.advanceToNext()).toBe(false)
  })

  it('as uncollectible says why, is not retried, and can still be paid', async () => {
    const { invoice, subscription } = fail()

    const types = during(() => simulator.markUncollectible(invoice.id))

    expect(types).toEqual(['invoice.updated', 'invoice.marked_uncollectible'])
    const found = await sdk().invoices.retrieve(invoice.id)
    expect(found.status_details?.uncollectible?.reason).toBe('user_forgiven')
    expect(await payments(invoice.id)).toEqual([[true, 'open', 10_000, null]])
    expect(simulator.account.clock.advanceToNext()).toBe(false)

    simulator.pay(invoice.id)
    const paid = await sdk().invoices.retrieve(invoice.id)
    expect([paid.status, paid.amount_paid, paid.status_details]).toEqual(['paid', 10_000, undefined])
    expect(paid.status_transitions.marked_uncollectible_at).not.toBeNull()
    expect(subscription.status).toBe('active')
  })

  it('as uncollectible can be paid outside of Stripe, or voided', () => {
    const [first, second] = [fail(), fail()]
    simulator.markUncollectible(first.invoice.id)
    simulator.markUncollectible(second.invoice.id)

    simulator.payOutOfBand(first.invoice.id)
    simulator.voidInvoice(second.invoice.id)

    expect([first.invoice.status, second.invoice.status]).toEqual(['paid', 'void'])
  })
})
