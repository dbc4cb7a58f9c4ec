import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import type { StripeOptions } from './stripe/index.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

const SECRET = 'whsec_simulated'
const DAY = 24 * 3600 * 1000
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

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
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
    // What Stripe adds, it adds to all versions.
    expect(failed?.data.object).toHaveProperty('parent.subscription_details.subscription', subscription.id)

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

  it('gets two thousand events whole, each once', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
    for (let renewal = 0; renewal < 250; renewal += 1) simulator.failRenewal()
    await simulator.webhooks.settled()

    const arrived = receiver.received.map(({ body, headers }) =>
      stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), SECRET),
    )
    const made = [...simulator.account.events.events]
    expect(arrived).toHaveLength(2_000)
    expect(arrived.map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort())
    const objects = new Map(made.map(({ id, objectJson }) => [id, objectJson]))
    expect(arrived.every(({ data, id }) => JSON.stringify(data.object) === objects.get(id))).toBe(true)
  }, 60_000)

  it.each([
    ['redirects', 302],
    ['refuses', 400],
    ['fails', 503],
    ['never answers', 0],
  ])('gets an event again when it %s', async (_, status) => {
    await start({ deliveries: { retryMs: [10], timeoutMs: 100 } }, (nth) => (nth === 0 ? status : 200))
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    expect(receiver.events().map(({ type }) => type)).toEqual(['charge.failed'])
    expect(simulator.webhooks.deliveries).toMatchObject([{ state: 'delivered', tries: 2, lastResult: 200 }])
  })

  it('is given up after three days of the clock', async () => {
    await start({ deliveries: { retryMs: [10] } }, () => 500)
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.created'] })
    simulator.failRenewal()
    const [delivery] = simulator.webhooks.deliveries
    simulator.account.clock.advance(3 * DAY - 60_000)
    await until(() => delivery!.tries > 2)
    expect(delivery?.state).toBe('pending')

    simulator.account.clock.advance(60_000)
    await simulator.webhooks.settled()

    expect(delivery).toMatchObject({ state: 'failed', lastResult: 500, deliveredAt: undefined })
    expect(delivery?.event.pendingWebhooks).toBe(1)
  })

  it('never gets what failed once it is disabled, nor what is made then', async () => {
    await start({ deliveries: { retryMs: [20] } }, (nth) => (nth === 0 ? 500 : 200))
    const endpoint = simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    await until(() => simulator.webhooks.deliveries[0]?.tries === 1)
    endpoint.disabled = true
    await simulator.webhooks.settled()
    simulator.failRenewal()
    endpoint.disabled = false
    simulator.failRenewal()
    await simulator.webhooks.settled()

    const [first, , third] = [...simulator.account.events.events].filter(({ type }) => type === 'charge.failed')
    expect(simulator.webhooks.deliveries).toMatchObject([
      { event: { id: first?.id }, state: 'failed', tries: 1 },
      { event: { id: third?.id }, state: 'delivered' },
    ])
    expect(receiver.events().map(({ id }) => id)).toEqual([third?.id])
  })

  it('gets what failed when it is enabled again before the next try', async () => {
    await start({ deliveries: { retryMs: [50] } }, (nth) => (nth === 0 ? 500 : 200))
    const endpoint = simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    await until(() => simulator.webhooks.deliveries[0]?.lastResult === 500)
    endpoint.disabled = true
    endpoint.disabled = false
    await simulator.webhooks.settled()

    expect(receiver.received).toHaveLength(1)
  })

  it('gets nothing more once it is removed', async () => {
    await start({ deliveries: { retryMs: [10] } }, () => 500)
    const { id } = simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    simulator.webhooks.removeEndpoint(id)
    simulator.failRenewal()
    await simulator.webhooks.settled()

    expect(simulator.webhooks.deliveries).toMatchObject([{ state: 'failed' }])
    expect(simulator.webhooks.endpoints).toEqual([])
  })

  it('tells of itself in the event while it has not taken it', async () => {
    await start({}, (nth) => (nth === 0 ? 500 : 200))
    simulator.webhooks.configure({ retryMs: [10] })
    for (let nth = 0; nth < 2; nth += 1) simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    expect(receiver.events().map(({ pending_webhooks }) => pending_webhooks)).toEqual([2, 1])
  })

  it('is signed for its own clock while the account’s is set to a date', async () => {
    await start()
    simulator.account.clock.setTo(Date.now() - 90 * DAY)
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['charge.failed'] })
    simulator.failRenewal()
    await simulator.webhooks.settled()

    const { body, headers } = receiver.received[0]!
    const event = stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), SECRET)
    expect(event.created).toBeLessThan(Date.now() / 1000 - 89 * 24 * 3600)
  })
})

