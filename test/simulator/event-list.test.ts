import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import { Collection } from './stripe/collection.js'
import type { StripeOptions } from './stripe/index.js'
import { startReceiver } from './webhook-receiver.js'

const DAY = 24 * 3600 * 1000

let simulator: StripeSimulator
let stripe: Stripe

afterEach(() => simulator.stop())

async function start(options: StripeOptions = {}): Promise<void> {
  simulator = await startStripe({ seed: 'events', clock: { manual: true }, ...options })
  stripe = new Stripe(simulator.addKey(), simulator.sdkOptions)
}

async function idsOf(params: Stripe.EventListParams = {}): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of stripe.events.list({ limit: 100, ...params })) ids.push(id)
  return ids
}

const made = (wanted: RegExp = /./) => [...simulator.account.events.events].filter(({ type }) => wanted.test(type))
const idsMade = (wanted?: RegExp) =>
  made(wanted)
    .map(({ id }) => id)
    .reverse()

describe('the event list', () => {
  it('tells every event once, newest first, while new ones come in', async () => {
    await start()
    for (let renewal = 0; renewal < 20; renewal += 1) simulator.failRenewal()
    const expected = idsMade()

    const seen: string[] = []
    for await (const { id } of stripe.events.list({ limit: 15 })) {
      seen.push(id)
      if (seen.length % 10 === 0) simulator.failRenewal()
    }

    expect(seen).toEqual(expected)
  })

  it('tells what came after an event in the order in which it came', async () => {
    await start()
    simulator.failRenewal()
    const before = made().at(-1)!.id
    for (let renewal = 0; renewal < 5; renewal += 1) simulator.failRenewal()

    const after = await idsOf({ ending_before: before, limit: 7 })

    expect(after).toEqual(idsMade().reverse().slice(-40))
  })

  it('is asked for one type, a group of them or up to twenty', async () => {
    await start()
    simulator.failRenewal()

    expect(await idsOf({ type: 'charge.failed' })).toEqual(idsMade(/^charge\.failed$/))
    expect(await idsOf({ type: 'invoice.*' })).toEqual(idsMade(/^invoice\./))
    expect(await idsOf({ type: '*.created' })).toEqual(idsMade(/\.created$/))
    const types = ['invoice.payment_failed', 'customer.subscription.updated']
    expect(await idsOf({ types })).toEqual(idsMade(/^invoice\.payment_failed$|^customer\.subscription\.updated$/))

    const tooMany = Array.from({ length: 21 }, () => 'invoice.paid')
    await expect(stripe.events.list({ types: tooMany })).rejects.toMatchObject({ param: 'types', statusCode: 400 })
    await expect(stripe.events.list({ type: 'invoice.paid', types })).rejects.toMatchObject({ statusCode: 400 })
  })

  it('is asked for a time', async () => {
    await start()
    const { clock } = simulator.account
    const day = Math.floor(Date.now() / 1000) - 10 * 24 * 3600
    for (let nth = 0; nth < 3; nth += 1) {
      clock.setTo((day + nth) * 1000)
      simulator.failRenewal()
    }
    const at = (...seconds: number[]) =>
      made()
        .filter(({ created }) => seconds.includes(created - day))
        .map(({ id }) => id)
        .reverse()

    expect(await idsOf({ created: day + 1 })).toEqual(at(1))
    expect(await idsOf({ created: { gte: day + 1 } })).toEqual(at(1, 2))
    expect(await idsOf({ created: { gt: day + 1 } })).toEqual(at(2))
    expect(await idsOf({ created: { lt: day + 1 } })).toEqual(at(0))
    expect(await idsOf({ created: { lte: day + 1 }, limit: 5 })).toEqual(at(0, 1))
    expect(await idsOf({ created: { gt: day + 2 } })).toEqual([])
  })

  it('forgets after 30 days of the clock', async () => {
    await start()
    simulator.failRenewal()
    const [first] = made()
    simulator.account.clock.advance(29 * DAY)
    const kept = idsMade()
    expect(await idsOf()).toEqual(kept)
    expect((await stripe.events.retrieve(first!.id)).id).toBe(first?.id)

    simulator.account.clock.advance(1.5 * DAY)
    expect(await idsOf()).toEqual(kept.slice(0, -8))
    await expect(stripe.events.retrieve(first!.id)).rejects.toMatchObject({ code: 'resource_missing' })
  })

  it('never goes back in time, whatever the clock is set to', async () => {
    await start()
    simulator.failRenewal()
    simulator.account.clock.setTo(Date.now() - 60 * DAY)
    simulator.failRenewal()

    const created = made().map((event) => event.created)
    expect(created).toEqual([...created].sort())
  })

  it('tells what some endpoint has not taken: failing, failed or lost', async () => {
    await start({ deliveries: { retryMs: [10] } })
    const [good, bad] = await Promise.all([startReceiver(), startReceiver(() => 500)])
    try {
      simulator.addWebhookEndpoint({ url: good.url, events: ['invoice.payment_failed', 'charge.failed'] })
      simulator.addWebhookEndpoint({ url: bad.url, events: ['charge.failed', 'invoice.created'] })
      simulator.webhooks.disturb({ kind: 'lose', type: 'invoice.payment_failed', count: 1 })
      const lost = simulator.failRenewal()
      simulator.failRenewal()
      const toGood = simulator.webhooks.deliveries.filter(({ endpoint }) => endpoint.url === good.url)
      while (toGood.some(({ state }) => state === 'pending')) await new Promise((resolve) => setTimeout(resolve, 5))

      const undelivered = idsMade(/^charge\.failed$|^invoice\.created$/)
      const missed = made(/payment_failed/).find(({ objectId }) => objectId === lost.invoice.id)!.id
      expect((await idsOf({ delivery_success: false })).sort()).toEqual([...undelivered, missed].sort())
      expect(await idsOf({ delivery_success: false, type: 'invoice.payment_failed' })).toEqual([missed])

      const delivered = await idsOf({ delivery_success: true })
      expect(delivered.length + undelivered.length + 1).toBe(made().length)
      const event = await stripe.events.retrieve(missed)
      expect(event.pending_webhooks).toBe(1)
    } finally {
      await Promise.all([good.stop(), bad.stop()])
    }
  })

  it('shows an event in the version in which it was made, in whatever version it is asked for', async () => {
    await start({ apiVersion: '2024-09-30.acacia' })
    const { invoice, subscription } = simulator.failRenewal()
    simulator.account.events.apiVersion = '2026-10-28.endive'
    const later = simulator.failRenewal()
    const older = new Stripe(simulator.addKey(), { ...simulator.sdkOptions, apiVersion: '2023-10-16' as never })

    for (const sdk of [stripe, older]) {
      const { data } = await sdk.events.list({ type: 'invoice.payment_failed' })
      expect(data.map(({ api_version }) => api_version)).toEqual(['2026-10-28.endive', '2024-09-30.acacia'])
      expect(data[0]?.data.object).toMatchObject({ id: later.invoice.id, parent: { type: 'subscription_details' } })
      expect(data[0]?.data.object).not.toHaveProperty('subscription')
      expect(data[1]?.data.object).toMatchObject({ id: invoice.id, subscription: subscription.id })
      expect(await sdk.events.retrieve(data[1]!.id)).toMatchObject({
        data: { object: { subscription: subscription.id } },
      })
    }
  })

  it('names the call that caused an event, and none for what Stripe does itself', async () => {
    await start()
    const { customer, invoice } = simulator.failRenewal()
    const payment_method = simulator.saveCard(customer.id)
    const { lastResponse } = await stripe.invoices.pay(invoice.id, { payment_method }, { idempotencyKey: 'once' })

    const [paid] = (await stripe.events.list({ type: 'invoice.paid' })).data
    expect(paid).toMatchObject({
      id: expect.stringMatching(/^evt_[0-9A-Za-z]{24}$/),
      livemode: false,
      request: { id: lastResponse.requestId, idempotency_key: 'once' },
    })
    const [failed] = (await stripe.events.list({ type: 'invoice.payment_failed' })).data
    expect(failed?.request).toEqual({ id: null, idempotency_key: null })
  })

  it('tells each event as it was, however many came after it', async () => {
    await start()
    const then = new Map<string, unknown>()
    simulator.account.events.onEvent(({ id, objectJson, previousJson }) => {
      then.set(id, { object: JSON.parse(objectJson), previous: previousJson && JSON.parse(previousJson) })
    })
    for (let renewal = 0; renewal < 30; renewal += 1) simulator.failRenewal({ name: 'Café Łódź 東京' })

    const now = new Map<string, unknown>()
    for await (const { data, id } of stripe.events.list({ limit: 100 })) {
      now.set(id, { object: data.object, previous: data.previous_attributes })
    }
    expect(now).toEqual(then)
  })
})

describe('a long collection', () => {
  it('looks at few of its items for a page, or for those of a time', () => {
    let looks = 0
    const collection = new Collection<{ id: string; created: number }>()
    for (let nth = 0; nth < 500_000; nth += 1) {
      collection.add({
        id: `evt_${nth}`,
        get created() {
          looks += 1
          return nth
        },
      })
    }
    const within = collection.between(
      ({ created }) => created >= 1_000,
      ({ created }) => created >= 1_003,
    )

    expect([...within].map(({ id }) => id)).toEqual(['evt_1000', 'evt_1001', 'evt_1002'])
    expect([...within.newestFirst('evt_400000')].map(({ id }) => id)).toEqual(['evt_1002', 'evt_1001', 'evt_1000'])
    expect([...within.newerThan('evt_1001')].map(({ id }) => id)).toEqual(['evt_1002'])
    expect(within.size).toBe(3)
    expect(looks).toBeLessThan(50)
  })
})
