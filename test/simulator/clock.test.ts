import { afterEach, describe, expect, it } from '@jest/globals'
import { Clock } from './clock.js'
import { type StripeSimulator, startStripe } from './index.js'
import { renewWhenDue } from './stripe/billing/calendar.js'
import { signUp, subscribe } from './stripe/billing/sign-up.js'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOW = Date.UTC(2026, 0, 31, 9)

describe('a clock', () => {
  const told: string[] = []
  const at = (clock: Clock, ms: number, what: string) =>
    clock.after(ms, () => told.push(`${what} ${clock.now() - NOW}`))
  afterEach(() => void told.splice(0))

  it('runs what falls due while it is advanced, in the order of the times', () => {
    const clock = new Clock({ manual: true, now: () => NOW })
    for (const [wait, what] of [
      [30, 'c'],
      [10, 'a'],
      [10, 'b'],
      [40, 'd'],
    ] as const) {
      at(clock, wait, what)
    }

    clock.advance(30)

    expect(told.map((line) => line[0])).toEqual(['a', 'b', 'c'])
    expect(clock.untilNext()).toBe(10)
  })

  it('leaves time stamps alone when it skips, and moves them when it is set to a date', () => {
    const clock = new Clock({ manual: true, now: () => NOW })
    clock.advance(DAY)
    expect(clock.now()).toBe(NOW)

    clock.setTo(NOW - 90 * DAY)
    at(clock, DAY, 'a')
    clock.advance(2 * DAY)

    expect(told).toEqual([`a ${-89 * DAY}`])
    expect(clock.now()).toBe(NOW - 88 * DAY)
  })

  it('shortens waits by its speed, but not while it is set to a date', () => {
    const clock = new Clock({ speed: 1_440, manual: true, now: () => NOW })
    expect(clock.shortened(DAY)).toBe(MINUTE)
    clock.setTo(NOW)
    expect(clock.shortened(DAY)).toBe(DAY)
  })

  it('keeps the dates of what is planned when it is given back to real time', () => {
    let now = NOW
    const clock = new Clock({ manual: true, now: () => now })
    clock.setTo(NOW - 2 * DAY)
    at(clock, DAY, 'past')
    at(clock, 2 * DAY + MINUTE, 'to come')
    clock.advance(2 * DAY)
    clock.release()
    expect(told).toEqual([`past ${-DAY}`])

    now += MINUTE
    clock.advance(0)
    expect(told[1]).toBe(`to come ${MINUTE}`)
  })

  it('wakes up by itself once it is released', async () => {
    const clock = new Clock()
    clock.setTo(Date.now() - DAY)
    const done = new Promise<void>((resolve) => clock.after(DAY + 20, resolve))
    clock.advance(DAY)
    clock.release()
    await done
    clock.stop()
  })
})

describe('a subscription', () => {
  let simulator: StripeSimulator
  afterEach(() => simulator.stop())

  async function begin(interval: 'month' | 'year') {
    simulator = await startStripe({ seed: 'calendar', clock: { manual: true, now: () => NOW } })
    const { account } = simulator
    account.clock.setTo(NOW)
    const plan = { product: 'Pro', label: 'Pro', interval, currency: 'usd', amount: 1_000 }
    const { customer } = signUp(account, { plan })
    const subscription = subscribe(account, customer, { plan })
    simulator.saveCard(customer.id)
    return subscription
  }

  const dates = () =>
    [...simulator.account.store.invoices].map(({ created }) => new Date(created * 1000).toISOString().slice(0, 10))

  it('renews by the clock each time its period ends, on its own day of the month', async () => {
    const subscription = await begin('month')
    renewWhenDue(simulator.account, subscription)

    simulator.account.clock.advance(120 * DAY)

    expect(dates()).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
    expect(subscription.status).toBe('active')
  })

  it('renews once a year where that is its interval', async () => {
    const subscription = await begin('year')
    renewWhenDue(simulator.account, subscription)
    simulator.account.clock.advance(800 * DAY)
    expect(dates()).toEqual(['2026-01-31', '2027-01-31', '2028-01-31'])
  })

  it('does not renew once it has ended', async () => {
    const subscription = await begin('month')
    renewWhenDue(simulator.account, subscription)
    simulator.account.clock.advance(DAY)
    simulator.cancelSubscription(subscription.id)
    simulator.account.clock.advance(90 * DAY)
    expect(dates()).toEqual(['2026-01-31'])
  })

  it('renews faster on a fast clock', async () => {
    simulator = await startStripe({ seed: 'fast', clock: { speed: (31 * DAY) / 30 } })
    const { account } = simulator
    const { customer } = signUp(account)
    const plan = { product: 'Pro', label: 'Pro', interval: 'month', currency: 'usd', amount: 1_000 } as const
    const subscription = subscribe(account, customer, { plan })
    simulator.saveCard(customer.id)

    const renewedThrice = new Promise<void>((resolve) => {
      renewWhenDue(account, subscription, { onRenewed: () => dates().length === 3 && resolve() })
    })
    await renewedThrice

    expect(subscription.items.data[0]!.current_period_end).toBeGreaterThan(account.clock.seconds())
  })
})
