import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { isRecoverable } from '../../src/domain/case-rules.js'
import { classifyDecline } from '../../src/domain/decline.js'
import { PermanentError } from '../../src/errors.js'
import { type InvoiceFacts, readInvoiceFacts } from '../../src/stripe/invoice-facts.js'
import { eventOf, failedInvoice, paidInvoice, RENEWAL, SHAPES, WEBHOOK_SHAPES } from '../support/invoice-shapes.js'

type Json = Record<string, unknown>

const at = (seconds: number) => new Date(seconds * 1000)

/** An invoice as our own API version tells it, with some fields as the test wants them. */
const invoiceWith = (fields: Json): Json => ({ ...failedInvoice('2026-10-28.endive'), ...fields })
const read = (fields: Json): InvoiceFacts => readInvoiceFacts(invoiceWith(fields))

const linesOf = (...data: Json[]) => ({ lines: { object: 'list', data } })
const paymentsOf = (...data: Json[]) => ({ payments: { object: 'list', data } })
const paymentWith = (created: number, intent: unknown) => ({
  object: 'invoice_payment',
  created,
  payment: { type: 'payment_intent', payment_intent: intent },
})

const renewalLine = (fields: Json): Json => ({
  object: 'line_item',
  amount: 4900,
  parent: {
    type: 'subscription_item_details',
    subscription_item_details: { subscription: 'sub_pro', proration: false },
  },
  ...fields,
})
const prorationLine = (fields: Json): Json => ({
  object: 'line_item',
  parent: { type: 'invoice_item_details', invoice_item_details: { subscription: 'sub_pro', proration: true } },
  ...fields,
})

describe('reading a failed renewal', () => {
  it.each(SHAPES)('finds the invoice, its amounts, customer, plan and subscription in %s', (shape) => {
    expect(readInvoiceFacts(failedInvoice(shape))).toMatchObject({
      invoiceId: 'in_renewal',
      number: 'A1B2C3D4-0007',
      status: 'open',
      collectionMethod: 'charge_automatically',
      livemode: false,
      currency: 'usd',
      amountDue: 4900,
      amountPaid: 0,
      amountRemaining: 4900,
      attemptCount: 1,
      attempted: true,
      nextAttemptAt: at(RENEWAL.nextAttempt ?? 0),
      createdAt: at(RENEWAL.created),
      periodEndAt: at(RENEWAL.created),
      hostedInvoiceUrl: RENEWAL.hostedInvoiceUrl,
      customer: { id: 'cus_ada', account: null },
      subscriptionId: 'sub_pro',
      plan: { label: 'Pro', interval: 'month', intervalCount: 1 },
    })
  })

  it.each(SHAPES)('opens a case for %s', (shape) => {
    expect(isRecoverable(readInvoiceFacts(failedInvoice(shape)))).toEqual({ opens: true })
  })

  it.each(SHAPES.filter((shape) => shape.endsWith('expanded')))('finds decline, card and customer in %s', (shape) => {
    expect(readInvoiceFacts(failedInvoice(shape))).toMatchObject({
      customer: { id: 'cus_ada', name: 'Ada Example', email: 'ada@example.com', locales: ['de', 'en'] },
      decline: {
        code: 'card_declined',
        declineCode: 'insufficient_funds',
        adviceCode: 'try_again_later',
        networkAdviceCode: null,
        networkDeclineCode: null,
      },
      card: { brand: 'visa', last4: '0341', expMonth: 8, expYear: 2028 },
    })
  })

  it.each(WEBHOOK_SHAPES)('guesses no decline and no card where %s names ids only', (shape) => {
    expect(readInvoiceFacts(failedInvoice(shape))).toMatchObject({ decline: null, card: null })
  })

  it.each(SHAPES.filter((shape) => !shape.startsWith('2018-02')))('knows the address and the reason in %s', (shape) => {
    expect(readInvoiceFacts(failedInvoice(shape))).toMatchObject({
      billingReason: 'subscription_cycle',
      customer: { email: 'ada@example.com', name: 'Ada Example' },
    })
  })

  it.each(SHAPES.filter((shape) => shape >= '2025-03-31' && shape.endsWith('expanded')))(
    'finds the payment intent among the payments of %s',
    (shape) => {
      expect(readInvoiceFacts(failedInvoice(shape)).paymentIds).toContain('pi_renewal')
    },
  )

  it.each(SHAPES)('sees that nothing is owed on a paid invoice in %s', (shape) => {
    const facts = readInvoiceFacts(paidInvoice(shape))
    expect(facts).toMatchObject({ status: 'paid', amountPaid: 4900, amountRemaining: 0, decline: null })
    expect(isRecoverable(facts)).toMatchObject({ opens: false })
  })

  it.each(SHAPES)('finds several intervals at once in %s', (shape) => {
    const { plan } = readInvoiceFacts(failedInvoice(shape, { interval: 'month', intervalCount: 3 }))
    expect(plan).toEqual({ label: 'Pro', interval: 'month', intervalCount: 3 })
  })

  it.each(SHAPES.filter((shape) => shape >= '2018-11'))(
    'leaves the first invoice of a subscription alone in %s',
    (shape) => {
      const facts = readInvoiceFacts(failedInvoice(shape, { billingReason: 'subscription_create' }))
      expect(isRecoverable(facts)).toMatchObject({ opens: false })
    },
  )

  it.each(SHAPES)('leaves an invoice without subscription alone in %s', (shape) => {
    const facts = readInvoiceFacts(
      failedInvoice(shape, { subscription: null, billingReason: 'manual', collectionMethod: 'send_invoice' }),
    )
    expect(facts).toMatchObject({ subscriptionId: null, collectionMethod: 'send_invoice' })
    expect(isRecoverable(facts)).toMatchObject({ opens: false })
  })

  it('reads the object of an event', () => {
    const event = eventOf('invoice.payment_failed', failedInvoice('2020-08-27'), { livemode: true }) as {
      data: { object: unknown }
    }
    expect(readInvoiceFacts(event.data.object).invoiceId).toBe('in_renewal')
  })
})

