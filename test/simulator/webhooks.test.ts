import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import type { StripeOptions } from './stripe/index.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

const SECRET = 'whsec_simulated'
const stripe = new Stripe('rk_test_unused')

let simulator: StripeSimulator
let receiver: WebhookReceiver

afterEach(async () => {
  await simulator.stop()
  await receiver.stop()
})

async function start(options: StripeOptions = {}, status?: (nth: number) => number): Promise<void> {
  simulator = await startStripe({ seed: 'webhooks', clock: { manual: true }, ...options })
  receiver = await startReceiver(status)
}

describe('a webhook endpoint', () => {
  it('gets every event signed, in its own API version', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
    const { invoice } = simulator.failRenewal()
    await simulator.webhooks.settled()

    const events = receiver.received.map(({ body, headers }) =>
      stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), SECRET),
    )
    const failed = events.find(({ type }) => type === 'invoice.payment_failed')

    expect(events).toHaveLength(simulator.account.events.events.size)
    expect(failed?.api_version).toBe('2026-10-28.endive')
    expect(failed?.data.object).toMatchObject({
      id: invoice.id,
      attempt_count: 1,
      parent: { subscription_details: { subscription: invoice.parent.subscription_details.subscription } },
    })
    expect(failed?.data.object).not.toHaveProperty('payment_intent')
    expect(failed?.livemode).toBe(false)
  })

  it('is signed with every secret while one is being rolled, and with no other', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: ['whsec_old', 'whsec_new'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    const { body, headers } = receiver.received[0]!
    const verify = (secret: string) => stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret)

    expect(verify('whsec_old').id).toBe(verify('whsec_new').id)
    expect(() => verify('whsec_other')).toThrow(Stripe.errors.StripeSignatureVerificationError)
  })

  it('of a version before basil gets the old shape of the same event', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, apiVersion: '2024-09-30.acacia' })
    const { invoice, subscription } = simulator.failRenewal()
    const intent = simulator.account.store.intentOf(invoice.id)!
    await simulator.webhooks.settled()

    const [failed] = receiver.events().filter(({ type }) => type === 'invoice.payment_failed')
    expect(failed?.api_version).toBe('2024-09-30.acacia')
    expect(failed?.data.object).toMatchObject({
      subscription: subscription.id,
      payment_intent: intent.id,
      charge: intent.latest_charge,
      paid: false,
      lines: {
        data: [{ price: { id: subscription.items.data[0]?.price.id }, plan: { object: 'plan' }, type: 'subscription' }],
      },
    })
    expect(failed?.data.object).not.toHaveProperty('parent')

    const [charge] = receiver.events().filter(({ type }) => type === 'charge.failed')
    expect(charge?.data.object.invoice).toBe(invoice.id)
    const updated = receiver.events().find(({ type }) => type === 'customer.subscription.updated')
    expect(updated?.data.object).toHaveProperty('current_period_end')
  })

  it('gets only the types that it asked for', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_failed'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    expect(receiver.events().map(({ type }) => type)).toEqual(['invoice.payment_failed'])
  })

  it('gets an event again until it takes it', async () => {
    await start({ deliveries: { retryMs: [10] } }, (nth) => (nth < 3 ? 500 : 200))
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_failed'] })
    simulator.failRenewal()
    const event = [...simulator.account.events.events].find(({ type }) => type === 'invoice.payment_failed')
    expect(event?.pendingWebhooks).toBe(1)
    await simulator.webhooks.settled()

    expect(simulator.webhooks.deliveries[0]).toMatchObject({ state: 'delivered', tries: 4, lastResult: 200 })
    expect(event?.pendingWebhooks).toBe(0)
    expect(receiver.received).toHaveLength(1)
  })

  it('gets what waited for it once it comes up', async () => {
    await start({ deliveries: { retryMs: [20] } })
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    await receiver.stop()
    simulator.failRenewal()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(simulator.webhooks.deliveries[0]?.state).toBe('pending')
    expect(String(simulator.webhooks.deliveries[0]?.lastResult)).toMatch(/ECONNREFUSED/)

    receiver = await startReceiver(undefined, Number(new URL(receiver.url).port))
    await simulator.webhooks.settled()
    expect(receiver.events().map(({ type }) => type)).toEqual(['charge.failed'])
  })

  it('gets everything in the end, however often it goes down', async () => {
    await start({ deliveries: { retryMs: [20], duplicates: 0.2 } })
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_failed'] })
    const port = Number(new URL(receiver.url).port)
    const taken = new Set<unknown>()
    const made: string[] = []
    for (let round = 0; round < 4; round += 1) {
      for (let nth = 0; nth < 75; nth += 1) made.push(simulator.failRenewal().invoice.id)
      await new Promise((resolve) => setTimeout(resolve, 5))
      for (const { data } of receiver.events()) taken.add(data.object.id)
      await receiver.stop()
      receiver = await startReceiver(undefined, port)
    }
    await simulator.webhooks.settled()
    for (const { data } of receiver.events()) taken.add(data.object.id)

    expect(simulator.webhooks.deliveries.every(({ state }) => state === 'delivered')).toBe(true)
    expect(simulator.webhooks.deliveries.length).toBeGreaterThan(made.length * 1.1)
    // What a receiver took in the instant of its end may be known to nobody: as in life.
    expect(taken.size).toBeGreaterThan(made.length * 0.9)
  })

  it('gets an event again when somebody asks for it', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()
    simulator.webhooks.resend(String(receiver.events()[0]?.id))
    await simulator.webhooks.settled()

    expect(receiver.events().map(({ type }) => type)).toEqual(['charge.failed', 'charge.failed'])
  })

  it('gets a share of events twice, late, out of order or never, the same ones for the same seed', async () => {
    const run = async () => {
      const deliveries = { duplicates: 0.3, losses: 0.2, shuffleMs: 30 }
      await start({ deliveries })
      simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_failed'] })
      const made = Array.from({ length: 100 }, () => simulator.failRenewal().invoice.id)
      await simulator.webhooks.settled()
      const arrived = receiver.events().map(({ data }) => String(data.object.id))
      return { made, arrived }
    }

    const { arrived, made } = await run()
    const times = (id: string) => arrived.filter((other) => other === id).length
    expect(made.filter((id) => times(id) === 0).length).toBeGreaterThan(8)
    expect(made.filter((id) => times(id) === 2).length).toBeGreaterThan(10)
    expect(arrived).not.toEqual(made.flatMap((id) => Array.from({ length: times(id) }, () => id)))

    await simulator.stop()
    await receiver.stop()
    expect((await run()).arrived.sort()).toEqual(arrived.sort())
  })

  it('is made by API as well, which tells its secret', async () => {
    await start()
    const sdk = new Stripe(simulator.addKey(['rak_webhook_write']), simulator.sdkOptions)
    const endpoint = await sdk.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['invoice.payment_failed'],
      api_version: '2026-10-28.endive' as never,
    })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    const { body, headers } = receiver.received[0]!
    const event = stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), endpoint.secret!)
    expect(event.type).toBe('invoice.payment_failed')
  })
})
