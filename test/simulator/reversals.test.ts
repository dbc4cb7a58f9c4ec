import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'

const PLAN = { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'usd', amount: 10_000 } as const

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'reversals', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function sdk(permissions: readonly string[] | 'all' = 'all'): Stripe {
  return new Stripe(simulator.addKey(permissions), { ...simulator.sdkOptions, maxNetworkRetries: 0 })
}

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to fail')),
    (error) => error as Stripe.errors.StripeError,
  )
}

/** A renewal that failed and was paid on the hosted page afterwards: 100.00 dollars. */
function recovered() {
  const { customer, invoice, subscription } = simulator.failRenewal({ plan: PLAN })
  simulator.pay(invoice.id)
  const charge = simulator.account.store.successfulChargesOf(invoice.id)[0]!
  return { customer, invoice, subscription, charge }
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

const REFUND_EVENTS = ['refund.created', 'charge.refunded', 'refund.updated', 'charge.refund.updated']

describe('a refund', () => {
  it('gives all of the charge back and leaves the invoice paid', async () => {
    const { charge, invoice, subscription } = recovered()

    const types = during(() => simulator.refund(invoice.id, { reason: 'requested_by_customer' }))

    expect(types).toEqual(REFUND_EVENTS)
    const found = await sdk().charges.retrieve(charge.id, { expand: ['refunds'] })
    expect([found.refunded, found.amount_refunded]).toEqual([true, 10_000])
    expect(found.refunds?.data[0]).toMatchObject({
      amount: 10_000,
      reason: 'requested_by_customer',
      status: 'succeeded',
      payment_intent: charge.payment_intent,
    })
    expect((await sdk().charges.retrieve(charge.id)).refunds).toBeUndefined()
    expect([invoice.status, invoice.amount_paid, subscription.status]).toEqual(['paid', 10_000, 'active'])
    const event = await newest('charge.refunded')
    expect(event.data.previous_attributes).toEqual({ amount_refunded: 0, refunded: false })
  })

  it('can be of a part, and of the rest later, each told apart by what was refunded before', async () => {
    const { charge, invoice } = recovered()

    simulator.refund(invoice.id, { amount: 3_000 })
    const part = await sdk().charges.retrieve(charge.id)
    simulator.refund(invoice.id)

    expect([part.refunded, part.amount_refunded]).toEqual([false, 3_000])
    const event = await newest('charge.refunded')
    expect(event.data.object).toMatchObject({ refunded: true, amount_refunded: 10_000 })
    expect(event.data.previous_attributes).toEqual({ amount_refunded: 3_000, refunded: false })
    const refunds = await sdk().refunds.list({ charge: charge.id })
    expect(refunds.data.map(({ amount }) => amount)).toEqual([7_000, 3_000])
  })

  it('can fail days later, and then the money counts as here again', async () => {
    const { charge, invoice } = recovered()
    const refund = simulator.refund(invoice.id)

    const types = during(() => simulator.failRefund(refund.id))

    expect(types).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed'])
    const found = await sdk().charges.retrieve(charge.id)
    expect([found.refunded, found.amount_refunded]).toEqual([false, 0])
    expect(await sdk().refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    })
    expect((await newest('refund.updated')).data.previous_attributes).toEqual({
      status: 'succeeded',
      failure_reason: null,
    })
    expect(() => simulator.failRefund(refund.id)).toThrow('already failed')
    expect(simulator.refund(invoice.id).amount).toBe(10_000)
  })

  it('is made by API with a key that may write charges', async () => {
    const { charge } = recovered()
    const stripe = sdk(['rak_charge_write'])

    const byCharge = await stripe.refunds.create({ charge: charge.id, amount: 1_000, metadata: { why: 'late' } })
    const byIntent = await stripe.refunds.create({ payment_intent: charge.payment_intent, reason: 'duplicate' })
    await stripe.refunds.update(byCharge.id, { metadata: { by: 'anna' } })

    expect([byCharge.amount, byIntent.amount, byIntent.reason]).toEqual([1_000, 9_000, 'duplicate'])
    expect((await stripe.refunds.retrieve(byCharge.id)).metadata).toEqual({ why: 'late', by: 'anna' })
    const error = await errorOf(sdk(['rak_charge_read']).refunds.create({ charge: charge.id }))
    expect([error.statusCode, error.message]).toEqual([403, expect.stringContaining('rak_charge_write')])
  })

  it('is refused where there is nothing left, too much is asked, or nothing was paid', async () => {
    const { charge } = recovered()
    const { invoice: open } = simulator.failRenewal()
    const [failed] = simulator.account.store.charges
    const stripe = sdk()

    const tooMuch = await errorOf(stripe.refunds.create({ charge: charge.id, amount: 10_001 }))
    await stripe.refunds.create({ charge: charge.id })
    const twice = await errorOf(stripe.refunds.create({ charge: charge.id }))
    const ofFailed = await errorOf(stripe.refunds.create({ charge: failed!.id }))
    const ofUnpaid = await errorOf(
      stripe.refunds.create({ payment_intent: simulator.account.store.intentOf(open.id)!.id }),
    )
    const ofNothing = await errorOf(stripe.refunds.create({}))

    expect([tooMuch.statusCode, tooMuch.param]).toEqual([400, 'amount'])
    expect(tooMuch.message).toContain('greater than unrefunded amount on charge ($100.00)')
    expect([twice.code, twice.message]).toEqual([
      'charge_already_refunded',
      `Charge ${charge.id} has already been refunded.`,
    ])
    for (const error of [ofFailed, ofUnpaid, ofNothing]) expect(error.statusCode).toBe(400)
    expect(() => simulator.refund(open.id)).toThrow('does not have a successful charge')
  })

  it('takes the newest charge first where parts were paid', () => {
    const { invoice } = simulator.failRenewal({ plan: PLAN })
    simulator.payPart(invoice.id, 4_000)
    simulator.pay(invoice.id)

    simulator.refund(invoice.id, { amount: 7_000 })

    const refunds = [...simulator.account.store.refunds].map(({ amount }) => amount)
    expect(refunds.reduce((sum, amount) => sum + amount, 0)).toBe(7_000)
    expect(refunds).toHaveLength(2)
    expect(() => simulator.refund(invoice.id, { amount: 3_001 })).toThrow('greater than')
  })
})