describe('reading old invoices', () => {
  const old = (fields: Json) => readInvoiceFacts({ ...failedInvoice('2018-02-28'), ...fields })

  it('makes a status of booleans', () => {
    expect(old({ paid: true }).status).toBe('paid')
    expect(old({ forgiven: true }).status).toBe('uncollectible')
    expect(old({ closed: true }).status).toBe('open')
    expect(old({ attempted: false, attempt_count: 0 }).status).toBeNull()
  })

  it('works out what is left where only the amount due is told', () => {
    const told = { amount_paid: undefined, amount_remaining: undefined }
    expect(old({ ...told, paid: false })).toMatchObject({ amountDue: 4900, amountPaid: 0, amountRemaining: 4900 })
    expect(old({ ...told, paid: true })).toMatchObject({ amountDue: 4900, amountPaid: 4900, amountRemaining: 0 })
    expect(old({ amount_paid: 900, amount_remaining: undefined }).amountRemaining).toBe(4000)
  })

  it('takes an attempted invoice without a count as attempted once', () => {
    expect(old({ attempt_count: undefined })).toMatchObject({ attemptCount: 1, attempted: true })
    expect(old({ attempt_count: 2, attempted: undefined })).toMatchObject({ attemptCount: 2, attempted: true })
    expect(old({ attempt_count: undefined, attempted: undefined })).toMatchObject({ attemptCount: 0, attempted: false })
  })

  it('learns the subscription from the line when the invoice does not name it', () => {
    expect(old({ subscription: undefined }).subscriptionId).toBe('sub_pro')
  })

  it('calls a plan by its name, as plans had one until 2018', () => {
    const plan = { id: 'gold', object: 'plan', name: 'Gold', interval: 'month', interval_count: 1 }
    expect(old(linesOf({ id: 'sub_pro', type: 'subscription', amount: 999, plan })).plan).toEqual({
      label: 'Gold',
      interval: 'month',
      intervalCount: 1,
    })
  })

  it('reads the card and the reason off an expanded charge', () => {
    const facts = old({
      charge: {
        id: 'ch_old',
        object: 'charge',
        created: 1_500_000_000,
        status: 'failed',
        failure_code: 'expired_card',
        outcome: null,
        source: { object: 'card', brand: 'American Express', last4: '0005', exp_month: 1, exp_year: 2018 },
      },
    })
    expect(facts.card).toEqual({ brand: 'amex', last4: '0005', expMonth: 1, expYear: 2018 })
    expect(facts.decline).toMatchObject({ code: 'expired_card', declineCode: null })
  })
})

