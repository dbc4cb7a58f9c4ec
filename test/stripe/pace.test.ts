import { describe, expect, it } from '@jest/globals'
import { Pace, type RateLimits } from '../../src/stripe/pace.js'

/** A clock that stands until somebody waits, and then goes on to the next who is due. */
function aClock() {
  let time = 0
  const waiting: { at: number; go: () => void }[] = []
  return {
    now: () => new Date(time),
    wait: (ms: number) => new Promise<void>((go) => waiting.push({ at: time + ms, go })),
    set: (ms: number) => {
      time = ms
    },
    async runUntil(end: number) {
      for (;;) {
        await new Promise((done) => setImmediate(done))
        waiting.sort((a, b) => a.at - b.at)
        const next = waiting[0]
        if (!next || next.at > end) break
        waiting.shift()
        time = Math.max(time, next.at)
        next.go()
      }
      time = end
    },
  }
}

/** How many calls each of several tireless callers made in a stretch of seconds. */
async function callsIn(
  seconds: number,
  limits: RateLimits,
  endpoints: readonly string[],
  meddle?: (pace: Pace) => void,
) {
  const clock = aClock()
  const pace = new Pace(limits, clock)
  meddle?.(pace)
  const calls = new Map(endpoints.map((endpoint) => [endpoint, 0]))
  for (const endpoint of endpoints) {
    for (let caller = 0; caller < 8; caller += 1) {
      void (async () => {
        for (;;) {
          await pace.take(endpoint)
          if (clock.now().getTime() > seconds * 1_000) return
          calls.set(endpoint, (calls.get(endpoint) ?? 0) + 1)
          await clock.wait(100) // Stripe's answer.
        }
      })()
    }
  }
  await clock.runUntil(seconds * 1_000)
  return [...calls.values()]
}

describe('the pace of a long reading', () => {
  it('fills the limit of each operation, and never goes beyond', async () => {
    const [invoices = 0, charges = 0] = await callsIn(10, { account: 75, endpoint: 22 }, ['invoices', 'charges'])
    for (const calls of [invoices, charges]) {
      expect(calls).toBeLessThanOrEqual(221)
      expect(calls).toBeGreaterThan(210)
    }
  })

  it('fills the limit of the account when that is the lower one', async () => {
    const calls = await callsIn(10, { account: 20, endpoint: 20 }, ['invoices', 'charges', 'payments'])
    const all = calls.reduce((sum, each) => sum + each, 0)
    expect(all).toBeLessThanOrEqual(201)
    expect(all).toBeGreaterThan(190)
  })

  it('leaves to others what they use', async () => {
    const calls = await callsIn(10, { account: 20, endpoint: 20 }, ['invoices', 'charges'], (pace) => pace.leave(15))
    expect(calls.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(51)
  })

  it('waits as long as Stripe asks, goes half as fast, and comes back', async () => {
    const clock = aClock()
    const pace = new Pace({ account: 1_000, endpoint: 10 }, clock)
    pace.refused('charges', 3_000, false)
    pace.refused('charges', 3_000, false)
    const at: number[] = []
    const calls = (async () => {
      for (let n = 0; n < 120; n += 1) {
        await pace.take('charges')
        at.push(clock.now().getTime())
        pace.answered('charges')
      }
    })()
    await clock.runUntil(60_000)
    await calls
    expect(at[0]).toBe(3_000)
    expect(Math.round((at[1] ?? 0) - (at[0] ?? 0))).toBe(200)
    expect((at.at(-1) ?? 0) - (at.at(-2) ?? 0)).toBeLessThanOrEqual(101)
  })

  it('holds nobody else back for one operation that was refused', async () => {
    const clock = aClock()
    const pace = new Pace({ account: 1_000, endpoint: 10 }, clock)
    pace.refused('charges', 3_000, false)
    await pace.take('invoices')
    expect(clock.now().getTime()).toBe(0)
    pace.refused('charges', 3_000, true)
    let isThrough = false
    void pace.take('invoices').then(() => {
      isThrough = true
    })
    await clock.runUntil(2_900)
    expect(isThrough).toBe(false)
    await clock.runUntil(3_200)
    expect(isThrough).toBe(true)
  })
})
