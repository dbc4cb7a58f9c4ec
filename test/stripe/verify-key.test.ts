import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createStripeClient } from '../../src/stripe/client.js'
import { keyFormUrl, missingPermissions, PERMISSIONS } from '../../src/stripe/permissions.js'
import { type ExaminedKey, verifyKey } from '../../src/stripe/verify-key.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'

let stripe: StripeSimulator
beforeAll(async () => {
  stripe = await startStripe({ name: 'Fernhill GmbH' })
})
afterEach(() => stripe.faults.clear())
afterAll(() => stripe.stop())

const SLUGS = PERMISSIONS.map(({ slug }) => slug)
const verify = (key: string) => verifyKey(createStripeClient(key, stripe.url))
const examine = async (key: string) => (await verify(key)) as ExaminedKey
const resultsOf = ({ capabilities }: ExaminedKey) => new Set(capabilities.map(({ result }) => result))

describe('asking Stripe what a key may do', () => {
  it('accepts a key with exactly the permissions of the table', async () => {
    const verdict = await examine(stripe.addKey(SLUGS))
    expect([verdict.kind, ...resultsOf(verdict)]).toEqual(['accepted', 'works'])
  })

  it.each(PERMISSIONS)('names $name when it is the one that is missing', async ({ slug, required }) => {
    // Write implies read: without the reading one there is no writing one either.
    const without = SLUGS.filter((other) => other !== slug && other !== slug.replace(/_read$/, '_write'))
    const verdict = await examine(stripe.addKey(without))
    const missing = missingPermissions(verdict.capabilities)

    expect(missing.map((one) => one.slug)).toContain(slug)
    expect(missing.map((one) => one.slug).sort()).toEqual(SLUGS.filter((one) => !without.includes(one)).sort())
    expect(verdict.kind).toBe(required ? 'lacking' : 'accepted')
    expect(missing.every(({ cost, purpose }) => cost !== '' && purpose !== '')).toBe(true)
  })

  it('learns whose the account is, though the key may not read it, and its name where it may', async () => {
    expect(await examine(stripe.addKey(SLUGS))).toMatchObject({ accountId: stripe.account.id, accountName: null })
    expect(await examine(stripe.addKey([...SLUGS, 'rak_accounts_kyc_basic_read']))).toMatchObject({
      accountId: stripe.account.id,
      accountName: 'Fernhill GmbH',
    })
  })

  it('changes nothing at Stripe', async () => {
    const events = stripe.account.events.events.size
    const before = stripe.webhooks.endpoints.length
    await verify(stripe.addKey())
    expect([stripe.account.events.events.size, stripe.webhooks.endpoints.length]).toEqual([events, before])
  })

  it('tells a key that Stripe does not know from one that has expired', async () => {
    const expired = stripe.addKey()
    stripe.keys.expire(expired)
    expect(await verify('rk_test_unknown')).toEqual({ kind: 'rejected', expired: false })
    expect(await verify(expired)).toEqual({ kind: 'rejected', expired: true })
  })

  it('says of each permission why it is not known when Stripe is down', async () => {
    stripe.faults.add({ route: '* /v1/*', kind: 'status', status: 503 })
    const verdict = await examine(stripe.addKey(SLUGS))
    expect(verdict.kind).toBe('unanswered')
    expect(new Set(verdict.capabilities.map(({ because }) => because))).toEqual(new Set(['down']))
  })

  it('ends within ten seconds when Stripe never answers', async () => {
    stripe.faults.add({ route: '* /v1/*', kind: 'hang' })
    const began = Date.now()
    const verdict = await examine(stripe.addKey(SLUGS))
    expect(Date.now() - began).toBeLessThan(10_000)
    expect(verdict.kind).toBe('unanswered')
    expect(new Set(verdict.capabilities.map(({ because }) => because))).toEqual(new Set(['slow']))
  })

  it('asks once more after a 429 that says soon, and tells of one that stays', async () => {
    stripe.faults.add({ route: 'GET /v1/charges/:id', kind: 'status', status: 429, retryAfter: 1, count: 1 })
    stripe.faults.add({ route: 'GET /v1/events/:id', kind: 'status', status: 429, retryAfter: 60 })
    const { capabilities, kind } = await examine(stripe.addKey(SLUGS))

    expect(kind).toBe('accepted')
    expect(capabilities.find(({ permission }) => permission === 'rak_charge_read')).toMatchObject({ result: 'works' })
    expect(capabilities.find(({ permission }) => permission === 'rak_event_read')).toMatchObject({
      result: 'unknown',
      because: 'rate_limited',
    })
  })

  it('takes a parameter that Stripe refuses for no answer at all', async () => {
    stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 400 })
    const { capabilities, kind } = await examine(stripe.addKey(SLUGS))
    expect(capabilities[0]).toEqual({ permission: 'rak_invoice_read', result: 'unknown', because: 'unclear' })
    expect(kind).toBe('unanswered')
  })
})

describe('the link to Stripe’s key form', () => {
  it('fills in what is needed, and of two for one thing the one that implies the other', () => {
    const { pathname, searchParams } = new URL(keyFormUrl('test'))
    const wanted = searchParams.getAll('permissions[]')
    expect(pathname).toBe('/test/apikeys/create')
    expect(wanted).toContain('rak_invoice_write')
    expect(wanted).not.toContain('rak_invoice_read')
    expect(wanted).toContain('rak_customer_read')
    expect(new URL(keyFormUrl('live')).pathname).toBe('/apikeys/create')
  })
})
