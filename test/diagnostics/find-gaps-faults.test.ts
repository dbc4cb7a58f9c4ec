import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { spendStripeCall } from '../../src/db/queries/spend-stripe-call.js'
import { readEventChecks } from '../../src/diagnostics/read-event-checks.js'
import { useDatabase } from '../support/database.js'
import { aGapWorld, DAY, type GapWorld, HOUR, idsOf, MINUTE } from '../support/gap-world.js'

const { db } = useDatabase()
const LIST = 'GET /v1/events'
let world: GapWorld

beforeEach(async () => {
  world = await aGapWorld(db)
})
afterEach(() => world.stripe.stop())

const told = () => readEventChecks(world.context, world.workspace.id, world.workspace.connectionId)
const later = (ms: number) => new Date(world.began.getTime() + ms)
const missing = async () => (await world.checks()).reduce((sum, check) => sum + check.events_missing, 0)
const inboxIds = async () => idsOf(await world.inbox())
const fail = (count: number) => {
  for (let nth = 0; nth < count; nth += 1) world.stripe.failRenewal()
}
/** So long by the clock that both tell the time by. */
async function duration(work: Promise<unknown>): Promise<number> {
  const began = world.context.now().getTime()
  await work
  return world.context.now().getTime() - began
}

/** A process that ends when it has made so many calls to Stripe. */
function dyingAfter(calls: number): Context {
  let left = calls
  return {
    ...world.context,
    stripe(connection) {
      const stripe = world.context.stripe(connection)
      const list = (params: never) => {
        left -= 1
        if (left < 0) throw new Error('killed')
        return stripe.events.list(params)
      }
      return { events: { list } } as never
    },
  }
}

describe('a check that is killed', () => {
  it('leaves what it stored, a true count, and the rest to the next', async () => {
    fail(60)
    expect(world.happened().length).toBeGreaterThan(100)
    world.pass(10 * MINUTE)

    await expect(world.find(dyingAfter(1))).rejects.toThrow('killed')
    expect(await world.inbox()).toHaveLength(100)
    expect((await world.connection()).events_checked_until).toBeNull()
    expect(await missing()).toBe(100)

    const { found } = await world.findLater()
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    expect(await missing()).toBe(world.happened().length)
    expect(found).toHaveLength(world.happened().length - 100)
  })

  it('goes on at the last time up to which everything is stored', async () => {
    fail(3)
    world.pass(7 * HOUR)
    fail(3)
    world.pass(10 * MINUTE)

    await expect(world.find(dyingAfter(3))).rejects.toThrow('killed')
    expect((await told()).checkedUntil).toEqual(later(6 * HOUR))
    expect(await world.checks()).toMatchObject([{ from_at: world.began, to_at: later(6 * HOUR) }])

    const before = world.listings()
    await world.find()
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    expect(world.listings() - before).toBe(2)
  })

  it('does not lose what it knew to be out of reach', async () => {
    world.pass(40 * DAY)
    await expect(world.find(dyingAfter(3))).rejects.toThrow('killed')
    await world.findLater()

    expect((await told()).outOfReach).toEqual([{ from: world.began, until: later(10 * DAY) }])
  })
})

describe('a process that is asked to stop', () => {
  it('ends the check between two calls, and the next goes on', async () => {
    fail(60)
    world.pass(10 * MINUTE)
    const stopping = new AbortController()
    const { stripe } = world.context
    const ending: Context = {
      ...world.context,
      stopping: stopping.signal,
      stripe(connection) {
        stopping.abort()
        return stripe(connection)
      },
    }

    expect(await world.find(ending)).toEqual({ found: [] })
    expect([world.listings(), await world.checks()]).toEqual([0, []])
    expect((await world.find()).found).toHaveLength(world.happened().length)
  })
})

