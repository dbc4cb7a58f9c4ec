import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { SdkTypes } from './contract/sdk-types.js'
import { type StripeSimulator, startStripe } from './index.js'
import { VERSIONS } from './stripe/versions/versions.js'

const DAY = 24 * 3600 * 1000

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'strict', clock: { manual: true } })
})
afterEach(() => simulator.stop())

function sdk(permissions: readonly string[] | 'all' = 'all', options: object = {}): Stripe {
  return withKey(simulator.addKey(permissions), options)
}

function withKey(key: string, options: object = {}): Stripe {
  return new Stripe(key, { ...simulator.sdkOptions, maxNetworkRetries: 0, ...options })
}

async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    return error as Stripe.errors.StripeError
  }
  throw new Error('The call was expected to fail')
}

/** What the SDK would never send. */
async function plain(path: string, init: RequestInit & { key?: string | null } = {}) {
  const { key = simulator.addKey(), headers, ...rest } = init
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  const answer = await fetch(`${simulator.url}${path}`, { ...rest, headers: { ...authorization, ...headers } })
  const { error } = (await answer.json()) as { error: Record<string, string> }
  return { status: answer.status, headers: answer.headers, error }
}

describe('parameters', () => {
  it.each([
    ['an unknown one', { nonsense: 1 }, 'nonsense', 'parameter_unknown', 'Received unknown parameter: nonsense'],
    ['an unknown one in a range', { created: { since: 1 } }, 'created[since]', 'parameter_unknown', 'created[since]'],
    ['no number', { limit: 'many' }, 'limit', 'parameter_invalid_integer', 'Invalid integer: many'],
    ['no time', { created: { gte: 'yesterday' } }, 'created[gte]', 'parameter_invalid_integer', 'Invalid integer: yes'],
    ['a limit above 100', { limit: 101 }, 'limit', 'parameter_invalid_integer', 'less than or equal to 100'],
    ['a limit of nothing', { limit: 0 }, 'limit', 'parameter_invalid_integer', 'greater than or equal to 1'],
    [
      'no known value',
      { status: 'late' },
      'status',
      undefined,
      'must be one of draft, open, paid, uncollectible, or void',
    ],
    ['a list instead of a text', { subscription: ['a'] }, 'subscription', undefined, 'Invalid string: ["a"]'],
    ['a text instead of a list', { expand: 'customer' }, 'expand', undefined, 'Invalid array'],
    ['an empty text', { customer: '' }, 'customer', 'parameter_invalid_empty', "an empty string for 'customer'"],
    [
      'a customer that is not there',
      { customer: 'cus_none' },
      'customer',
      'resource_missing',
      "No such customer: 'cus_n",
    ],
    [
      'a cursor that is not there',
      { starting_after: 'in_none' },
      'starting_after',
      'resource_missing',
      'No such invoice',
    ],
    [
      'both customers',
      { customer: 'cus_1', customer_account: 'acct_1' },
      'customer_account',
      undefined,
      'only specify one',
    ],
  ])('are refused as Stripe refuses %s', async (_what, params, param, code, message) => {
    const error = await errorOf(sdk().invoices.list(params as never))

    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
    expect([error.statusCode, error.param, error.code]).toEqual([400, param, code])
    expect(error.message).toContain(message)
  })

  it('are true or false where they are to be', async () => {
    const error = await errorOf(sdk().invoices.pay('in_1', { off_session: 'yes' as never }))

    expect([error.message, error.param]).toEqual(['Invalid boolean: yes', 'off_session'])
  })

  it('hold twenty event types at most', async () => {
    const types = (many: number) => sdk().events.list({ types: Array.from({ length: many }, () => 'invoice.paid') })

    await expect(types(20)).resolves.toMatchObject({ object: 'list' })
    expect((await errorOf(types(21))).param).toBe('types')
  })

  it('hold metadata of at most 50 keys, with 40 characters in a key and 500 in a value', async () => {
    const { customer } = simulator.failRenewal()
    const setting = (metadata: Record<string, string>) => sdk().customers.update(customer.id, { metadata })
    const keys = Object.fromEntries(Array.from({ length: 51 }, (_, nth) => [`key${nth}`, 'x']))

    expect((await errorOf(setting({ ['k'.repeat(41)]: 'x' }))).message).toContain('keys can have up to 40 characters')
    expect((await errorOf(setting({ key: 'v'.repeat(501) }))).message).toContain('values can have up to 500 characters')
    expect((await errorOf(setting(keys))).message).toContain('50 metadata keys')
    expect(await setting({ a: '1', b: '2' })).toMatchObject({ metadata: { a: '1', b: '2' } })
    expect((await setting({ a: '' })).metadata).toEqual({ b: '2' })
    expect((await sdk().customers.update(customer.id, { metadata: '' })).metadata).toEqual({})
  })

  it('of Stripe that nobody has built are loud', async () => {
    const { invoice } = simulator.failRenewal()

    const error = await errorOf(sdk().invoices.pay(invoice.id, { forgive: true }))
    const flow = await errorOf(
      sdk().billingPortal.sessions.create({ customer: invoice.customer, flow_data: { type: 'customer_update' } }),
    )

    expect([error.param, flow.param]).toEqual(['forgive', 'flow_data[type]'])
    expect(error.message).toContain('the simulator does not')
    expect(simulator.log.takeNotSimulated()).toEqual([
      'POST /v1/invoices/:id/pay forgive=true',
      'POST /v1/billing_portal/sessions flow_data[type]=customer_update',
    ])
  })

  it('come in a form', async () => {
    const { error, status } = await plain('/v1/invoices/in_1/pay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"off_session":true}',
    })

    expect(status).toBe(400)
    expect(error.message).toContain('POST content type is application/x-www-form-urlencoded')
  })
})

