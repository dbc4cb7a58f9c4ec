import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type StripeSimulator, startStripe } from './index.js'
import { eventJson } from './stripe/webhooks/event-json.js'

type Json = Record<string, unknown>

let simulator: StripeSimulator

beforeEach(async () => {
  simulator = await startStripe({ seed: 'versions', clock: { manual: true } })
})
afterEach(() => simulator.stop())

/** The events of a type as an endpoint of that version gets them. */
function eventsIn(version: string, type: string): { readonly object: Json; readonly previous_attributes?: Json }[] {
  const { events, store } = simulator.account
  const wanted = [...events.events].filter((event) => event.type === type)
  return wanted.map((event) => JSON.parse(eventJson(event, version, false, store)).data)
}

describe('an event in an older API version', () => {
  it('tells the old values of what that version has', () => {
    const { invoice } = simulator.failRenewal()
    simulator.pay(invoice.id)

    const now = eventsIn('2026-10-28.endive', 'invoice.updated').at(-1)
    const then = eventsIn('2024-06-20', 'invoice.updated').at(-1)

    expect(now?.previous_attributes).toMatchObject({ status: 'open' })
    expect(now?.previous_attributes).not.toHaveProperty('paid')
    expect(then?.previous_attributes).toEqual({ ...now?.previous_attributes, paid: false })
  })

  it("tells a subscription's old period as its own", () => {
    const { subscription } = simulator.renew()
    const [item] = subscription.items.data

    const [renewed] = eventsIn('2020-08-27', 'customer.subscription.updated')

    expect(renewed?.object).toMatchObject({
      current_period_start: item?.current_period_start,
      plan: { tiers_mode: null },
    })
    expect(renewed?.previous_attributes).toMatchObject({
      current_period_end: item?.current_period_start,
      items: { data: [{ current_period_end: item?.current_period_start }] },
    })
  })

  it('shows what was refunded by then', () => {
    const { invoice } = simulator.renew({ amount: 4_900 })
    simulator.refund(invoice.id, { amount: 100 })

    const [paid] = eventsIn('2020-03-02', 'charge.succeeded')
    const [refunded] = eventsIn('2020-03-02', 'charge.refunded')

    expect(paid?.object).toMatchObject({ invoice: invoice.id, refunds: { object: 'list' } })
    expect(refunded?.object).toMatchObject({
      amount_refunded: 100,
      refunds: { total_count: 1, data: [{ amount: 100 }] },
    })
  })

  it('names no charge where there was none yet', () => {
    simulator.failRenewal()

    const [made] = eventsIn('2024-06-20', 'invoice.created')
    const [failed] = eventsIn('2024-06-20', 'invoice.payment_failed')

    expect(made?.object).toMatchObject({ charge: null, payment_intent: null })
    expect(failed?.object).toMatchObject({ charge: expect.stringMatching(/^ch_/) })
  })

  it('is what an endpoint is refused for at once, where that version is not simulated', () => {
    const add = (apiVersion: string) => simulator.addWebhookEndpoint({ url: 'https://receiver.example', apiVersion })

    expect(() => add('2019-05-16')).toThrow('API versions before 2020-03-02 are not simulated')
    expect(() => add('2026-10-28.basil')).toThrow('Stripe has no API version')
  })
})