describe('reading the customer', () => {
  it('knows a customer by the account where there is no customer', () => {
    expect(read({ customer: null, customer_account: 'acct_ada' }).customer).toMatchObject({
      id: null,
      account: 'acct_ada',
      email: 'ada@example.com',
    })
  })

  it('prefers the address that the customer has now to the one kept on the invoice', () => {
    const customer = { id: 'cus_ada', email: 'new@example.com', name: null }
    expect(read({ customer }).customer).toMatchObject({ email: 'new@example.com', name: 'Ada Example' })
  })

  it('has no address of a deleted customer', () => {
    const customer = { id: 'cus_ada', object: 'customer', deleted: true }
    expect(read({ customer }).customer).toMatchObject({ id: 'cus_ada', email: null, locales: [] })
  })

  it('takes a blank address for none', () => {
    expect(read({ customer_email: '  ' }).customer.email).toBeNull()
  })
})

describe('reading the plan', () => {
  it.each([
    ['1 × Example (at $249.00 / year)', 'Example', 'year', 1],
    ['1 × Plan (2024) (at $30.00 / every 3 months)', 'Plan (2024)', 'month', 3],
    ['24,104,515 × Standard (at $0.00000381 / month)', 'Standard', 'month', 1],
    ['1 subscription × Library (at $5.00 / month)', 'Library', 'month', 1],
    ['1000 × Calls (Tier 1 at $0.50 / week)', 'Calls', 'week', 1],
    ['2 × Abonnement (à 10,00 € / mois)', 'Abonnement', null, null],
    ['Trial period for Pro', 'Pro', null, null],
    ['Support, billed daily', 'Support, billed daily', null, null],
  ])('finds the plan in the words "%s"', (description, label, interval, intervalCount) => {
    expect(read(linesOf(renewalLine({ description }))).plan).toEqual({ label, interval, intervalCount })
  })

  it.each([
    ['a day', 1, 'day', 1],
    ['a week', 7, 'week', 1],
    ['a February', 28, 'month', 1],
    ['a March', 31, 'month', 1],
    ['a quarter', 92, 'month', 3],
    ['a leap year', 366, 'year', 1],
    ['no usual time', 45, null, null],
  ])('guesses the interval of a line that covers %s', (_what, days, interval, intervalCount) => {
    const period = { start: RENEWAL.created, end: RENEWAL.created + days * 86_400 }
    expect(read(linesOf(renewalLine({ period }))).plan).toEqual({ label: null, interval, intervalCount })
  })

  it('prefers the name of the product, then the words of the line; the hidden nickname only for want of both', () => {
    const description = '1 × In words (at $1.00 / month)'
    const label = (price: Json) => read(linesOf(renewalLine({ description, price }))).plan.label
    expect(label({ nickname: 'Nick', product: { name: 'Product' } })).toBe('Product')
    expect(label({ nickname: null, product: { name: 'Product' } })).toBe('Product')
    expect(label({ nickname: '', product: 'prod_pro' })).toBe('In words')
  })

  it('never shows an id for a plan', () => {
    const line = renewalLine({ description: null, price: { id: 'price_1', nickname: 'price_1', product: 'prod_1' } })
    expect(read(linesOf(line)).plan.label).toBeNull()
    expect(read(linesOf(renewalLine({ description: '1 × price_1 (at $1.00 / month)' }))).plan.label).toBeNull()
  })

  it('takes the largest renewal among several lines, and no proration', () => {
    const facts = read(
      linesOf(
        renewalLine({ amount: 500, description: '1 × Seat (at $5.00 / month)' }),
        renewalLine({ amount: 4900, description: '1 × Pro (at $49.00 / month)' }),
        prorationLine({ amount: 9900, description: 'Remaining time on Team after 17 Jun 2026' }),
      ),
    )
    expect(facts.plan.label).toBe('Pro')
  })

  it('tells a proration from a renewal where both are lines of the subscription', () => {
    const subscription_item_details = { subscription: 'sub_pro', proration: true }
    const facts = read(
      linesOf(
        renewalLine({ amount: 4900, description: '1 × Pro (at $49.00 / month)' }),
        renewalLine({
          amount: 9900,
          description: 'Remaining time on Team after 17 Jun 2026',
          parent: { type: 'subscription_item_details', subscription_item_details },
        }),
      ),
    )
    expect(facts.plan.label).toBe('Pro')
  })

  it('guesses no interval from the rest of a period', () => {
    const period = { start: RENEWAL.created, end: RENEWAL.created + 7 * 86_400 }
    expect(read(linesOf(prorationLine({ amount: 1200, period }))).plan.interval).toBeNull()
  })

  it('takes the new plan where an upgrade is all that is billed', () => {
    const facts = read(
      linesOf(
        prorationLine({ amount: -2000, description: 'Unused time on Pro after 17 Jun 2026' }),
        prorationLine({ amount: 9900, description: 'Remaining time on 2 × Team (with 25.0% off) after 17 Jun 2026' }),
      ),
    )
    expect(facts.plan).toEqual({ label: 'Team', interval: null, intervalCount: null })
  })

  it('takes no single item for a plan', () => {
    const item = { type: 'invoiceitem', amount: 9900, description: 'Consulting', proration: false, subscription: null }
    expect(read(linesOf(item)).plan.label).toBeNull()
    expect(read(linesOf()).plan.label).toBeNull()
    expect(read({ lines: undefined }).plan.label).toBeNull()
  })
})