describe('expansion', () => {
  it('goes four levels deep, the data of a list being one', async () => {
    simulator.failRenewal()
    const stripe = sdk()
    const four = 'data.payment.payment_intent.latest_charge'

    const { data } = await stripe.invoicePayments.list({ expand: [four, four] })
    const error = await errorOf(stripe.invoicePayments.list({ expand: [`${four}.customer`] }))

    const intent = data[0]?.payment.payment_intent as Stripe.PaymentIntent
    expect(intent.latest_charge).toMatchObject({ object: 'charge' })
    expect(error.code).toBe('property_expansion_max_depth')
    expect(error.message).toBe(`You cannot expand more than 4 levels of a property. Property: ${four}.customer`)
  })

  it('of a list begins with its data', async () => {
    const error = await errorOf(sdk().invoices.list({ expand: ['customer'] }))

    expect(error.message).toBe(
      "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead.",
    )
  })

  it('is refused before anything is done', async () => {
    const { customer, invoice } = simulator.failRenewal()
    const payment_method = simulator.saveCard(customer.id)

    for (const expand of [['nonsense'], ['payments.data.payment.payment_intent.latest_charge']]) {
      await errorOf(sdk().invoices.pay(invoice.id, { payment_method, expand }))
    }

    expect(invoice.status).toBe('open')
  })

  it('that Stripe knows and nobody has built is loud', async () => {
    const { customer } = simulator.failRenewal()

    const error = await errorOf(sdk().customers.retrieve(customer.id, { expand: ['tax'] }))

    expect(error.param).toBe('expand')
    expect(simulator.log.takeNotSimulated()).toEqual(['GET /v1/customers/:id expand=tax'])
  })

  it('asks for the permission of what it opens', async () => {
    const { invoice } = simulator.failRenewal()
    const stripe = sdk(['invoice_read', 'payment_intent_read'])
    const path = 'payments.data.payment.payment_intent'

    await expect(stripe.invoices.retrieve(invoice.id, { expand: [path] })).resolves.toBeDefined()
    const error = await errorOf(stripe.invoices.retrieve(invoice.id, { expand: ['customer'] }))
    expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError)
    expect(error.message).toContain("'rak_customer_read'")
  })
})

