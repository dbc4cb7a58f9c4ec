import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import { EVENT_TYPES } from './stripe/event-types.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

const wanted: Stripe.WebhookEndpointCreateParams = {
  url: 'https://hook.example/stripe',
  enabled_events: ['invoice.payment_failed'],
}

let simulator: StripeSimulator
let stripe: Stripe
let receiver: WebhookReceiver

beforeEach(async () => {
  simulator = await startStripe({ seed: 'endpoints', clock: { manual: true } })
  stripe = new Stripe(simulator.addKey(['rak_webhook_write']), simulator.sdkOptions)
  receiver = await startReceiver()
})
afterEach(async () => {
  await simulator.stop()
  await receiver.stop()
})

describe('a webhook endpoint made by API', () => {
  it('tells its secret once, and signs with it', async () => {
    const { secret, ...endpoint } = await stripe.webhookEndpoints.create({
      ...wanted,
      url: receiver.url,
      api_version: '2024-09-30.acacia',
      description: 'SecondLoop',
      metadata: { workspace: 'w1' },
    })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    const { body, headers } = receiver.received[0]!
    const event = stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret!)
    expect([event.type, event.api_version]).toEqual(['invoice.payment_failed', '2024-09-30.acacia'])
    expect(endpoint).toMatchObject({
      api_version: '2024-09-30.acacia',
      description: 'SecondLoop',
      enabled_events: ['invoice.payment_failed'],
      livemode: false,
      metadata: { workspace: 'w1' },
      status: 'enabled',
      url: receiver.url,
    })
    const { lastResponse: _, ...told } = endpoint as Stripe.Response<Stripe.WebhookEndpoint>
    expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).toEqual(told)
    expect((await stripe.webhookEndpoints.list()).data).toEqual([told])
  })

  it('gets the account’s own version when it asks for none', async () => {
    simulator.account.events.apiVersion = '2023-10-16'
    const endpoint = await stripe.webhookEndpoints.create({ ...wanted, url: receiver.url })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    expect(endpoint.api_version).toBeNull()
    expect(receiver.events()[0]).toMatchObject({ api_version: '2023-10-16', data: { object: { paid: false } } })
  })

  it('can be changed, disabled and enabled again', async () => {
    const { id } = await stripe.webhookEndpoints.create({ ...wanted, description: 'old', metadata: { a: '1', b: '2' } })
    const changed = await stripe.webhookEndpoints.update(id, {
      url: receiver.url,
      enabled_events: ['charge.failed'],
      description: '',
      metadata: { a: '', c: '3' },
    })
    expect(changed).toMatchObject({ url: receiver.url, description: null, metadata: { b: '2', c: '3' } })
    expect(changed).not.toHaveProperty('secret')

    simulator.failRenewal()
    expect((await stripe.webhookEndpoints.update(id, { disabled: true })).status).toBe('disabled')
    simulator.failRenewal()
    expect((await stripe.webhookEndpoints.update(id, { disabled: false })).status).toBe('enabled')
    await simulator.webhooks.settled()
    expect(receiver.events().map(({ type }) => type)).toEqual(['charge.failed'])
  })

  it('is gone once it is deleted', async () => {
    const { id } = await stripe.webhookEndpoints.create(wanted)

    expect(await stripe.webhookEndpoints.del(id)).toMatchObject({ id, object: 'webhook_endpoint', deleted: true })
    for (const call of [
      stripe.webhookEndpoints.retrieve(id),
      stripe.webhookEndpoints.update(id, { disabled: true }),
      stripe.webhookEndpoints.del(id),
    ]) {
      await expect(call).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' })
    }
  })

  it('hears nothing from this account when it asks for connected ones', async () => {
    await stripe.webhookEndpoints.create({ ...wanted, url: receiver.url, connect: true })
    simulator.failRenewal()
    expect(simulator.webhooks.deliveries).toEqual([])
  })

  it('is one of sixteen at most, listed by pages, the newest first', async () => {
    const ids: string[] = []
    for (let nth = 0; nth < 16; nth += 1) ids.unshift((await stripe.webhookEndpoints.create(wanted)).id)
    await expect(stripe.webhookEndpoints.create(wanted)).rejects.toThrow('maximum of 16 test webhook endpoints')

    const first = await stripe.webhookEndpoints.list()
    expect([first.data.length, first.has_more]).toEqual([10, true])
    const all: string[] = []
    for await (const { id } of stripe.webhookEndpoints.list({ limit: 5 })) all.push(id)
    expect(all).toEqual(ids)

    await stripe.webhookEndpoints.del(ids[0]!)
    await expect(stripe.webhookEndpoints.create(wanted)).resolves.toBeDefined()
  })

  it('was made when it was made', async () => {
    simulator.account.clock.setTo(Date.UTC(2026, 0, 5))
    const { created, id } = await stripe.webhookEndpoints.create(wanted)
    simulator.account.clock.setTo(Date.UTC(2026, 1, 5))

    expect(created).toBe(Date.UTC(2026, 0, 5) / 1000)
    expect((await stripe.webhookEndpoints.retrieve(id)).created).toBe(created)
  })

  it.each<[string, object, string]>([
    ['an event type that Stripe does not have', { enabled_events: ['invoice.exploded'] }, 'enabled_events[0]'],
    ['a group of types', { enabled_events: ['invoice.*'] }, 'enabled_events[0]'],
    ['no URL', { url: 'hook.example' }, 'url'],
    ['an API version that Stripe does not have', { api_version: '2026-10-29.endive' }, 'api_version'],
    ['what Stripe does not know', { secret: 'whsec_mine' }, 'secret'],
  ])('is refused with %s', async (_, given, param) => {
    const error = await stripe.webhookEndpoints.create({ ...wanted, ...given }).catch((reason) => reason)
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
    expect(error).toMatchObject({ statusCode: 400, param })
  })

  it('is reached over https in live mode', async () => {
    const live = await startStripe({ livemode: true })
    const sdk = new Stripe(live.addKey(), live.sdkOptions)
    const { id, livemode } = await sdk.webhookEndpoints.create(wanted)
    expect(livemode).toBe(true)

    const url = 'http://hook.example/stripe'
    await expect(sdk.webhookEndpoints.create({ ...wanted, url })).rejects.toThrow('must begin with "https://"')
    await expect(sdk.webhookEndpoints.update(id, { url })).rejects.toThrow('must begin with "https://"')
    await live.stop()
  })

  it('needs a permission of its own', async () => {
    const sdk = new Stripe(simulator.addKey(['rak_webhook_read']), simulator.sdkOptions)
    await expect(sdk.webhookEndpoints.list()).resolves.toBeDefined()
    await expect(sdk.webhookEndpoints.create(wanted)).rejects.toBeInstanceOf(Stripe.errors.StripePermissionError)
  })
})

describe('the event types', () => {
  it('are those that the SDK knows', () => {
    const types = readFileSync('node_modules/stripe/esm/resources/Events.d.ts', 'utf8')
    const [, union = ''] = /type Type = ([^;]+);/.exec(types) ?? []
    expect(EVENT_TYPES).toEqual(union.split(' | ').map((type) => type.replaceAll("'", '')))
  })

  it('refuse a typo also in a test of ours', () => {
    expect(() => simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_fail'] })).toThrow(
      'no event type',
    )
  })
})