describe('a dispute', () => {
  it('takes the money away until it is decided', async () => {
    const { charge, invoice } = recovered()

    const types = during(() => simulator.dispute(invoice.id, { reason: 'subscription_canceled' }))

    expect(types).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn'])
    const [dispute] = (await sdk(['rak_dispute_read']).disputes.list({ charge: charge.id })).data
    expect(dispute).toMatchObject({
      amount: 10_000,
      charge: charge.id,
      payment_intent: charge.payment_intent,
      reason: 'subscription_canceled',
      status: 'needs_response',
    })
    expect(dispute!.evidence_details.due_by).toBeGreaterThan(dispute!.created)
    expect((await sdk().charges.retrieve(charge.id)).disputed).toBe(true)
    expect([invoice.status, invoice.amount_paid]).toEqual(['paid', 10_000])
  })

  it('brings the money back when it is won', async () => {
    const { invoice } = recovered()
    const { id } = simulator.dispute(invoice.id)

    const types = during(() => simulator.closeDispute(id, 'won'))

    expect(types).toEqual(['charge.dispute.updated', 'charge.dispute.closed', 'charge.dispute.funds_reinstated'])
    expect((await sdk().disputes.retrieve(id)).status).toBe('won')
    expect((await newest('charge.dispute.closed')).data.previous_attributes).toEqual({ status: 'under_review' })
  })

  it('keeps it when it is lost, or accepted by API', async () => {
    const [first, second] = [recovered(), recovered()]
    const lost = simulator.dispute(first.invoice.id)
    const accepted = simulator.dispute(second.invoice.id)

    const types = during(() => simulator.closeDispute(lost.id, 'lost'))
    const closed = await sdk().disputes.close(accepted.id)

    expect(types).toEqual(['charge.dispute.closed'])
    expect([lost.status, closed.status]).toEqual(['lost', 'lost'])
    expect((await errorOf(sdk().disputes.close(accepted.id))).message).toContain('already closed')
  })

  it('and a refund shut each other out', async () => {
    const [disputed, refunded, partly, won] = [recovered(), recovered(), recovered(), recovered()]
    simulator.dispute(disputed.invoice.id)
    simulator.refund(refunded.invoice.id)
    simulator.refund(partly.invoice.id, { amount: 4_000 })
    simulator.closeDispute(simulator.dispute(won.invoice.id).id, 'won')

    const error = await errorOf(sdk().refunds.create({ charge: disputed.charge.id }))

    expect([error.code, error.message]).toEqual([
      'charge_disputed',
      `Charge ${disputed.charge.id} has been charged back; cannot issue a refund.`,
    ])
    expect(() => simulator.dispute(disputed.invoice.id)).toThrow('refunded or disputed already')
    expect(() => simulator.dispute(refunded.invoice.id)).toThrow('refunded or disputed already')
    expect(simulator.dispute(partly.invoice.id).amount).toBe(6_000)
    expect(simulator.refund(won.invoice.id).amount).toBe(10_000)
  })
})

