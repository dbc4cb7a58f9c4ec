import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { pauseMailSlots, takeMailSlot } from '../../src/db/queries/mail-slots.js'
import { spendStripeCall } from '../../src/db/queries/spend-stripe-call.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'

const { db } = useDatabase()
const NOW = Date.UTC(2026, 10, 23, 12)
const MINUTE = 60_000
const at = (ms: number) => new Date(NOW + ms)

describe('the pace of mail calls', () => {
  const take = (key: string, ms: number) => takeMailSlot(db, key, { spacingMs: 500, withinMs: 10_000, now: at(ms) })

  it('gives each call its own moment, and none that lies too far ahead', async () => {
    const key = randomUUID()
    const slots = []
    for (let n = 0; n < 23; n += 1) slots.push(await take(key, 0))
    expect(slots.slice(0, 21)).toEqual(Array.from({ length: 21 }, (_, n) => at(n * 500)))
    expect(slots.slice(21)).toEqual([null, null])
  })

  it('waits for nobody whose clock is ten minutes fast', async () => {
    const key = randomUUID()
    await take(key, 0)
    expect(await take(key, 10 * MINUTE)).toEqual(at(10 * MINUTE))
    expect(await take(key, 600)).toEqual(at(600))
    expect(await take(key, 600)).toEqual(at(1_100))
  })

  it('leaves the provider alone for as long as it asked, whatever slots there were', async () => {
    const key = randomUUID()
    await take(key, 0)
    await pauseMailSlots(db, key, { retryAfterMs: 30 * MINUTE, isThrottled: true, now: at(0) })
    expect(await take(key, 10_000)).toBeNull()
    expect(await take(key, 29 * MINUTE)).toBeNull()
    expect(await take(key, 30 * MINUTE - 5_000)).toEqual(at(30 * MINUTE))
    expect(await take(key, 30 * MINUTE)).toEqual(at(30 * MINUTE + 500))
  })
})

describe('the budget of calls to Stripe', () => {
  it('is spent second by second', async () => {
    const { connectionId } = await aWorkspace(fakeContext({ db }))
    const spend = (ms: number) => spendStripeCall(db, connectionId, 2, at(ms))
    expect([await spend(0), await spend(100), await spend(900)]).toEqual([true, true, false])
    expect([await spend(1_000), await spend(1_100), await spend(1_200)]).toEqual([true, true, false])
  })

  it('waits for nobody whose clock is ten minutes fast', async () => {
    const { connectionId } = await aWorkspace(fakeContext({ db }))
    const spend = (ms: number) => spendStripeCall(db, connectionId, 2, at(ms))
    for (let n = 0; n < 3; n += 1) await spend(10 * MINUTE)
    expect([await spend(0), await spend(100), await spend(900)]).toEqual([true, true, false])
  })
})