describe('keys', () => {
  it('are asked for', async () => {
    const { error, headers, status } = await plain('/v1/customers', { key: null })

    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="Stripe"')
    expect(error.message).toContain('You did not provide an API key')
  })

  it('that are unknown or revoked are not shown in full', async () => {
    const key = simulator.addKey()
    simulator.keys.revoke(key)

    const error = await errorOf(withKey(key).customers.list())

    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
    expect(error.message).toMatch(/^Invalid API Key provided: rk_test_\*+\w{4}$/)
    expect([error.code, error.rawType]).toEqual([undefined, 'invalid_request_error'])
  })

  it('that have expired are named so', async () => {
    const key = simulator.addKey()
    simulator.keys.expire(key)

    const error = await errorOf(withKey(key).customers.list())

    expect([error.statusCode, error.code]).toEqual([401, 'api_key_expired'])
    expect(error.message).toContain('Expired API Key provided: rk_test_')
  })

  it('may everything when they are secret, and nothing when they are publishable', async () => {
    const secret = simulator.addKey('all', 'sk_test_simulated')
    const publishable = simulator.addKey('all', 'pk_test_simulated')

    await expect(withKey(secret).accounts.retrieveCurrent()).resolves.toMatchObject({ id: simulator.account.id })
    expect((await errorOf(withKey(publishable).customers.list())).code).toBe('secret_key_required')
    expect(() => simulator.addKey(['invoice_read'], 'sk_test_other')).toThrow('every permission')
  })

  it('of the other mode find that mode empty, and are told what they have missed', async () => {
    const { customer, invoice } = simulator.failRenewal()
    const live = withKey(simulator.addKey('all', 'rk_live_simulated'))

    expect((await live.invoices.list()).data).toEqual([])
    const error = await errorOf(live.invoices.retrieve(invoice.id))
    expect([error.statusCode, error.code]).toEqual([404, 'resource_missing'])
    expect(error.message).toBe(
      `No such invoice: '${invoice.id}'; a similar object exists in test mode, but a live mode key was used to make this request.`,
    )
    const session = await errorOf(live.billingPortal.sessions.create({ customer: customer.id }))
    expect(session.message).toContain('a similar object exists in test mode')
  })

  it('reach their own account only, which is loud', async () => {
    const stripe = sdk()

    const error = await errorOf(stripe.customers.list({}, { stripeAccount: 'acct_other' }))

    expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError)
    expect([error.code, error.message]).toEqual(['account_invalid', expect.stringContaining("account 'acct_other'")])
    expect(simulator.log.takeNotSimulated()).toEqual(['GET /v1/customers with stripe-account: acct_other'])
    await expect(stripe.customers.list({}, { stripeAccount: simulator.account.id })).resolves.toBeDefined()
  })

  it('without a permission get a 403 that names it, but no code', async () => {
    const error = await errorOf(sdk(['invoice_read']).subscriptions.retrieve('sub_1'))

    expect([error.statusCode, error.code, error.rawType]).toEqual([403, undefined, 'invalid_request_error'])
    expect(error.message).toMatch(
      /^The provided key 'rk_test_\*+\w{4}' does not have the required permissions for this endpoint on account 'acct_\w+'\. Having the 'rak_subscription_read' permission would allow this request to continue\.$/,
    )
  })

  it('are asked for their permission after the parameters', async () => {
    const stripe = sdk(['charge_read'])

    const error = await errorOf(stripe.invoices.list({ nonsense: 1 } as never))

    expect(error.code).toBe('parameter_unknown')
  })
})

describe('API versions', () => {
  it('are those that the SDK knows', () => {
    const known = new SdkTypes().literals('resources/WebhookEndpoints', 'WebhookEndpointCreateParams.ApiVersion')

    expect(VERSIONS).toEqual(known)
  })

  it('that Stripe never published are refused', async () => {
    const error = await errorOf(sdk('all', { apiVersion: '2026-10-28.basil' }).customers.list())

    expect([error.statusCode, error.message]).toEqual([400, 'Invalid Stripe API version: 2026-10-28.basil'])
  })

  it('that are too old to be simulated are refused loudly', async () => {
    const error = await errorOf(sdk('all', { apiVersion: '2019-05-16' }).customers.list())

    expect(error.statusCode).toBe(400)
    expect(simulator.log.takeNotSimulated()).toEqual(['GET /v1/customers API version 2019-05-16'])
  })
})

describe('rate limits', () => {
  it('are of the account and of each operation, when they are switched on', async () => {
    const now = () => 1_790_000_000_000
    const limited = await startStripe({ seed: 'rates', livemode: true, rateLimits: true, clock: { now, manual: true } })
    const stripe = new Stripe(limited.addKey(), { ...limited.sdkOptions, maxNetworkRetries: 0 })
    const calls = (['customers', 'invoices', 'charges'] as const).flatMap((resource) =>
      Array.from({ length: 40 }, () => errorOf(stripe[resource].list()).catch(() => undefined)),
    )

    const refused = (await Promise.all(calls)).filter((error) => error instanceof Stripe.errors.StripeRateLimitError)
    const reasons = refused.map(({ headers }) => headers?.['stripe-rate-limited-reason'])
    await limited.stop()

    expect(reasons.filter((reason) => reason === 'global-rate')).toHaveLength(20)
    expect(reasons.filter((reason) => reason === 'endpoint-rate').length).toBeGreaterThanOrEqual(25)
    expect(refused[0]?.code).toBe('rate_limit')
    expect(refused[0]?.headers?.['stripe-should-retry']).toBe('false')
  })
})