describe('reading why a payment failed', () => {
  const intentWith = (fields: Json): Json => ({ id: 'pi_1', object: 'payment_intent', ...fields })
  const error = (declineCode: string, fields: Json = {}) => ({
    code: 'card_declined',
    decline_code: declineCode,
    ...fields,
  })

  it('goes by the newest failed payment', () => {
    const facts = read(
      paymentsOf(
        paymentWith(100, intentWith({ last_payment_error: error('lost_card') })),
        paymentWith(300, intentWith({ last_payment_error: error('insufficient_funds') })),
        paymentWith(200, intentWith({ last_payment_error: error('do_not_honor') })),
      ),
    )
    expect(facts.decline?.declineCode).toBe('insufficient_funds')
  })

  it('goes by the time of the charge where an older payment was tried again', () => {
    const retried = intentWith({
      last_payment_error: error('lost_card', { charge: 'ch_2' }),
      latest_charge: { id: 'ch_2', status: 'failed', created: 900, failure_code: 'card_declined' },
    })
    const facts = read(
      paymentsOf(
        paymentWith(300, intentWith({ last_payment_error: error('do_not_honor') })),
        paymentWith(100, retried),
      ),
    )
    expect(facts.decline?.declineCode).toBe('lost_card')
  })

  it('completes the error with what its charge tells', () => {
    const intent = intentWith({
      last_payment_error: error('do_not_honor', { charge: 'ch_1' }),
      latest_charge: {
        id: 'ch_1',
        status: 'failed',
        created: 900,
        outcome: {
          type: 'issuer_declined',
          reason: 'do_not_honor',
          advice_code: 'do_not_try_again',
          network_advice_code: '03',
          network_decline_code: '05',
        },
      },
    })
    expect(read(paymentsOf(paymentWith(100, intent))).decline).toEqual({
      code: 'card_declined',
      declineCode: 'do_not_honor',
      adviceCode: 'do_not_try_again',
      networkAdviceCode: '03',
      networkDeclineCode: '05',
    })
  })

  it('mixes no older charge into the error', () => {
    const intent = intentWith({
      last_payment_error: { code: 'authentication_required', charge: 'ch_2' },
      latest_charge: { id: 'ch_1', status: 'failed', created: 900, outcome: { reason: 'insufficient_funds' } },
    })
    expect(read(paymentsOf(paymentWith(100, intent))).decline).toMatchObject({
      code: 'authentication_required',
      declineCode: null,
    })
  })

  it('learns from the charge what Radar blocked, where the error only says fraudulent', () => {
    const intent = intentWith({
      last_payment_error: error('fraudulent', { charge: 'ch_1' }),
      latest_charge: {
        id: 'ch_1',
        status: 'failed',
        created: 900,
        outcome: { type: 'blocked', reason: 'highest_risk_level' },
      },
    })
    const { decline } = read(paymentsOf(paymentWith(100, intent)))
    expect(classifyDecline(decline)).toEqual({ class: 'blocked', code: 'highest_risk_level', retriedByStripe: false })
  })

  it('asks for authentication where the payment waits for the customer', () => {
    const facts = read(
      paymentsOf(paymentWith(100, intentWith({ status: 'requires_action', last_payment_error: null }))),
    )
    expect(classifyDecline(facts.decline).class).toBe('authentication')
  })

  it('remembers the failed charge after a later success has cleared the error', () => {
    const intent = intentWith({
      status: 'succeeded',
      last_payment_error: null,
      charges: {
        object: 'list',
        data: [
          { id: 'ch_2', status: 'succeeded', created: 900, failure_code: null, outcome: { reason: null } },
          {
            id: 'ch_1',
            status: 'failed',
            created: 800,
            failure_code: 'card_declined',
            outcome: { reason: 'lost_card' },
            payment_method_details: {
              type: 'card',
              card: { brand: 'visa', last4: '4242', exp_month: 1, exp_year: 2030 },
            },
          },
        ],
      },
    })
    const facts = readInvoiceFacts({ ...failedInvoice('2020-08-27'), payment_intent: intent })
    expect(facts.decline?.declineCode).toBe('lost_card')
    expect(facts.card?.last4).toBe('4242')
  })

  it('reads a payment that is a bare charge', () => {
    const charge = { id: 'ch_1', status: 'failed', created: 900, failure_code: 'expired_card' }
    const facts = read(paymentsOf({ created: 100, payment: { type: 'charge', charge } }))
    expect(facts.decline?.code).toBe('expired_card')
  })

  it('believes that a charge failed, even without a code', () => {
    const charge = { id: 'ch_1', status: 'failed', created: 900, failure_code: null, outcome: { reason: 'lost_card' } }
    expect(read(paymentsOf({ created: 100, payment: { type: 'charge', charge } })).decline?.declineCode).toBe(
      'lost_card',
    )
  })

  it('takes a charge in review that went through for no decline', () => {
    const charge = { id: 'ch_1', status: 'succeeded', created: 900, outcome: { reason: 'elevated_risk_level' } }
    expect(read(paymentsOf({ created: 100, payment: { type: 'charge', charge } })).decline).toBeNull()
  })

  it('takes a failed finalization for no decline', () => {
    expect(
      read({ last_finalization_error: { code: 'tax_id_invalid', type: 'invalid_request_error' } }).decline,
    ).toBeNull()
  })

  it('falls back on the card that the invoice is charged to', () => {
    const card = { brand: 'mastercard', last4: '4444', exp_month: 12, exp_year: 2030 }
    expect(read({ default_payment_method: { type: 'card', card } }).card).toEqual({
      brand: 'mastercard',
      last4: '4444',
      expMonth: 12,
      expYear: 2030,
    })
  })

  it('knows the card of an old source', () => {
    const source = {
      object: 'source',
      type: 'card',
      card: { brand: 'Visa', last4: '4242', exp_month: 1, exp_year: 2020 },
    }
    const payment_intent = intentWith({ last_payment_error: error('lost_card', { source }) })
    expect(readInvoiceFacts({ ...failedInvoice('2019-05-16'), payment_intent }).card).toMatchObject({ brand: 'visa' })
  })

  it('takes a bank account for no card', () => {
    const account = { type: 'us_bank_account', us_bank_account: { last4: '6789', bank_name: 'STRIPE TEST BANK' } }
    expect(read({ default_payment_method: account }).card).toBeNull()
  })

  it('learns the payment intent from the charge where the invoice does not name it', () => {
    const charge = { id: 'ch_1', object: 'charge', payment_intent: 'pi_1' }
    expect(readInvoiceFacts({ ...failedInvoice('2018-11-08'), charge }).paymentIds).toContain('pi_1')
  })

  it('names the payment intent of the default payment', () => {
    const [other, byDefault] = [paymentWith(300, 'pi_other'), { ...paymentWith(100, 'pi_default'), is_default: true }]
    expect(read(paymentsOf(other, byDefault)).paymentIds).toContain('pi_default')
    expect(read(paymentsOf(other)).paymentIds).toContain('pi_other')
  })
})

