import { describe, expect, it } from '@jest/globals'
import { SdkTypes } from './sdk-types.js'

const types = new SdkTypes({ alsoSent: { ApiList: ['total_count'] } })

const deletedCustomer = { id: 'cus_1', object: 'customer', deleted: true }
const payment = {
  id: 'inpay_1',
  object: 'invoice_payment',
  amount_paid: null,
  amount_requested: 4900,
  created: 1_790_000_000,
  currency: 'usd',
  invoice: 'in_1',
  is_default: true,
  livemode: false,
  payment: { payment_intent: 'pi_1', type: 'payment_intent' },
  status: 'open',
  status_transitions: { canceled_at: null, paid_at: null },
}

function problemsOf(change: object): string[] {
  return types.problems({ ...payment, ...change }, 'resources/InvoicePayments', 'InvoicePayment')
}

describe("the SDK's types, read from its declarations", () => {
  it('let pass what is as they say', () => {
    expect(problemsOf({})).toEqual([])
    expect(types.problems(deletedCustomer, 'resources/Customers', 'DeletedCustomer')).toEqual([])
  })

  it('miss a property', () => {
    const { amount_paid: _gone, ...without } = payment

    expect(types.problems(without, 'resources/InvoicePayments', 'InvoicePayment')).toEqual([
      'InvoicePayment.amount_paid is missing',
    ])
    expect(problemsOf({ status_transitions: { canceled_at: null } })).toEqual([
      'InvoicePayment.status_transitions.paid_at is missing',
    ])
  })

  it('refuse a property more, also deep inside', () => {
    expect(problemsOf({ paid: false })).toEqual(["InvoicePayment.paid is not in the SDK's type"])
    expect(problemsOf({ payment: { ...payment.payment, charge_id: 'ch_1' } })).toEqual([
      "InvoicePayment.payment.charge_id is not in the SDK's type",
    ])
  })

  it('refuse a value of the wrong kind', () => {
    expect(problemsOf({ created: '2026-11-23' })).toEqual(['InvoicePayment.created is "2026-11-23", not number'])
    expect(problemsOf({ livemode: null })).toEqual(['InvoicePayment.livemode is null, not boolean'])
    expect(problemsOf({ object: 'payment' })).toEqual(['InvoicePayment.object is "payment", not "invoice_payment"'])
  })

  it('take the listed values of an open enum only', () => {
    const problems = types.problems('sepa', 'resources/Charges', 'Charge.Status')

    expect(types.problems('succeeded', 'resources/Charges', 'Charge.Status')).toEqual([])
    expect(problems).toEqual(['Charge.Status is "sepa", not what the type takes'])
  })

  it('follow an expandable property into the object that fits best', () => {
    expect(problemsOf({ invoice: { id: 'in_1', object: 'invoice', deleted: true } })).toEqual([])
    expect(problemsOf({ invoice: { id: 'in_1', object: 'invoice', deleted: true, number: 'A-1' } })).toEqual([
      "InvoicePayment.invoice.number is not in the SDK's type",
    ])
  })

  it('look into lists and at what they hold', () => {
    const page = { object: 'list', data: [payment, { ...payment, status: 7 }], has_more: false, url: '/v1/x' }

    expect(types.problemsOfPage(page, 'resources/InvoicePayments', 'InvoicePayment')).toEqual([
      'InvoicePayment list.data[1].status is 7, not string',
    ])
    expect(types.problemsOfPage({ ...page, data: [] }, 'resources/InvoicePayments', 'InvoicePayment')).toEqual([])
    expect(types.problemsOfPage({ ...page, data: [], total: 0 }, 'lib', 'AppInfo')).toEqual([
      "AppInfo list.total is not in the SDK's type",
    ])
  })

  it('take decimals as the strings that they are on the wire', () => {
    const of = (value: unknown) => types.problems({ type: 'price_details', unit_amount_decimal: value }, LINES, PRICING)
    const [LINES, PRICING] = ['resources/InvoiceLineItems', 'InvoiceLineItem.Pricing'] as const

    expect(of('1490.5')).toEqual([])
    expect(of(1490)).toEqual(['InvoiceLineItem.Pricing.unit_amount_decimal is 1490, not what the type takes'])
  })

  it('fall for no name that the SDK does not have', () => {
    expect(() => types.problems({}, 'resources/Invoices', 'Bill')).toThrow('The SDK has no Bill in resources/Invoices')
  })
})