describe('a signing secret', () => {
  const secretsThatSign = async (secrets: readonly string[]) => {
    simulator.failRenewal()
    await simulator.webhooks.settled()
    const { body, headers } = receiver.received.at(-1)!
    return secrets.filter((secret) => {
      try {
        return stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret)
      } catch {
        return false
      }
    })
  }

  it('that is rolled signs beside the new one until it expires by the clock', async () => {
    await start()
    const { id } = simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['charge.failed'] })
    const secret = simulator.webhooks.rollSecret(id, { expiresInMs: DAY })

    expect(await secretsThatSign([SECRET, secret])).toEqual([SECRET, secret])
    simulator.account.clock.advance(DAY - 60_000)
    expect(await secretsThatSign([SECRET, secret])).toEqual([SECRET, secret])
    simulator.account.clock.advance(60_000)
    expect(await secretsThatSign([SECRET, secret])).toEqual([secret])
  })

  it('that is rolled at once does not sign any more, and lives on for a day at most', async () => {
    await start()
    const { id } = simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['charge.failed'] })
    const secret = simulator.webhooks.rollSecret(id)

    expect(await secretsThatSign([SECRET, secret])).toEqual([secret])
    expect(() => simulator.webhooks.rollSecret(id, { expiresInMs: DAY + 1 })).toThrow('24 hours')
  })

  it('comes with a false one in test mode', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
    expect(await secretsThatSign([SECRET])).toEqual([SECRET])
    expect(receiver.received[0]?.headers['stripe-signature']).toMatch(/^t=\d+,v1=[\da-f]{64},v0=[\da-f]{64}$/)
  })
})

describe('a misfortune', () => {
  const taken = async () => {
    await simulator.webhooks.settled()
    return receiver.events().map(({ data, type }) => `${type} ${data.object.id}`)
  }

  it('loses exactly one event', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['invoice.payment_failed'] })
    simulator.webhooks.disturb({ kind: 'lose', type: 'invoice.payment_failed', count: 1 })
    const [lost, kept] = [simulator.failRenewal(), simulator.failRenewal()]

    expect(await taken()).toEqual([`invoice.payment_failed ${kept.invoice.id}`])
    const undelivered = simulator.webhooks.deliveries.filter(({ state }) => state === 'lost')
    expect(undelivered.map(({ event }) => event.objectId)).toEqual([lost.invoice.id])
  })

  it('loses all that is about one invoice, until it is taken back', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url })
    const [hit, spared] = [simulator.failRenewal(), simulator.failRenewal()]
    await taken()
    const before = receiver.received.length
    const takeBack = simulator.webhooks.disturb({ kind: 'lose', about: hit.invoice.id })
    simulator.retry(hit.invoice.id)
    simulator.retry(spared.invoice.id)

    const arrived = (await taken()).slice(before)
    const lost = simulator.webhooks.deliveries.filter(({ state }) => state === 'lost').map(({ event }) => event.type)
    expect(lost).toEqual(['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed'])
    expect(arrived).toHaveLength(lost.length)

    takeBack()
    simulator.retry(hit.invoice.id)
    expect(await taken()).toContain(`invoice.payment_failed ${hit.invoice.id}`)
  })

  it('of one endpoint leaves another alone', async () => {
    await start()
    const options = { url: receiver.url, events: ['invoice.paid'] }
    const [first] = [simulator.addWebhookEndpoint(options), simulator.addWebhookEndpoint(options)]
    simulator.webhooks.disturb({ kind: 'lose', type: 'invoice.*', endpoint: first!.id })
    const { invoice } = simulator.renew()

    expect(await taken()).toEqual([`invoice.paid ${invoice.id}`])
  })

  it('brings an event twice, or late', async () => {
    await start()
    simulator.addWebhookEndpoint({
      url: receiver.url,
      events: ['invoice.created', 'invoice.finalized', 'invoice.paid'],
    })
    simulator.webhooks.disturb({ kind: 'delay', type: 'invoice.created', delayMs: 60 })
    simulator.webhooks.disturb({ kind: 'duplicate', type: 'invoice.paid' })
    simulator.renew()
    await simulator.webhooks.settled()

    const types = receiver.events().map(({ type }) => type)
    expect(types.indexOf('invoice.created')).toBeGreaterThan(types.indexOf('invoice.finalized'))
    expect(types.filter((type) => type === 'invoice.paid')).toHaveLength(2)
  })

  it('begins and ends in the middle of a run', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    const renewals = [{}, { losses: 1 }, { losses: 0 }].map((options) => {
      simulator.webhooks.configure(options)
      return simulator.failRenewal()
    })
    await simulator.webhooks.settled()

    const charged = receiver.events().map(({ data }) => data.object.customer)
    expect(charged.sort()).toEqual([renewals[0]?.customer.id, renewals[2]?.customer.id].sort())
  })
})