describe('refusing what is no invoice', () => {
  it.each([
    ['nothing', null],
    ['text', 'in_renewal'],
    ['a list', [failedInvoice('2020-08-27')]],
    ['an event', eventOf('invoice.payment_failed', failedInvoice('2020-08-27'))],
    ['a charge', { id: 'ch_1', object: 'charge' }],
    ['an empty object', {}],
  ])('refuses %s', (_what, value) => {
    expect(() => readInvoiceFacts(value)).toThrow(PermanentError)
  })

  it.each(['id', 'currency', 'amount_due', 'created'])('refuses an invoice without %s, and says so', (field) => {
    expect(() => read({ [field]: undefined })).toThrow(new RegExp(`its ${field} is missing`))
    expect(() => read({ [field]: undefined })).toThrow(PermanentError)
  })

  it.each<[string, unknown]>([
    ['amount_due', '4900'],
    ['amount_due', 49.5],
    ['amount_due', Number.MAX_SAFE_INTEGER + 1],
    ['amount_paid', '0'],
    ['amount_remaining', -1],
    ['amount_remaining', true],
    ['currency', 'dollars'],
    ['created', '1790000000'],
    ['created', Number.MAX_SAFE_INTEGER],
  ])('bends nothing into shape: refuses %s as %p', (field, value) => {
    expect(() => read({ [field]: value })).toThrow(PermanentError)
  })

  it('does without what a case can do without, when it is of the wrong type', () => {
    expect(
      read({
        attempt_count: '2',
        next_payment_attempt: '1790000000',
        number: 7,
        customer: 5,
        lines: 'none',
        parent: [],
        status: 'deleted',
      }),
    ).toMatchObject({ attemptCount: 1, nextAttemptAt: null, number: null, status: null, subscriptionId: null })
  })

  it.each(['http://invoice.stripe.com/i/1', 'javascript:alert(1)', 'https://', 'invoice.stripe.com', '', 5, null])(
    'links to no %p',
    (url) => {
      expect(read({ hosted_invoice_url: url }).hostedInvoiceUrl).toBeNull()
    },
  )

  it('quotes nothing of the payload in what it says', () => {
    expect(() => read({ currency: 'ada@example.com' })).toThrow(expect.not.stringContaining('ada'))
  })
})

