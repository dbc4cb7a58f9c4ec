import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'

const DAY = 24 * 3600 * 1000
const PLAN = { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'usd', amount: 10_000 } as const

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'subscriptions', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function sdk(permissions: readonly string[] | 'all' = 'all'): Stripe {
  return new Stripe(simulator.addKey(permissions), { ...simulator.sdkOptions, maxNetworkRetries: 0 })
}

/** The types of events that happen meanwhile. */
function during(happens: () => unknown): string[] {
  const before = simulator.account.events.events.size
  happens()
  return [...simulator.account.events.events].slice(before).map(({ type }) => type)
}

async function newest(type: string): Promise<Stripe.Event> {
  const { data } = await sdk().events.list({ type, limit: 1 })
  return data[0]!
}

const renew = () => simulator.renew({ plan: PLAN })

describe('paused collection', () => {
  it('leaves the status alone and keeps retrying what was open before', async () => {
    const { invoice, subscription } = simulator.failRenewal({ plan: PLAN, worksFromAttempt: 2 })

    const types = during(() => simulator.pauseCollection(subscription.id))

    expect(types).toEqual(['customer.subscription.updated'])
    expect(await newest('customer.subscription.updated')).toMatchObject({
      data: {
        object: { status: 'past_due', pause_collection: { behavior: 'keep_as_draft', resumes_at: null } },
        previous_attributes: { pause_collection: null },
      },
    })
    simulator.account.clock.advance(DAY)
    expect(invoice.status).toBe('paid')
  })

  it('keeps new invoices as drafts, which the owner finalizes and collects', async () => {
    const { subscription } = renew()
    simulator.pauseCollection(subscription.id)

    const types = during(() => simulator.renew({ subscription: subscription.id }))
    const [draft] = (await sdk().invoices.list({ status: 'draft' })).data

    expect(types).toEqual(['invoice.created', 'customer.subscription.updated', 'invoice.updated'])
    expect(draft).toMatchObject({ auto_advance: false, number: null, hosted_invoice_url: null, attempted: false })
    expect((await sdk().invoicePayments.list({ invoice: draft!.id })).data).toEqual([])
    const current = await sdk().subscriptions.retrieve(subscription.id)
    expect([current.status, current.latest_invoice]).toEqual(['active', draft!.id])

    simulator.resumeCollection(subscription.id)
    expect(simulator.invoice(draft!.id).status).toBe('draft')
    const open = await sdk().invoices.finalizeInvoice(draft!.id)
    expect(open).toMatchObject({ status: 'open', amount_remaining: 10_000 })
    expect(open.number).toMatch(/-0003$/)
    expect((await sdk().invoices.pay(draft!.id)).status).toBe('paid')
  })

  it.each([
    ['void', 'void', ['invoice.updated', 'payment_intent.canceled', 'invoice.voided']],
    ['mark_uncollectible', 'uncollectible', ['invoice.updated', 'invoice.marked_uncollectible']],
  ] as const)('can make new invoices %s', (behavior, status, last) => {
    const { subscription } = renew()
    simulator.pauseCollection(subscription.id, { behavior })

    const types = during(() => simulator.failRenewal({ subscription: subscription.id }))

    expect(types.slice(-last.length)).toEqual(last)
    expect(types).not.toContain('invoice.payment_failed')
    const invoice = simulator.invoice(subscription.latest_invoice!)
    expect([invoice.status, invoice.attempt_count, subscription.status]).toEqual([status, 0, 'active'])
    if (status === 'uncollectible') {
      expect(invoice.status_details?.uncollectible?.reason).toBe('subscription_paused')
      expect(simulator.pay(invoice.id).status).toBe('paid')
    }
  })

  it('resumes by itself at its time', () => {
    const { subscription } = renew()
    const resumesAt = simulator.account.clock.seconds() + 10 * 24 * 3600
    simulator.pauseCollection(subscription.id, { behavior: 'void', resumesAt })

    simulator.account.clock.advance(9 * DAY)
    expect(subscription.pause_collection).toEqual({ behavior: 'void', resumes_at: resumesAt })
    const types = during(() => simulator.account.clock.advance(DAY))

    expect([types, subscription.pause_collection]).toEqual([['customer.subscription.updated'], null])
    expect(simulator.renew({ subscription: subscription.id }).invoice.status).toBe('paid')
  })

  it('is set and taken back by API', async () => {
    const { subscription } = renew()
    const stripe = sdk(['subscription_write'])

    const paused = await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } })
    const resumed = await stripe.subscriptions.update(subscription.id, { pause_collection: '' })

    expect(paused.pause_collection).toEqual({ behavior: 'void', resumes_at: null })
    expect(resumed.pause_collection).toBeNull()
  })
})