describe('a credit note before payment', () => {
  const fail = () => simulator.failRenewal({ plan: PLAN })

  it('makes the invoice less, and what is charged then', async () => {
    const { invoice } = fail()

    const types = during(() => simulator.creditNote(invoice.id, { amount: 2_500, reason: 'order_change' }))

    expect(types).toEqual(['credit_note.created', 'invoice.updated'])
    const found = await sdk().invoices.retrieve(invoice.id, { expand: ['payments.data.payment.payment_intent'] })
    expect(found).toMatchObject({
      status: 'open',
      total: 10_000,
      amount_due: 7_500,
      amount_paid: 0,
      amount_remaining: 7_500,
      pre_payment_credit_notes_amount: 2_500,
      post_payment_credit_notes_amount: 0,
    })
    const payment = found.payments!.data[0]!
    expect(payment.amount_requested).toBe(7_500)
    expect((payment.payment.payment_intent as Stripe.PaymentIntent).amount).toBe(7_500)
    expect((await newest('invoice.updated')).data.previous_attributes).toEqual({
      amount_due: 10_000,
      amount_remaining: 10_000,
      pre_payment_credit_notes_amount: 0,
    })

    simulator.pay(invoice.id)
    expect(simulator.account.store.successfulChargesOf(invoice.id).map(({ amount }) => amount)).toEqual([7_500])
    expect([invoice.status, invoice.amount_paid, invoice.amount_remaining]).toEqual(['paid', 7_500, 0])
  })

  it('of all that remains leaves it paid without a payment, and ends its retries', async () => {
    const { invoice, subscription } = fail()

    const types = during(() => simulator.creditNote(invoice.id))

    expect(types).toEqual([
      'credit_note.created',
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
      'customer.subscription.updated',
    ])
    const found = await sdk().invoices.retrieve(invoice.id, { expand: ['payments'] })
    expect(found).toMatchObject({ status: 'paid', amount_due: 0, amount_paid: 0, amount_remaining: 0 })
    expect(found.payments!.data.map(({ status }) => status)).toEqual(['canceled'])
    expect((await newest('invoice.updated')).data.previous_attributes).toMatchObject({
      status: 'open',
      amount_remaining: 10_000,
    })
    expect(subscription.status).toBe('active')
    expect(simulator.account.clock.advanceToNext()).toBe(false)
  })

  it('can be voided while the invoice is open, which then asks for the amount again', async () => {
    const { invoice } = fail()
    const note = simulator.creditNote(invoice.id, { amount: 2_500 })

    const types = during(() => simulator.voidCreditNote(note.id))

    expect(types).toEqual(['credit_note.voided', 'invoice.updated'])
    expect(await sdk().creditNotes.retrieve(note.id)).toMatchObject({ status: 'void', voided_at: expect.any(Number) })
    expect([invoice.amount_due, invoice.amount_remaining, invoice.pre_payment_credit_notes_amount]).toEqual([
      10_000, 10_000, 0,
    ])
    const twice = await errorOf(sdk().creditNotes.voidCreditNote(note.id))
    expect(twice.message).toContain('already been voided')
    const second = simulator.creditNote(invoice.id)
    const late = await errorOf(sdk().creditNotes.voidCreditNote(second.id))
    expect(late.message).toBe('You can only void a credit note if the associated invoice is open.')
  })

  it('is not for drafts and voided invoices, nor for more than the invoice', () => {
    const { invoice } = fail()

    expect(() => simulator.creditNote(invoice.id, { amount: 10_001 })).toThrow('$100.00')
    simulator.voidInvoice(invoice.id)
    expect(() => simulator.creditNote(invoice.id)).toThrow('void')
  })
})

