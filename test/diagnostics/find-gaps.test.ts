import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { readEventChecks } from '../../src/diagnostics/read-event-checks.js'
import { type EventKey, processEvent } from '../../src/recovery/process-event.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { useDatabase } from '../support/database.js'
import { aGapWorld, DAY, type GapWorld, HOUR, idsOf, MINUTE } from '../support/gap-world.js'

const { db } = useDatabase()
let world: GapWorld

beforeEach(async () => {
  world = await aGapWorld(db)
})
afterEach(() => world.stripe.stop())

/** As the owner is told. */
const told = () => readEventChecks(world.context, world.workspace.id, world.workspace.connectionId)
const later = (ms: number) => new Date(world.began.getTime() + ms)
const backfilled = async () => (await world.inbox()).filter(({ backfilled_at }) => backfilled_at)
const missing = async () => (await world.checks()).reduce((sum, check) => sum + check.events_missing, 0)

describe('finding gaps', () => {
  it('finds nothing where every webhook arrived, and keeps one row of it however often it looked', async () => {
    world.stripe.failRenewal()
    await world.arrive(world.happened())

    for (let round = 0; round < 3; round += 1) expect(await world.findLater()).toEqual({ found: [] })

    expect(await backfilled()).toEqual([])
    expect(await world.checks()).toMatchObject([{ events_missing: 0, failure: null, from_at: world.began }])
    expect(await told()).toEqual({
      checkedUntil: later(28 * MINUTE),
      lastCheckAt: later(30 * MINUTE),
      failure: null,
      gaps: [],
      outOfReach: [],
    })
  })

  it('takes in what no webhook brought, as Stripe tells it and marked, and it is processed like any other', async () => {
    const { invoice } = world.stripe.failRenewal()
    const lost = world.happened().find(({ type }) => type === 'invoice.payment_failed')
    await world.arrive(world.happened().filter((event) => event !== lost))

    const { found } = await world.findLater()

    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    const [event, ...others] = await backfilled()
    expect(others).toEqual([])
    expect(found).toEqual([{ workspaceId: world.workspace.id, eventId: event?.id, isFailure: true }])
    expect(event).toMatchObject({
      stripe_event_id: lost?.id,
      connection_id: world.workspace.connectionId,
      type: 'invoice.payment_failed',
      occurred_at: world.began,
      received_at: later(10 * MINUTE),
      backfilled_at: later(10 * MINUTE),
      processed_at: null,
    })
    expect(JSON.parse(event?.payload ?? '')).toMatchObject({ id: lost?.id, data: { object: { id: invoice.id } } })
    expect((await told()).gaps).toEqual([
      { from: world.began, until: later(8 * MINUTE), foundAt: later(10 * MINUTE), events: 1 },
    ])

    for (const key of found) await processEvent(world.context, key)
    expect(await RecoveryCase.query(db).where({ workspace_id: world.workspace.id })).toMatchObject([
      { stripe_invoice_id: invoice.id, outcome: null },
    ])
  })

  it('keeps the row of a gap as it is when later checks find nothing', async () => {
    world.stripe.failRenewal()
    await world.findLater()
    const [gap] = await world.checks()
    for (let round = 0; round < 2; round += 1) await world.findLater()

    expect(await world.checks()).toMatchObject([
      { id: gap?.id, ended_at: gap?.ended_at, events_missing: world.happened().length },
      { events_missing: 0, ended_at: later(30 * MINUTE) },
    ])
  })

  it('leaves alone what a webhook may still bring', async () => {
    world.pass(9 * MINUTE)
    world.stripe.failRenewal()
    world.pass(MINUTE)

    expect(await world.find()).toEqual({ found: [] })
    expect(await world.inbox()).toEqual([])
    await world.arrive(world.happened())
    await world.findLater()
    expect(await backfilled()).toEqual([])
  })

  it('finds what Stripe listed too late for the check before', async () => {
    world.stripe.failRenewal()
    await world.arrive(world.happened())
    await world.findLater()
    const late = world.happened().at(0)?.id
    await StripeEvent.query(db).where({ workspace_id: world.workspace.id, stripe_event_id: late }).delete()
    world.pass(30 * MINUTE)

    expect((await world.find()).found).toHaveLength(1)
    expect(idsOf(await backfilled())).toEqual([late])
  })

  it('leaves alone what failed before Stripe was connected', async () => {
    world.stripe.failRenewal()
    world.pass(HOUR)
    await world.patchConnection({ created_at: later(HOUR) })
    const before = world.happened().length
    world.stripe.failRenewal()

    await world.findLater()
    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened().slice(before)))
  })

  it('reads on through many pages and all types, more than Stripe takes in one question', async () => {
    for (let nth = 0; nth < 40; nth += 1) {
      const { invoice } = world.stripe.failRenewal()
      world.stripe.pay(invoice.id)
      world.stripe.dispute(invoice.id)
    }
    const { found } = await world.findLater()

    expect(WEBHOOK_EVENTS.length).toBeGreaterThan(20)
    expect(world.happened().length).toBeGreaterThan(200)
    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    expect(found).toHaveLength(world.happened().length)
    expect(new Set((await world.inbox()).map(({ type }) => type))).toContain('charge.dispute.created')
    expect(await world.checks()).toMatchObject([{ events_seen: found.length, events_missing: found.length }])
  })

  it('goes through a month of silence, and takes nothing of other types', async () => {
    for (let day = 0; day < 25; day += 1) {
      world.stripe.failRenewal()
      world.pass(DAY)
    }
    await world.findLater()

    const all = [...world.stripe.account.events.events]
    expect(all.length).toBeGreaterThan(world.happened().length)
    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    expect((await told()).checkedUntil).toEqual(later(25 * DAY + 8 * MINUTE))
  })

  it('says from when to when Stripe tells nothing any more, once', async () => {
    world.stripe.failRenewal()
    world.pass(20 * DAY)
    world.stripe.failRenewal()
    world.pass(20 * DAY)

    await world.find()
    const { events_checked_until: checked } = await world.connection()
    await world.findLater()

    const kept = world.happened().filter(({ created }) => created * 1_000 >= later(10 * DAY).getTime())
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(world.happened().length)
    expect(idsOf(await world.inbox())).toEqual(idsOf(kept))
    expect((await told()).outOfReach).toEqual([{ from: world.began, until: later(10 * DAY) }])
    expect(checked).toEqual(later(40 * DAY - 2 * MINUTE))
    expect(await told()).toMatchObject({ failure: null, lastCheckAt: world.context.now() })
  })

  it('says so also when there was nothing to find', async () => {
    world.pass(40 * DAY)
    await world.find()
    expect(await told()).toMatchObject({ gaps: [], outOfReach: [{ from: world.began, until: later(10 * DAY) }] })
  })

  it('never takes an event of the other mode', async () => {
    world.stripe.failRenewal()
    await world.patchConnection({ mode: 'live' })

    expect(await world.findLater()).toEqual({ found: [] })
    expect(await world.inbox()).toEqual([])
  })

  it.each([
    ['whose key was erased', { replaced_at: new Date(), api_key_sealed: null }],
    ['that was replaced', { replaced_at: new Date() }],
    ['whose key Stripe refuses', { rejected_at: new Date() }],
  ])('asks nothing for a connection %s', async (_, patch) => {
    world.stripe.failRenewal()
    await world.patchConnection(patch)

    expect(await world.findLater()).toEqual({ found: [] })
    expect(world.listings()).toBe(0)
  })

  it('asks nothing where no time has passed yet', async () => {
    world.stripe.failRenewal()
    world.pass(MINUTE)
    expect(await world.find()).toEqual({ found: [] })
    expect([world.listings(), await world.checks()]).toEqual([0, []])
  })
})

