import { beforeEach, describe, expect, it } from '@jest/globals'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { readOverview } from '../../src/recovery/read-overview.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aStoredCase, aStoredMail, aStoredTouch, DAY, HOUR } from '../support/stored-cases.js'

const database = useDatabase()
const { db } = database
const MINUTE = 60_000

describe('the overview', () => {
  let context: FakeContext
  let fernhill: TestWorkspace
  beforeEach(async () => {
    await db('owners').delete()
    context = fakeContext({ db, at: new Date('2026-11-22T14:00:00Z') })
    fernhill = await aWorkspace(context, { timeZone: 'Europe/Berlin' })
  })

  const read = (of = fernhill, { days = 30 } = {}) => {
    const until = context.now()
    const from = new Date(until.getTime() - days * DAY)
    const { id: workspaceId, connectionId } = of
    return readOverview(context, { workspaceId, connectionId, from, until, timeZone: 'Europe/Berlin' })
  }
  const ago = (ms: number) => new Date(context.now().getTime() - ms)
  const paid = (at: Date) =>
    ({ outcome: 'recovered', closed_at: at, settled_at: at, invoice_status: 'paid', amount_remaining: 0 }) as const

  it('is empty, and says so with zeros, while nothing has failed', async () => {
    expect(await read()).toEqual({
      sums: [],
      before: [],
      days: [],
      open: [],
      firstTouches: { touched: 0, p50: null, p95: null, slowest: null, breaches: 0, spread: [] },
      eventDays: [],
      needs: { needs: [], total: 0 },
      inbox: { lastEventAt: null, ofLastDay: 0, waiting: 0, oldestWaitingAt: null, failed: 0 },
      isNew: true,
    })
  })

  it('tells to the cent where the exposure of the period went, each currency apart', async () => {
    await aStoredCase(context, fernhill, {
      ago: 2 * DAY,
      exposure: 10_001,
      recovered: 10_001,
      open: 0,
      ...paid(ago(DAY)),
      assisted: true,
    })
    await aStoredCase(context, fernhill, {
      ago: 3 * DAY,
      exposure: 5_000,
      recovered: 2_000,
      returned: 3_000,
      open: 0,
      ...paid(ago(DAY)),
    })
    await aStoredCase(context, fernhill, { ago: 4 * DAY, exposure: 700, recovered: 200, open: 500 })
    const closed = { closed_at: ago(DAY), open: 0 }
    await aStoredCase(context, fernhill, { ago: 5 * DAY, exposure: 90, lost: 90, outcome: 'lost', ...closed })
    await aStoredCase(context, fernhill, { ago: 6 * DAY, exposure: 8, forgiven: 8, outcome: 'forgiven', ...closed })
    await aStoredCase(context, fernhill, { ago: 7 * DAY, exposure: 3, dismissed: 3, outcome: 'dismissed', ...closed })
    await aStoredCase(context, fernhill, { ago: 8 * DAY, exposure: 218_000, currency: 'jpy' })
    await aStoredCase(context, fernhill, { ago: 31 * DAY, exposure: 4_444 })

    const { sums, before } = await read()

    const nobody = { recoveredCases: 0, lostCases: 0, forgivenCases: 0, dismissedCases: 0 }
    const nothing = { recovered: 0, returned: 0, lost: 0, forgiven: 0, dismissed: 0, assisted: 0 }
    expect(sums).toEqual([
      { currency: 'jpy', cases: 1, ...nobody, openCases: 1, ...nothing, exposed: 218_000, open: 218_000 },
      {
        currency: 'usd',
        cases: 6,
        recoveredCases: 2,
        openCases: 1,
        lostCases: 1,
        forgivenCases: 1,
        dismissedCases: 1,
        exposed: 15_802,
        recovered: 12_201,
        returned: 3_000,
        open: 500,
        lost: 90,
        forgiven: 8,
        dismissed: 3,
        assisted: 10_001,
      },
    ])
    for (const { exposed, recovered, returned, open, lost, forgiven, dismissed } of sums) {
      expect(recovered + returned + open + lost + forgiven + dismissed).toBe(exposed)
    }
    expect(before).toEqual([{ currency: 'usd', exposed: 4_444, recovered: 0 }])
  })

  it('adds up day by day, where the workspace’s days begin', async () => {
    // Half an hour before midnight in Berlin, and half an hour after.
    const evening = context.now().getTime() - Date.parse('2026-11-20T22:30:00Z')
    await aStoredCase(context, fernhill, {
      ago: evening,
      exposure: 100,
      recovered: 100,
      open: 0,
      ...paid(new Date('2026-11-21T23:30:00Z')),
    })
    await aStoredCase(context, fernhill, { ago: evening - HOUR, exposure: 20 })

    expect((await read()).days).toEqual([
      { currency: 'usd', day: '2026-11-20', exposed: 100, recovered: 0 },
      { currency: 'usd', day: '2026-11-21', exposed: 20, recovered: 0 },
      { currency: 'usd', day: '2026-11-22', exposed: 0, recovered: 100 },
    ])
  })

  it('sorts open cases by age and by what comes next', async () => {
    const soon = new Date(context.now().getTime() + 3 * HOUR)
    const later = new Date(context.now().getTime() + 9 * HOUR)
    const mailed = await aStoredCase(context, fernhill, { ago: 10 * MINUTE, open: 14_900, next_attempt_at: later })
    await aStoredTouch(context, mailed, { step: 1, due_at: soon })
    const retried = await aStoredCase(context, fernhill, { ago: 5 * HOUR, next_attempt_at: soon })
    await aStoredTouch(context, retried, { step: 1, due_at: later })
    await aStoredCase(context, fernhill, { ago: 30 * DAY, customer_email: null, opened_at: ago(30 * DAY) })
    await aStoredCase(context, fernhill, { ago: 2 * DAY, currency: 'eur', exposure: 500 })

    const open = (await read()).open.map(({ age, currency, pressure, cases, nextAt }) => [
      age,
      currency,
      pressure,
      cases,
      nextAt,
    ])
    expect(open.sort()).toEqual(
      [
        ['under_1h', 'usd', 'mail', 1, soon],
        ['under_1d', 'usd', 'retry', 1, soon],
        ['under_3d', 'eur', 'nothing', 1, null],
        ['older', 'usd', 'human', 1, null],
      ].sort(),
    )
  })

  it('measures the first mails, and counts those that broke the promise or are breaking it', async () => {
    for (const seconds of [2, 4, 400]) {
      const each = await aStoredCase(context, fernhill, { ago: DAY })
      const at = new Date(each.received_at.getTime() + seconds * 1_000)
      const mail = await aStoredMail(context, each, { accepted_at: at })
      await aStoredTouch(context, each, { mail_id: mail.id, sent_at: at, due_at: each.received_at })
    }
    const waiting = await aStoredCase(context, fernhill, { ago: 6 * MINUTE })
    await aStoredTouch(context, waiting, { due_at: waiting.received_at })
    // Opened before prompts were turned on: nothing was promised.
    const earlier = await aStoredCase(context, fernhill, { ago: 3 * DAY })
    const late = await aStoredMail(context, earlier, { accepted_at: context.now() })
    await aStoredTouch(context, earlier, { mail_id: late.id, sent_at: context.now(), due_at: context.now() })
    const fresh = await aStoredCase(context, fernhill, { ago: MINUTE })
    await aStoredTouch(context, fresh, { due_at: fresh.received_at })

    expect((await read()).firstTouches).toEqual({
      touched: 3,
      p50: 4_000,
      p95: 400_000,
      slowest: 400_000,
      breaches: 2,
      spread: [2_000, 4_000, 400_000],
    })
  })

  it('tells on which days events came, and how the inbox stands', async () => {
    await aStoredEvent(context, fernhill, 'invoice.paid', { id: 'in_1' })
    context.advance(12 * HOUR)
    await aStoredEvent(context, fernhill, 'invoice.paid', { id: 'in_2' })
    await aStoredEvent(context, fernhill, 'invoice.paid', { id: 'in_3' })
    context.advance(HOUR)
    const { eventDays, inbox } = await read()
    expect(eventDays).toEqual(['2026-11-22', '2026-11-23'])
    expect(inbox).toEqual({
      lastEventAt: expect.any(Date),
      ofLastDay: 3,
      waiting: 3,
      oldestWaitingAt: expect.any(Date),
      failed: 0,
    })
  })

  it('knows nothing of another workspace, nor of a connection that ended', async () => {
    const other = await aWorkspace(context)
    await aStoredCase(context, other)
    await aStoredEvent(context, other, 'invoice.paid', { id: 'in_9' })
    const before = await read()
    await StripeConnection.query(db).findById(other.connectionId).patch({ replaced_at: context.now() })
    expect(before.sums).toEqual([])
    expect(await read(fernhill)).toEqual(before)
    expect((await read({ ...fernhill, connectionId: other.connectionId })).sums).toEqual([])
  })
})