describe('a drill in another process', () => {
  const control = async <T>(command: string, given: object): Promise<T> => {
    const answer = await fetch(`${simulator.url}/_control/${command}`, { method: 'POST', body: JSON.stringify(given) })
    expect(answer.status).toBe(200)
    return (await answer.json()) as T
  }

  it('adds endpoints, rolls their secrets, disables them, and loses and resends their events', async () => {
    await start()
    const { id, secrets } = await control<{ id: string; secrets: string[] }>('endpoint', {
      url: receiver.url,
      events: ['charge.failed'],
    })
    const { secret } = await control<{ secret: string }>('roll-secret', { id, expiresInMs: DAY })
    await control('misfortune', { kind: 'lose', type: 'charge.failed', count: 1 })
    await control('fail-renewal', { count: 2 })
    await simulator.webhooks.settled()
    await control('disable-endpoint', { id })
    await control('fail-renewal', {})

    const state = await fetch(`${simulator.url}/_control/state`).then((answer) => answer.json())
    expect(state).toMatchObject({
      deliveries: { delivered: 1, failed: 0, lost: 1 },
      endpoints: [{ id, disabled: true }],
    })
    const { body, headers } = receiver.received[0]!
    for (const one of [secret, ...secrets]) {
      expect(() => stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), one)).not.toThrow()
    }

    await control('disable-endpoint', { id, disabled: false })
    await control('resend', { event: simulator.webhooks.deliveries[0]?.event.id, endpoint: id })
    await simulator.webhooks.settled()
    expect(receiver.received).toHaveLength(2)
  })
})

describe('an event sent again', () => {
  it('goes to one endpoint, or to all that want its type', async () => {
    await start()
    const [first] = ['/first', '/second'].map((path) =>
      simulator.addWebhookEndpoint({ url: receiver.url + path, events: ['charge.failed'] }),
    )
    simulator.addWebhookEndpoint({ url: `${receiver.url}/third`, events: ['invoice.paid'] })
    simulator.failRenewal()
    const { event } = simulator.webhooks.deliveries[0]!
    const endpointsOf = (from: number) => simulator.webhooks.deliveries.slice(from).map(({ endpoint }) => endpoint.url)

    simulator.webhooks.resend(event.id, first?.id)
    expect(endpointsOf(2)).toEqual([first?.url])
    simulator.webhooks.resend(event.id)
    await simulator.webhooks.settled()
    expect(endpointsOf(3)).toEqual([`${receiver.url}/first`, `${receiver.url}/second`])
  })

  it('is not undelivered any more once it is taken, though it was lost', async () => {
    await start({ deliveries: { losses: 1 } })
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    const { event } = simulator.webhooks.deliveries[0]!
    expect(event.pendingWebhooks).toBe(1)

    simulator.webhooks.resend(event.id)
    await simulator.webhooks.settled()
    expect(event.pendingWebhooks).toBe(0)
  })

  it('is younger than 30 days', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['charge.failed'] })
    simulator.failRenewal()
    simulator.account.clock.advance(30 * DAY + 1000)

    expect(() => simulator.webhooks.resend(simulator.webhooks.deliveries[0]!.event.id)).toThrow('30 days')
  })
})