describe('finding gaps beside others', () => {
  it('stores an event once when its webhook arrives at the same time', async () => {
    for (let nth = 0; nth < 20; nth += 1) world.stripe.failRenewal()
    world.pass(10 * MINUTE)

    await Promise.all([world.find(), ...world.happened().map((event) => world.arrive([event]))])

    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    expect(await missing()).toBe((await backfilled()).length)
  })

  it('shares the finds when two workers look at once', async () => {
    for (let nth = 0; nth < 60; nth += 1) world.stripe.failRenewal()
    world.pass(10 * MINUTE)

    const [one, two] = await Promise.all([world.find(), world.find()])

    const found = [...one.found, ...two.found].map(({ eventId }) => eventId)
    expect(new Set(found).size).toBe(found.length)
    expect(found.sort()).toEqual((await world.inbox()).map(({ id }) => id).sort())
    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    expect(await missing()).toBe(found.length)
  })

  it('takes a webhook that arrives after all for what it is: known', async () => {
    world.stripe.failRenewal()
    const { found } = await world.findLater()
    for (const key of found) await processEvent(world.context, key)
    await world.arrive(world.happened())

    expect(await world.inbox()).toHaveLength(found.length)
    expect((await world.inbox()).every(({ processed_at, backfilled_at }) => processed_at && backfilled_at)).toBe(true)
  })
})

describe('an endpoint that was off for an hour', () => {
  it('has lost nothing of 200 failures, payments and cancellations', async () => {
    const { stripe } = world
    await world.useKey(stripe.addKey())
    const live = async (keys: readonly EventKey[]) => {
      for (const key of keys) await processEvent(world.context, key)
    }
    const before = Array.from({ length: 40 }, () => stripe.failRenewal())
    await world.arrive(world.happened())
    await live((await world.inbox()).map(({ workspace_id, id }) => ({ workspaceId: workspace_id, eventId: id })))
    await world.findLater()
    expect(await backfilled()).toEqual([])

    for (let nth = 0; nth < 200; nth += 1) {
      world.pass(HOUR / 200)
      const open = before[nth]
      if (open && nth % 2 === 0) stripe.pay(open.invoice.id)
      else if (open) stripe.cancelSubscription(open.subscription.id)
      else if (nth % 4 === 0) stripe.pay(stripe.failRenewal().invoice.id)
      else stripe.failRenewal()
    }
    const { found } = await world.findLater()

    expect(idsOf(await world.inbox())).toEqual(idsOf(world.happened()))
    expect(found).toHaveLength((await backfilled()).length)
    expect(await told()).toMatchObject({ failure: null, gaps: [{ events: found.length }] })
    await live(found)
    expect((await world.inbox()).filter(({ outcome }) => outcome !== 'processed' && outcome !== 'ignored')).toEqual([])
    expect(await world.findLater()).toEqual({ found: [] })
  }, 60_000)
})