describe('a paused subscription', () => {
  it('draws no invoices, and tells why it is paused', async () => {
    const { subscription } = renew()

    const types = during(() => simulator.pauseSubscription(subscription.id))

    expect(types).toEqual(['customer.subscription.paused', 'customer.subscription.updated'])
    const found = await sdk().subscriptions.retrieve(subscription.id)
    expect(found.status).toBe('paused')
    expect(found.status_details?.paused).toMatchObject({
      type: 'subscription',
      subscription: { type: 'pause_requested' },
    })
    expect((await newest('customer.subscription.updated')).data.previous_attributes).toMatchObject({ status: 'active' })
    expect(simulator.endPeriod(subscription.id)).toBeUndefined()
    expect(() => simulator.renew({ subscription: subscription.id })).toThrow('paused subscription does not renew')
  })

  it('stays paused whatever becomes of invoices from before', () => {
    const { invoice, subscription } = simulator.failRenewal({ plan: PLAN })
    simulator.pauseSubscription(subscription.id)

    simulator.account.clock.advance(30 * DAY)
    expect([invoice.attempt_count, subscription.status]).toEqual([5, 'paused'])
    simulator.pay(invoice.id)
    expect([invoice.status, subscription.status]).toEqual(['paid', 'paused'])
  })

  it('is active again at once when its billing day stays', async () => {
    const { subscription } = renew()
    const { current_period_end } = subscription.items.data[0]!
    simulator.pauseSubscription(subscription.id)

    const types = during(() => simulator.resumeSubscription(subscription.id))

    expect(types).toEqual(['customer.subscription.resumed', 'customer.subscription.updated'])
    const found = await sdk().subscriptions.retrieve(subscription.id)
    expect([found.status, found.status_details]).toEqual(['active', undefined])
    expect(found.items.data[0]!.current_period_end).toBe(current_period_end)
  })

  it('that resumes with a new period is active once its invoice is paid', async () => {
    const { subscription } = renew()
    const stripe = sdk(['subscription_write', 'invoice_write'])
    await stripe.subscriptions.pause(subscription.id)

    const resumed = await stripe.subscriptions.resume(subscription.id)
    expect(resumed.status).toBe('paused')
    const types = during(() => simulator.pay(resumed.latest_invoice as string))

    expect(types).toContain('customer.subscription.resumed')
    expect(subscription.status).toBe('active')
    await expect(stripe.subscriptions.resume(subscription.id)).rejects.toThrow('Only paused subscriptions')
  })

  it('or is charged for it at once', async () => {
    const { subscription } = renew()
    simulator.pauseSubscription(subscription.id)

    const resumed = await sdk().subscriptions.resume(subscription.id, { payment_behavior: 'resume_on_payment_success' })

    expect(resumed.status).toBe('active')
    expect(simulator.invoice(resumed.latest_invoice as string).status).toBe('paid')
  })

  it('can’t be one whose collection is paused, nor one that has ended', async () => {
    const { subscription } = renew()
    simulator.pauseCollection(subscription.id)
    await expect(sdk().subscriptions.pause(subscription.id)).rejects.toThrow('payment collection is paused')
    simulator.cancelSubscription(subscription.id)
    await expect(sdk().subscriptions.pause(subscription.id)).rejects.toThrow('No such subscription')
  })
})

