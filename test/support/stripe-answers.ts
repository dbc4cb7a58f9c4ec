import { STRIPE_BASE } from './context.js'
import nock from './nock.js'

/** Stripe as process-event sees it: one invoice, answered in the SDK's own shape. */
export function stripeHas(invoice: Record<string, unknown>, { times = 1 } = {}) {
  return nock(STRIPE_BASE).get(`/v1/invoices/${invoice.id}`).query(true).times(times).reply(200, invoice)
}

/** Stripe answers nothing but this. */
export function stripeAnswersOnly(status: number) {
  return nock(STRIPE_BASE)
    .persist()
    .get(/.*/)
    .query(true)
    .reply(status, { error: { type: 'api_error', message: 'simulated' } })
}
