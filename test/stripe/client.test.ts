import { afterEach, describe, expect, it } from '@jest/globals'
import { createStripeClient, stripeRefusal } from '../../src/stripe/client.js'
import { STRIPE_BASE } from '../support/context.js'
import nock from '../support/nock.js'

afterEach(() => nock.cleanAll())

describe('an answer of Stripe that is no object', () => {
  it.each(['0', 'null', '"no"', 'no JSON'])('is an error that the caller hears, as for %s', async (body) => {
    nock(STRIPE_BASE).get('/v1/invoices/in_1').reply(200, body, { 'content-type': 'application/json' })

    const asked = createStripeClient('rk_test_simulated', STRIPE_BASE).invoices.retrieve('in_1')

    expect(stripeRefusal(await asked.catch((error: unknown) => error))).toBe('unreachable')
  })
})