describe('reading anything at all', () => {
  const amount = z.int().min(0)
  const text = z.string().min(1).nullable()
  const facts = z.strictObject({
    invoiceId: z.string().min(1),
    number: text,
    status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).nullable(),
    billingReason: text,
    collectionMethod: text,
    livemode: z.boolean(),
    currency: z.string().regex(/^[a-z]{3}$/),
    amountDue: amount,
    amountPaid: amount,
    amountRemaining: amount,
    attemptCount: amount,
    attempted: z.boolean(),
    nextAttemptAt: z.date().nullable(),
    createdAt: z.date(),
    periodEndAt: z.date().nullable(),
    hostedInvoiceUrl: z.url({ protocol: /^https$/ }).nullable(),
    customer: z.strictObject({ id: text, account: text, name: text, email: text, locales: z.array(z.string().min(1)) }),
    subscriptionId: text,
    plan: z.strictObject({
      label: text,
      interval: z.enum(['day', 'week', 'month', 'year']).nullable(),
      intervalCount: z.int().min(1).nullable(),
    }),
    amountCredited: amount,
    settledAt: z.date().nullable(),
    paidOutOfBand: z.boolean().nullable(),
    paymentIds: z.array(z.string().min(1)),
    card: z
      .strictObject({
        brand: z.string().min(1),
        last4: z.string().regex(/^\d{4}$/),
        expMonth: amount.nullable(),
        expYear: amount.nullable(),
      })
      .nullable(),
    decline: z
      .strictObject({
        code: text,
        declineCode: text,
        adviceCode: text,
        networkAdviceCode: text,
        networkDeclineCode: text,
      })
      .nullable(),
  })

  const givesFactsOrRefuses = (value: unknown): void => {
    let found: InvoiceFacts
    try {
      found = readInvoiceFacts(value)
    } catch (error) {
      expect(error).toBeInstanceOf(PermanentError)
      return
    }
    facts.parse(found)
    isRecoverable(found)
    classifyDecline(found.decline)
  }

  it.each(SHAPES)('gives whole facts for %s', (shape) => {
    facts.parse(readInvoiceFacts(failedInvoice(shape)))
    facts.parse(readInvoiceFacts(paidInvoice(shape)))
  })

  it('gives facts or refuses, whatever JSON comes', () => {
    fc.assert(fc.property(fc.jsonValue(), givesFactsOrRefuses))
  })

  it('gives facts or refuses, whatever stands in the fields of an invoice', () => {
    const keys = Object.keys(Object.assign({}, ...SHAPES.map((shape) => failedInvoice(shape))))
    const anything = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), { requiredKeys: [] })
    fc.assert(fc.property(anything, (fields) => givesFactsOrRefuses(invoiceWith({ ...fields, object: 'invoice' }))))
  })

  it('gives facts or refuses, wherever an invoice is broken', () => {
    const brokenInvoice = fc
      .tuple(fc.constantFrom(...SHAPES), fc.infiniteStream(fc.nat()), fc.option(fc.jsonValue(), { nil: undefined }))
      .map(([shape, choices, value]) => broken(failedInvoice(shape), choices, value))
    fc.assert(fc.property(brokenInvoice, givesFactsOrRefuses), { numRuns: 2000 })
  })

  it('survives lists of a hundred thousand charges and lines', () => {
    const data = Array.from({ length: 100_000 }, (_, index) => ({
      id: `ch_${index}`,
      status: 'failed',
      created: index,
    }))
    const value = {
      ...failedInvoice('2020-08-27'),
      payment_intent: { id: 'pi_1', charges: { data } },
      lines: { data },
      payments: { data },
    }
    expect(readInvoiceFacts(value).paymentIds).toContain('pi_1')
  })
})