describe('a credit note after payment', () => {
  it('goes to the customer’s balance, which the next invoice is less by', async () => {
    const { customer, invoice, subscription } = recovered()

    const types = during(() => simulator.creditNote(invoice.id, { amount: 4_000 }))
    expect(types).toEqual(['customer.updated', 'credit_note.created', 'invoice.updated'])
    expect((await sdk().customers.retrieve(customer.id)) as Stripe.Customer).toMatchObject({ balance: -4_000 })
    expect(invoice).toMatchObject({ status: 'paid', amount_due: 10_000, post_payment_credit_notes_amount: 4_000 })

    const { invoice: next } = simulator.renew({ subscription: subscription.id, amount: 10_000 })
    expect(next).toMatchObject({ total: 10_000, amount_due: 6_000, starting_balance: -4_000, ending_balance: 0 })
    expect(customer.balance).toBe(0)
  })

  it('can cover the next invoice whole: it is paid without a charge', () => {
    const { invoice, subscription } = recovered()
    simulator.creditNote(invoice.id)

    const types = during(() => simulator.renew({ subscription: subscription.id, amount: 9_000 }))

    expect(types).toEqual([
      'invoice.created',
      'customer.subscription.updated',
      'customer.updated',
      'invoice.finalized',
      'invoice.updated',
      'invoice.paid',
    ])
    expect(simulator.account.store.customers.require(invoice.customer).balance).toBe(-1_000)
  })

  it('can be a refund, which it names', async () => {
    const { charge, invoice } = recovered()

    const types = during(() => simulator.creditNote(invoice.id, { amount: 4_000, refund: true }))

    expect(types).toEqual([...REFUND_EVENTS, 'credit_note.created', 'invoice.updated'])
    const [note] = (await sdk(['rak_credit_note_read']).creditNotes.list({ invoice: invoice.id })).data
    const [refund] = (await sdk().refunds.list({ charge: charge.id })).data
    expect(note).toMatchObject({ type: 'post_payment', pre_payment_amount: 0, post_payment_amount: 4_000 })
    expect(note!.refunds).toEqual([
      { amount_refunded: 4_000, payment_record_refund: null, refund: refund!.id, type: 'refund' },
    ])
    // What its own refund gave back does not count twice against what can still be credited.
    expect(simulator.creditNote(invoice.id).amount).toBe(6_000)
  })

  it('leaves room only for what was not refunded already', () => {
    const { invoice } = recovered()
    simulator.refund(invoice.id, { amount: 7_000 })

    expect(() => simulator.creditNote(invoice.id, { amount: 3_001, outOfBand: true })).toThrow('$30.00')
    expect(simulator.creditNote(invoice.id, { outOfBand: true })).toMatchObject({
      amount: 3_000,
      out_of_band_amount: 3_000,
    })
  })

  it('of an invoice paid in part takes what remains first', async () => {
    const { invoice } = simulator.failRenewal({ plan: PLAN })
    simulator.payPart(invoice.id, 4_000)

    const note = await sdk(['rak_credit_note_write']).creditNotes.create({
      invoice: invoice.id,
      amount: 7_000,
      refund_amount: 1_000,
      memo: 'Sorry',
    })

    expect(note).toMatchObject({ type: 'mixed', pre_payment_amount: 6_000, post_payment_amount: 1_000, memo: 'Sorry' })
    expect(invoice).toMatchObject({ status: 'paid', amount_due: 4_000, amount_paid: 4_000, amount_remaining: 0 })
    const wrong = await errorOf(sdk().creditNotes.create({ invoice: invoice.id, amount: 1_000, credit_amount: 500 }))
    expect(wrong.message).toContain('must equal')
  })

  it('has words that can be changed', async () => {
    const { invoice } = recovered()
    const { id } = simulator.creditNote(invoice.id, { amount: 1_000 })

    await sdk().creditNotes.update(id, { memo: 'Thank you', metadata: { case: '7' } })

    expect((await newest('credit_note.updated')).data.previous_attributes).toMatchObject({ memo: null })
    expect(await sdk().creditNotes.retrieve(id, { expand: ['invoice'] })).toMatchObject({
      memo: 'Thank you',
      metadata: { case: '7' },
      invoice: { id: invoice.id },
    })
  })
})

describe('the control page', () => {
  const post = (command: string, fields: Record<string, string>) =>
    fetch(`${simulator.url}/_control/${command}`, { method: 'POST', body: new URLSearchParams(fields) })
  const command = (name: string, body: object) =>
    fetch(`${simulator.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) })

  it('refunds, disputes and credits at the press of a button, and shows it', async () => {
    const [refunded, disputed] = [recovered(), recovered()]
    const { invoice: open } = simulator.failRenewal({ plan: PLAN })

    await post('refund', { invoice: refunded.invoice.id })
    await post('dispute', { invoice: disputed.invoice.id })
    await post('pay-part', { invoice: open.id })
    const page = await post('credit-note', { invoice: open.id, amount: '1000' })

    const shown = await page.text()
    expect([page.status, page.url]).toEqual([200, `${simulator.url}/`])
    for (const words of ['$100.00 refunded', 'dispute: needs response', '$50.00 paid, $10.00 credited']) {
      expect(shown).toContain(words)
    }
    const state = await fetch(`${simulator.url}/_control/state`).then((answer) => answer.json())
    expect(state).toMatchObject({
      refunds: { succeeded: 1 },
      disputes: { needs_response: 1 },
      creditNotes: { issued: 1 },
    })
  })

  it('takes the same as commands in JSON', async () => {
    const { invoice } = recovered()

    const refund = await command('refund', { invoice: invoice.id, amount: 2_000 }).then((answer) => answer.json())
    await command('fail-refund', { refund: (refund as Stripe.Refund).id, reason: 'declined' })
    const dispute = await command('dispute', { invoice: invoice.id }).then((answer) => answer.json())
    await command('close-dispute', { dispute: (dispute as Stripe.Dispute).id, outcome: 'lost' })
    const refused = await command('refund', { invoice: invoice.id })

    expect([...simulator.account.store.refunds].map(({ failure_reason, status }) => [status, failure_reason])).toEqual([
      ['failed', 'declined'],
    ])
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('charged back')])
  })
})