describe('an idempotency key', () => {
  it('gives the same answer for a day, and says which request it was', async () => {
    const { customer } = simulator.failRenewal()
    const stripe = sdk()
    const create = () => stripe.billingPortal.sessions.create({ customer: customer.id }, { idempotencyKey: 'once' })

    const first = await create()
    simulator.account.clock.advance(DAY - 1_000)
    const replayed = await create()
    simulator.account.clock.advance(2_000)
    const anew = await create()

    expect([replayed.url, replayed.lastResponse.headers['idempotent-replayed']]).toEqual([first.url, 'true'])
    expect(replayed.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId)
    expect(replayed.lastResponse.requestId).not.toBe(first.lastResponse.requestId)
    expect(anew.url).not.toBe(first.url)
  })

  it('repeats the error of a call that was executed, and forgets one that never began', async () => {
    const { customer, invoice } = simulator.failRenewal()
    const declined = simulator.saveCard(customer.id, '4000000000000341')
    const stripe = sdk()
    const pay = (payment_method: string) =>
      stripe.invoices.pay(invoice.id, { payment_method }, { idempotencyKey: 'pay' })

    await errorOf(stripe.invoices.pay(invoice.id, { nonsense: 1 } as never, { idempotencyKey: 'pay' }))
    const first = await errorOf(pay(declined))
    const charged = simulator.account.store.charges.size
    const second = await errorOf(pay(declined))
    const other = await errorOf(pay('pm_other'))

    expect([second.code, second.decline_code]).toEqual([first.code, first.decline_code])
    expect(simulator.account.store.charges.size).toBe(charged)
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
    expect(other.message).toContain("Try using a key other than 'pay'")
  })

  it('is refused while the first call is in flight, and may be tried again', async () => {
    const { customer } = simulator.failRenewal()
    simulator.faults.add({ route: 'POST *', kind: 'slow', ms: 100, count: 1 })
    const create = () => sdk().billingPortal.sessions.create({ customer: customer.id }, { idempotencyKey: 'twice' })

    const [first, second] = await Promise.allSettled([create(), create()])
    const refused = (first.status === 'rejected' ? first : second) as PromiseRejectedResult

    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect([refused.reason.statusCode, refused.reason.code]).toEqual([409, 'idempotency_key_in_use'])
    expect(refused.reason.headers['stripe-should-retry']).toBe('true')
  })

  it('has at most 255 characters', async () => {
    const { customer } = simulator.failRenewal()
    const create = (length: number) =>
      sdk().billingPortal.sessions.create({ customer: customer.id }, { idempotencyKey: 'k'.repeat(length) })

    await expect(create(255)).resolves.toBeDefined()
    expect((await errorOf(create(256))).statusCode).toBe(400)
  })
})

describe('what is not simulated', () => {
  it('fails the test that asked for it', async () => {
    const other = await startStripe({ seed: 'loud' })
    const stripe = new Stripe(other.addKey(), other.sdkOptions)
    await errorOf(stripe.topups.list())
    await errorOf(stripe.invoices.create({ customer: 'cus_1' }))

    await expect(other.stop()).rejects.toThrow(
      'Asked of the simulated Stripe and not simulated: GET /v1/topups, POST /v1/invoices',
    )
  })

  it('passes once somebody has taken note of it', async () => {
    const other = await startStripe({ seed: 'loud' })
    await errorOf(new Stripe(other.addKey(), other.sdkOptions).topups.list())

    expect(other.log.takeNotSimulated()).toEqual(['GET /v1/topups'])
    await expect(other.stop()).resolves.toBeUndefined()
  })

  it('is any method that a route does not have', async () => {
    const { error, status } = await plain('/v1/invoices/in_1', { method: 'PUT' })

    expect(status).toBe(404)
    expect(error.message).toContain('Unrecognized request URL (PUT: /v1/invoices/in_1)')
    expect(simulator.log.takeNotSimulated()).toEqual(['PUT /v1/invoices/in_1'])
  })
})