/** The value with one thing in it, found by walking down at random, replaced or (undefined) removed. */
function broken(value: unknown, choices: fc.Stream<number>, replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null) return replacement
  const keys = Object.keys(value)
  const [choice = 0, depth = 0] = [...choices.take(2)]
  const key = keys[choice % keys.length]
  if (key === undefined || depth % 6 === 0) return replacement
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
  copy[key] = broken(copy[key], choices, replacement)
  return copy
}

/** The folder stays outside of the repository; `STRIPE_EVENTS_DIR` names it. */
const eventsDir = process.env.STRIPE_EVENTS_DIR ?? ''
const withEvents = eventsDir ? describe : describe.skip

withEvents('reading real payloads', () => {
  const objectIn = (file: string): unknown => JSON.parse(readFileSync(join(eventsDir, file), 'utf8')).data.object
  const files = eventsDir ? readdirSync(eventsDir).filter((file) => file.endsWith('.json')) : []

  const expected: Record<string, InvoiceFacts> = {
    'basil.invoice.payment_failed.pay-wrapped.json': {
      invoiceId: 'in_1234',
      number: 'F612594F-0002',
      status: 'open',
      billingReason: 'subscription_cycle',
      collectionMethod: 'charge_automatically',
      livemode: true,
      currency: 'usd',
      amountDue: 24900,
      amountPaid: 0,
      amountRemaining: 24900,
      attemptCount: 1,
      attempted: true,
      nextAttemptAt: new Date('2025-04-25T03:46:23Z'),
      createdAt: new Date('2025-04-23T18:46:02Z'),
      periodEndAt: new Date('2025-04-23T18:45:06Z'),
      hostedInvoiceUrl: 'https://invoice.stripe.com/',
      customer: {
        id: 'cus_1234',
        account: null,
        name: 'Example Customer',
        email: 'customer@example.org',
        locales: [],
      },
      subscriptionId: 'sub_1234',
      plan: { label: 'Example', interval: 'year', intervalCount: 1 },
      amountCredited: 0,
      settledAt: null,
      paidOutOfBand: null,
      paymentIds: [],
      card: null,
      decline: null,
    },
    'basil.invoice.payment_action_required.pay-wrapped.json': {
      invoiceId: 'in_1234',
      number: '62E7977D-0018',
      status: 'open',
      billingReason: 'subscription_cycle',
      collectionMethod: 'charge_automatically',
      livemode: true,
      currency: 'usd',
      amountDue: 9184,
      amountPaid: 0,
      amountRemaining: 9184,
      attemptCount: 0,
      attempted: true,
      nextAttemptAt: null,
      createdAt: new Date('2025-04-20T17:33:35Z'),
      periodEndAt: new Date('2025-04-20T17:33:14Z'),
      hostedInvoiceUrl: 'https://invoice.stripe.com/',
      customer: {
        id: 'cus_1234',
        account: null,
        name: 'Example Customer',
        email: 'customer@example.org',
        locales: [],
      },
      subscriptionId: 'sub_1234',
      plan: { label: 'Standard', interval: 'month', intervalCount: 1 },
      amountCredited: 0,
      settledAt: null,
      paidOutOfBand: false,
      paymentIds: ['pi_1234'],
      card: null,
      decline: null,
    },
    '2026-07-29.dahlia.invoice.payment_failed.openapi-fixture.json': {
      invoiceId: 'in_1Pgc6tB7WZ01zgkWu9fdqL6I',
      number: null,
      status: 'open',
      billingReason: 'subscription_cycle',
      collectionMethod: 'charge_automatically',
      livemode: false,
      currency: 'usd',
      amountDue: 1000,
      amountPaid: 0,
      amountRemaining: 1000,
      attemptCount: 1,
      attempted: true,
      nextAttemptAt: new Date('2026-08-06T07:06:40Z'),
      createdAt: new Date('2009-02-13T23:31:30Z'),
      periodEndAt: new Date('2009-02-13T23:31:30Z'),
      hostedInvoiceUrl: null,
      customer: { id: 'cus_QXg1o8vcGmoR32', account: null, name: null, email: null, locales: [] },
      subscriptionId: 'sub_1PgafmB7WZ01zgkWfixture1',
      plan: { label: null, interval: null, intervalCount: null },
      amountCredited: 0,
      settledAt: null,
      paidOutOfBand: null,
      paymentIds: [],
      card: null,
      decline: null,
    },
  }

  it.each(Object.keys(expected))('finds every fact in %s', (file) => {
    expect(readInvoiceFacts(objectIn(file))).toEqual(expected[file])
    expect(isRecoverable(readInvoiceFacts(objectIn(file)))).toEqual({ opens: true })
  })

  it('leaves no failed invoice in the folder without expectations', () => {
    const failures = files.filter((file) => /\.invoice\.payment_(failed|action_required)\./.test(file))
    expect(failures.toSorted()).toEqual(Object.keys(expected).toSorted())
  })

  it.each([
    ['2020-03-02.invoice.paid.json', { status: 'paid', subscriptionId: 'sub_JsuPyCPhXWfZar' }],
    ['2020-03-02.invoice.finalized.json', { status: 'open', customer: { email: 'tesst@example.com' } }],
    ['2020-03-02.invoice.updated.json', { status: 'draft', number: null }],
    ['2020-03-02.invoice.voided.json', { status: 'void', amountRemaining: 0 }],
    ['2020-08-27.invoice.deleted.json', { status: null, subscriptionId: null, plan: { label: null } }],
    ['2026-07-29.dahlia.invoice.paid.openapi-fixture.json', { status: 'paid', attemptCount: 2 }],
  ])('reads %s, which is no failure', (file, some) => {
    expect(readInvoiceFacts(objectIn(file))).toMatchObject(some)
  })

  it('calls the plan of a real renewal by its name', () => {
    const { plan } = readInvoiceFacts(objectIn('2020-03-02.invoice.paid.json'))
    expect(plan).toEqual({ label: 'Free tier', interval: 'month', intervalCount: 1 })
  })

  it.each(files.filter((file) => !/\.invoice\./.test(file)).map((file) => [file]))('refuses %s', (file) => {
    expect(() => readInvoiceFacts(objectIn(file))).toThrow(PermanentError)
  })
})