describe('a subscription that ends', () => {
  it('with its period draws no further invoice', async () => {
    const { subscription } = renew()
    const end = subscription.items.data[0]!.current_period_end

    const types = during(() => simulator.cancelAtPeriodEnd(subscription.id))
    expect(types).toEqual(['customer.subscription.updated'])
    expect(await sdk().subscriptions.retrieve(subscription.id)).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: end,
      cancellation_details: { reason: 'cancellation_requested' },
    })

    expect(during(() => simulator.endPeriod(subscription.id))).toEqual(['customer.subscription.deleted'])
    expect([subscription.status, simulator.account.store.invoices.size]).toEqual(['canceled', 1])
    expect(subscription.ended_at).not.toBeNull()
  })

  it('may be kept after all', async () => {
    const { subscription } = renew()
    simulator.cancelAtPeriodEnd(subscription.id)

    await sdk(['subscription_write']).subscriptions.update(subscription.id, { cancel_at_period_end: false })

    expect(subscription).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null })
    expect(simulator.endPeriod(subscription.id)?.invoice.status).toBe('paid')
  })

  it('stops the collection of its open invoice, which can still be paid', async () => {
    const { invoice, subscription } = simulator.failRenewal({ plan: PLAN })

    const types = during(() => simulator.cancelSubscription(subscription.id))

    expect(types).toEqual(['customer.subscription.deleted', 'invoice.updated'])
    expect(invoice).toMatchObject({ status: 'open', auto_advance: false, next_payment_attempt: null })
    expect(simulator.account.clock.advanceToNext()).toBe(false)
    simulator.pay(invoice.id)
    expect([invoice.status, subscription.status]).toEqual(['paid', 'canceled'])
    expect(() => simulator.cancelSubscription(subscription.id)).toThrow('No such subscription')
  })
})

describe('a past due subscription', () => {
  it('is active again when its latest invoice is paid, not when an older one is', () => {
    const { invoice: older, subscription } = simulator.failRenewal({ plan: PLAN })
    const { invoice: latest } = simulator.failRenewal({ subscription: subscription.id })

    simulator.pay(older.id)
    expect(subscription.status).toBe('past_due')
    simulator.pay(latest.id)
    expect(subscription.status).toBe('active')
  })
})

describe('a card', () => {
  it.each(['expired_card', 'lost_card'])(
    'that failed as %s works again once the network has updated it',
    (declineCode) => {
      const { customer, invoice } = simulator.failRenewal({ plan: PLAN, declineCode })
      const old = structuredClone(
        simulator.account.store.paymentMethods.require(customer.invoice_settings.default_payment_method!),
      )

      const types = during(() => simulator.updateCardAutomatically(customer.id))
      expect(types).toEqual(['payment_method.automatically_updated'])

      const event = [...simulator.account.events.events].at(-1)!
      const updated = JSON.parse(event.objectJson) as Stripe.PaymentMethod
      const { exp_month, exp_year, fingerprint, last4 } = old.card
      expect([updated.id, updated.card?.last4 === last4]).toEqual([old.id, false])
      expect(Date.UTC(updated.card!.exp_year, updated.card!.exp_month)).toBeGreaterThan(Date.now())
      expect(JSON.parse(event.previousJson!)).toEqual({
        card: {
          fingerprint,
          last4,
          ...(updated.card!.exp_month !== exp_month && { exp_month }),
          ...(updated.card!.exp_year !== exp_year && { exp_year }),
        },
      })
      // The decline is still told with the card as it was.
      const error = simulator.account.store.intentOf(invoice.id)?.last_payment_error
      expect(error?.payment_method?.card?.last4).toBe(last4)

      simulator.account.clock.advance(DAY)
      expect(invoice.status).toBe('paid')
    },
  )

  it('is detached for good, and nobody’s default any more', async () => {
    const { customer, subscription } = simulator.renew({ plan: PLAN, ownCard: true })
    const own = subscription.default_payment_method!
    const saved = simulator.saveCard(customer.id)
    const stripe = sdk(['payment_method_write'])

    await stripe.paymentMethods.detach(own)
    const types = during(() => simulator.detachCard(saved))

    expect(types).toEqual(['payment_method.detached', 'customer.updated'])
    expect([subscription.default_payment_method, customer.invoice_settings.default_payment_method]).toEqual([
      null,
      null,
    ])
    expect((await newest('payment_method.detached')).data.previous_attributes).toEqual({ customer: customer.id })
    expect((await stripe.paymentMethods.retrieve(saved)).customer).toBeNull()
    expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toEqual([])
    await expect(stripe.paymentMethods.detach(saved)).rejects.toThrow('not attached')
    await expect(stripe.paymentMethods.attach(saved, { customer: customer.id })).rejects.toThrow(
      'may not be used again',
    )
  })

  it('that is gone makes the next attempt fail without a charge', () => {
    const { customer, invoice } = simulator.failRenewal({ plan: PLAN })
    simulator.detachCard(customer.invoice_settings.default_payment_method!)

    const types = during(() => simulator.account.clock.advance(DAY))

    expect(types).toEqual(['invoice.payment_failed'])
    expect([invoice.attempt_count, simulator.account.store.charges.size]).toEqual([2, 1])
  })

  it('of Stripe’s test cards is attached by its name, and changed by the owner', async () => {
    const { customer, invoice } = simulator.failRenewal({ plan: PLAN })
    const stripe = sdk()

    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    await stripe.paymentMethods.update(card.id, { card: { exp_year: 2040 }, metadata: { from: 'desk' } })
    const paid = await stripe.invoices.pay(invoice.id, { payment_method: card.id })

    expect([card.card?.last4, paid.status]).toEqual(['4242', 'paid'])
    expect((await newest('payment_method.attached')).data.object).toMatchObject({ id: card.id, customer: customer.id })
    expect((await newest('payment_method.updated')).data.object).toMatchObject({
      card: { exp_year: 2040 },
      metadata: { from: 'desk' },
    })
    const declined = stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id })
    await expect(declined).rejects.toMatchObject({ code: 'card_declined' })
  })

  it('that expired works again with a new date', async () => {
    const { customer, invoice } = simulator.failRenewal({ plan: PLAN, declineCode: 'expired_card' })

    await sdk().paymentMethods.update(customer.invoice_settings.default_payment_method!, { card: { exp_year: 2040 } })
    simulator.account.clock.advance(DAY)

    expect(invoice.status).toBe('paid')
  })
})

