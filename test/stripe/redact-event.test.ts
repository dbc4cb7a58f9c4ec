import { describe, expect, it } from '@jest/globals'
import { readInvoiceFacts } from '../../src/stripe/invoice-facts.js'
import { customerIn, redactEvent } from '../../src/stripe/redact-event.js'
import { eventOf, failedInvoice, paidInvoice, RENEWAL, SHAPES } from '../support/invoice-shapes.js'

const PERSONAL = [String(RENEWAL.email), String(RENEWAL.name), RENEWAL.card.last4, String(RENEWAL.hostedInvoiceUrl)]

describe('an event without the person', () => {
  it.each(SHAPES)('still reads as the same invoice: %s', (shape) => {
    for (const invoice of [failedInvoice(shape), paidInvoice(shape)]) {
      const payload = JSON.stringify(eventOf('invoice.updated', invoice))
      expect(PERSONAL.some((text) => payload.includes(text))).toBe(true)

      const redacted = redactEvent(payload)

      for (const text of PERSONAL) expect(redacted).not.toContain(text)
      const [before, after] = [invoice, JSON.parse(redacted).data.object].map((one) => readInvoiceFacts(one))
      expect(after).toMatchObject({
        invoiceId: before?.invoiceId,
        status: before?.status,
        currency: before?.currency,
        amountDue: before?.amountDue,
        amountRemaining: before?.amountRemaining,
        subscriptionId: before?.subscriptionId,
        billingReason: before?.billingReason,
        createdAt: before?.createdAt,
      })
      expect(after?.customer).toEqual({ id: 'cus_ada', account: null, name: null, email: null, locales: [] })
      expect(redactEvent(redacted)).toBe(redacted)
    }
  })

  it('drops whatever is not known to be harmless', () => {
    const customer = { id: 'cus_1', object: 'customer', address: { line1: 'x' }, brand_new_field: 'Ada', metadata: {} }
    const redacted = redactEvent(JSON.stringify(eventOf('customer.updated', customer)))
    expect(JSON.parse(redacted).data.object).toEqual({ id: 'cus_1', object: 'customer' })
  })
})

describe('an event that is deeper than Stripe ever sends', () => {
  it.each([
    ['objects', '{"data":', '}'],
    ['lists', '[', ']'],
  ])('is redacted, however many %s lie in each other', (_, begin, end) => {
    const payload = `{"id":"evt_1","parent":${begin.repeat(100_000)}"Ada"${end.repeat(100_000)}}`
    const redacted = redactEvent(payload)
    expect(JSON.parse(redacted)).toMatchObject({ id: 'evt_1', redacted: true })
    expect(redacted).not.toContain('Ada')
  })
})

describe('whom an event is about', () => {
  it.each([
    [{ object: 'customer', id: 'cus_1' }, 'cus_1'],
    [{ object: 'invoice', id: 'in_1', customer: 'cus_1' }, 'cus_1'],
    [{ object: 'invoice', id: 'in_1', customer: { id: 'cus_1' } }, 'cus_1'],
    [{ object: 'invoice', id: 'in_1', customer: null, customer_account: 'acct_1' }, 'acct_1'],
    [{ object: 'invoice', id: 'in_1', customer: 'cus_\u00001' }, 'cus_1'],
    [{ object: 'dispute', id: 'dp_1' }, null],
  ])('reads %j', (object, customer) => {
    expect(customerIn(JSON.stringify({ data: { object } }))).toBe(customer)
  })

  it('is nobody in what can not be read', () => {
    expect(customerIn('not json')).toBeNull()
  })
})
