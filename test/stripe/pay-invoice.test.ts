import { afterEach, describe, expect, it } from '@jest/globals'
import { createStripeClient } from '../../src/stripe/client.js'
import { payInvoice } from '../../src/stripe/pay-invoice.js'
import { STRIPE_BASE } from '../support/context.js'
import nock from '../support/nock.js'

afterEach(() => nock.cleanAll())

const stripe = createStripeClient('rk_test_simulated', STRIPE_BASE)
const pay = () => payInvoice(stripe, { invoiceId: 'in_1', paymentMethodId: 'pm_new', idempotencyKey: 'the key' })
const answers = (status: number, body: object) =>
  nock(STRIPE_BASE, { reqheaders: { 'idempotency-key': 'the key' } })
    .post('/v1/invoices/in_1/pay', 'payment_method=pm_new')
    .reply(status, body as nock.Body)
const refuses = (status: number, error: object) => answers(status, { error })
const has = (status: string) => nock(STRIPE_BASE).get('/v1/invoices/in_1').reply(200, { id: 'in_1', status })

describe('paying an invoice with a card', () => {
  it('is done when Stripe says that it is paid', async () => {
    answers(200, { id: 'in_1', status: 'paid' })
    expect(await pay()).toEqual({ result: 'paid', reason: null })
  })

  it('goes on when a bank takes its days', async () => {
    answers(200, { id: 'in_1', status: 'open' })
    expect(await pay()).toEqual({ result: 'processing', reason: null })
  })

  it.each([
    { code: 'invoice_payment_intent_requires_action' },
    { code: 'card_declined', decline_code: 'authentication_required' },
    { code: 'authentication_required' },
  ])('needs the customer when Stripe says $code $decline_code', async (codes) => {
    refuses(402, { type: 'card_error', ...codes })
    expect(await pay()).toEqual({ result: 'authentication', reason: null })
  })

  it.each([
    [{ code: 'card_declined', decline_code: 'do_not_honor' }, 'do_not_honor'],
    [{ code: 'expired_card' }, 'expired_card'],
  ])('is declined with the most telling code of %j', async (codes, reason) => {
    refuses(402, { type: 'card_error', ...codes })
    expect(await pay()).toEqual({ result: 'declined', reason })
  })

  it.each([
    [401, 'key_rejected'],
    [403, 'permission_missing'],
  ])('is not allowed on a %d', async (status, reason) => {
    refuses(status, { type: 'invalid_request_error', message: 'No.' })
    expect(await pay()).toEqual({ result: 'not_allowed', reason })
  })

  it('finds an invoice paid when Stripe refuses it for that', async () => {
    refuses(400, { type: 'invalid_request_error', message: 'Invoice is already paid' })
    has('paid')
    expect(await pay()).toEqual({ result: 'already_paid', reason: null })
  })

  it.each(['open', 'void', 'uncollectible'])('finds the card or the %s invoice gone', async (status) => {
    refuses(400, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such PaymentMethod' })
    has(status)
    expect(await pay()).toEqual({ result: 'gone', reason: 'resource_missing' })
  })

  it.each([409, 429, 500, 503])('is not known on a %d', async (status) => {
    refuses(status, { type: 'api_error', message: 'Later.' })
    expect(await pay()).toBeNull()
  })

  it('is not known when the line is cut', async () => {
    nock(STRIPE_BASE).post('/v1/invoices/in_1/pay').replyWithError('socket hang up')
    expect(await pay()).toBeNull()
  })
})