describe('a Stripe that does not give its events', () => {
  it.each([
    ['is down', { kind: 'status', status: 503 }, 'unreachable', /did not answer/],
    ['cuts the line', { kind: 'drop' }, 'unreachable', /did not answer/],
    ['sends half of it', { kind: 'reset' }, 'unreachable', /did not answer/],
    ['does not take the question', { kind: 'status', status: 400 }, 'refused', /did not accept/],
  ] as const)(
    'that %s is asked again at the next round, and an outage is one row',
    async (_, fault, failure, words) => {
      fail(1)
      const heal = world.stripe.faults.add({ route: LIST, ...fault })
      for (let round = 0; round < 3; round += 1) expect(await world.findLater()).toEqual({ found: [] })

      expect(await world.checks()).toMatchObject([
        { failure, began_at: later(10 * MINUTE), ended_at: later(30 * MINUTE), events_seen: 0, to_at: world.began },
      ])
      expect(await told()).toMatchObject({ checkedUntil: null, failure: expect.stringMatching(words) })

      heal()
      expect((await world.findLater()).found).toHaveLength(world.happened().length)
      expect(await told()).toMatchObject({ checkedUntil: later(38 * MINUTE), failure: null })
    },
  )

  it('asks for less when a page of a hundred is too much at once', async () => {
    fail(60)
    world.stripe.faults.add({ route: LIST, kind: 'status', status: 504, skip: 1, count: 1 })
    await world.findLater()

    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    const limits = world.stripe.log.to('GET', '/v1/events').map(({ query }) => new URLSearchParams(query).get('limit'))
    expect(limits.slice(0, 4)).toEqual(['100', '100', '10', '100'])
    expect(await world.checks()).toMatchObject([{ failure: null }])
  })

  it('keeps what it found before Stripe went away', async () => {
    fail(60)
    const heal = world.stripe.faults.add({ route: LIST, kind: 'status', status: 500, skip: 1 })
    expect((await world.findLater()).found).toHaveLength(100)
    expect(await world.checks()).toMatchObject([{ events_missing: 100, failure: 'unreachable' }])

    heal()
    await world.findLater()
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    expect(await missing()).toBe(world.happened().length)
  })

  it('waits as long as Stripe asks when there were too many calls', async () => {
    fail(1)
    world.pass(10 * MINUTE)
    world.stripe.faults.add({ route: LIST, kind: 'status', status: 429, retryAfter: 7, count: 2 })

    expect(await duration(world.find())).toBeGreaterThanOrEqual(14_000)
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    expect(await world.checks()).toMatchObject([{ failure: null }])
  })

  it('ends when Stripe goes on refusing, and goes on from there', async () => {
    fail(1)
    world.pass(7 * HOUR)
    fail(1)
    const heal = world.stripe.faults.add({ route: LIST, kind: 'status', status: 429, retryAfter: 3_600, skip: 2 })

    expect(await duration(world.findLater())).toBeLessThan(15 * MINUTE)
    expect(await told()).toMatchObject({
      checkedUntil: later(6 * HOUR),
      failure: expect.stringMatching(/had no time/),
    })
    heal()
    await world.findLater()
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
  })

  it('stays within the limits of a sandbox', async () => {
    await world.stripe.stop()
    world = await aGapWorld(db, { rateLimits: true })
    fail(600)
    await world.findLater()

    expect(await inboxIds()).toEqual(idsOf(world.happened()))
    expect(world.stripe.log.to('GET', '/v1/events').filter(({ status }) => status === 429)).toEqual([])
    expect(world.listings()).toBeGreaterThan(10)
  }, 60_000)

  it('leaves the calls to those that a customer waits for, but not for ever', async () => {
    fail(1)
    const spend = async (calls: number) => {
      for (let call = 0; call < calls; call += 1)
        await spendStripeCall(db, world.workspace.connectionId, 1, world.context.now())
    }
    const busy = {
      ...world.context,
      wait: async (ms: number) => {
        world.pass(ms)
        await spend(20)
      },
    }
    world.pass(10 * MINUTE)
    await spend(20)
    expect(await duration(world.find(busy))).toBeGreaterThanOrEqual(30_000)
    expect(world.listings()).toBe(0)
    expect(await world.checks()).toMatchObject([{ failure: 'rate_limited' }])

    await spend(20)
    expect(await duration(world.find())).toBeLessThanOrEqual(1_000)
    expect(await inboxIds()).toEqual(idsOf(world.happened()))
  })

  it('says which permission is missing, and looks again by itself once it is there', async () => {
    fail(1)
    await world.useKey(world.stripe.addKey(['rak_invoice_read']))
    for (let round = 0; round < 3; round += 1) await world.findLater()
    expect(await world.checks()).toMatchObject([{ failure: 'permission_missing', events_missing: 0 }])
    expect(await told()).toMatchObject({ failure: expect.stringContaining('Events, read') })

    await world.useKey()
    expect((await world.findLater()).found).toHaveLength(world.happened().length)
    expect(await told()).toMatchObject({ failure: null })
  })

  it('says once what it came too late for, when a permission was missing for more than 30 days', async () => {
    await world.useKey(world.stripe.addKey(['rak_invoice_read']))
    world.pass(40 * DAY)
    for (let round = 0; round < 3; round += 1) await world.findLater()
    expect(await world.checks()).toHaveLength(1)

    await world.useKey()
    await world.find()
    expect(await told()).toMatchObject({ failure: null, outOfReach: [{ from: world.began }] })
  })

  it('notes that Stripe refuses the key, and asks no more until there is another', async () => {
    fail(1)
    await world.useKey('rk_test_revoked')
    await world.findLater()
    expect(await told()).toMatchObject({ failure: expect.stringMatching(/refuses the key/) })
    expect((await world.connection()).rejected_at).not.toBeNull()

    const before = world.listings()
    await world.findLater()
    expect(world.listings()).toBe(before)
  })

  it('tells nothing of the events in the log', async () => {
    const { customer } = world.stripe.failRenewal({ email: 'ada@customers.example' })
    world.stripe.faults.add({ route: LIST, kind: 'reset' })
    await world.findLater()

    const logged = (world.context as Context & { logged: string[] }).logged.join('\n')
    expect(logged).toContain('event list could not be read')
    for (const secret of ['ada@customers.example', customer.id, 'rk_test_']) expect(logged).not.toContain(secret)
  })
})