describe('a customer', () => {
  it('who is deleted ends with subscriptions and cards; the invoice stays and is not collected', async () => {
    const { customer, invoice, subscription } = simulator.failRenewal({ plan: PLAN })
    const stripe = sdk(['customer_write', 'subscription_read', 'invoice_read', 'payment_method_read'])
    const card = customer.invoice_settings.default_payment_method!

    const before = simulator.account.events.events.size
    expect(await stripe.customers.del(customer.id)).toMatchObject({ id: customer.id, deleted: true })

    const events = [...simulator.account.events.events].slice(before)
    expect(events.map(({ type }) => type)).toEqual([
      'customer.subscription.deleted',
      'invoice.updated',
      'payment_method.detached',
      'customer.deleted',
    ])
    expect(JSON.parse(events.at(-1)!.objectJson)).toMatchObject({ id: customer.id, email: customer.email })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
    expect((await stripe.paymentMethods.retrieve(card)).customer).toBeNull()
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'open', auto_advance: false })
    expect(simulator.account.clock.advanceToNext()).toBe(false)
    await expect(stripe.customers.del(customer.id)).rejects.toThrow('No such customer')
  })

  it('is made by API, with languages', async () => {
    const made = await sdk(['customer_write']).customers.create({
      email: 'ada@example.example',
      name: 'Ada',
      preferred_locales: ['fr', 'en'],
      metadata: { tier: 'gold' },
    })

    expect(made).toMatchObject({
      email: 'ada@example.example',
      preferred_locales: ['fr', 'en'],
      metadata: { tier: 'gold' },
    })
    expect((await newest('customer.created')).data.object).toMatchObject({ id: made.id })
    const { invoice } = simulator.failRenewal({ customer: made.id, plan: PLAN })
    expect([invoice.customer_email, invoice.customer_name]).toEqual(['ada@example.example', 'Ada'])
  })
})

describe('amounts', () => {
  it.each([
    ['usd', 149_900, '$1,499.00'],
    ['jpy', 21_800, '¥21,800'],
    ['kwd', 14_500, 'KWD 14.500'],
    ['isk', 1_990_000, 'ISK 19,900'],
    ['ugx', 178_000_000, 'UGX 1,780,000'],
  ] as const)('in %s are shown with the decimals of that currency', async (currency, amount, shown) => {
    const { invoice } = simulator.failRenewal({ plan: { ...PLAN, currency, amount } })

    const page = await fetch(invoice.hosted_invoice_url!).then((answer) => answer.text())

    expect(page.replaceAll('\u00a0', ' ')).toContain(`Pay ${shown}`)
    expect(invoice).toMatchObject({ currency, amount_due: amount })
  })
})
