import { describe, expect, it } from '@jest/globals'
import { type CaseCandidate, isRecoverable } from '../../src/domain/case-rules.js'

describe('which failed invoices open a case', () => {
  const renewal: CaseCandidate = {
    billingReason: 'subscription_cycle',
    collectionMethod: 'charge_automatically',
    subscriptionId: 'sub_pro',
    amountRemaining: 4900,
  }

  it.each(['subscription_cycle', 'subscription_threshold', 'subscription_update', 'subscription', null])(
    'opens for a subscription invoice with the reason %s',
    (billingReason) => {
      expect(isRecoverable({ ...renewal, billingReason })).toEqual({ opens: true })
    },
  )

  it('opens for an old invoice that does not say how it is collected', () => {
    expect(isRecoverable({ ...renewal, collectionMethod: null })).toEqual({ opens: true })
  })

  it.each<[string, Partial<CaseCandidate>, RegExp]>([
    ['a first invoice', { billingReason: 'subscription_create' }, /first invoice/],
    ['a one-off invoice', { billingReason: 'manual' }, /one-off/],
    ['an accepted quote', { billingReason: 'quote_accept' }, /quote/],
    ['pending single items', { billingReason: 'automatic_pending_invoice_item_invoice' }, /single items/],
    ['a preview', { billingReason: 'upcoming' }, /preview/],
    ['a reason of the future', { billingReason: 'subscription_dance' }, /another reason/],
    ['an invoice without subscription', { subscriptionId: null }, /no subscription/],
    ['an old invoice without subscription', { subscriptionId: null, billingReason: null }, /no subscription/],
    ['an invoice that the customer is sent', { collectionMethod: 'send_invoice' }, /sent to the customer/],
    ['an invoice with nothing left to pay', { amountRemaining: 0 }, /Nothing is left/],
  ])('leaves %s alone and says why in plain words', (_what, change, reason) => {
    expect(isRecoverable({ ...renewal, ...change })).toEqual({
      opens: false,
      reason: expect.stringMatching(reason),
    })
  })

  it('gives reasons without the words of the API', () => {
    for (const billingReason of ['subscription_create', 'manual', 'upcoming', 'brand_new']) {
      const outcome = isRecoverable({ ...renewal, billingReason })
      expect(outcome).toEqual({ opens: false, reason: expect.not.stringContaining('_') })
    }
  })
})
