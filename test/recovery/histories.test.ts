import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Context } from '../../src/context.js'
import type { Db } from '../../src/db/knex.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { findGaps } from '../../src/diagnostics/find-gaps.js'
import { processEvent } from '../../src/recovery/process-event.js'
import type { StoredEvent } from '../../src/recovery/receive-events.js'
import { History } from '../simulator/history/history.js'
import { truthOf } from '../simulator/history/truth.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { rollFor } from '../simulator/random.js'
import { CURRENT_VERSION } from '../simulator/stripe/versions/versions.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { pastEvents, store } from '../support/past-events.js'

const database = useDatabase()
const DAY = 24 * 3_600_000
const UNTIL = Date.UTC(2026, 9, 1)
const VERSIONS = ['2022-11-15', '2024-09-30.acacia', CURRENT_VERSION]
const ASKED = 'GET /v1/invoices/:id'

/** A little after the end. */
let time = UNTIL + 600_000
let stripe: StripeSimulator
let context: Context

beforeAll(async () => {
  stripe = await startStripe({ seed: 'histories', afterRetries: 'cancel', clock: { manual: true } })
  const history = new History(stripe, { from: UNTIL - 29 * DAY, until: UNTIL, customers: 160, failures: 0.9 })
  while (history.step());
  context = {
    ...fakeContext({ db: database.db, settings: { stripeApiBase: stripe.url } }),
    now: () => new Date(time),
    async wait(ms) {
      time += ms
    },
  }
}, 60_000)
afterEach(() => stripe.faults.clear())
afterAll(() => stripe.stop())

async function connected(): Promise<TestWorkspace> {
  const workspace = await aWorkspace(context, { promptsOn: false })
  const { cipher, db } = context
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  await StripeConnection.query(db)
    .findById(workspace.connectionId)
    .patch({ api_key_sealed: cipher.seal(stripe.addKey(), place), created_at: new Date(UNTIL - 29 * DAY) })
  return workspace
}

/** What every case comes to, by invoice. */
async function figures(db: Db, workspaceId: string) {
  const cases = await RecoveryCase.query(db).where({ workspace_id: workspaceId })
  return new Map(
    cases.map((row) => {
      const { currency, exposure: exposed, recovered, returned, lost, forgiven, open, failed_at, closed_at } = row
      const times = { failed: seconds(failed_at), closed: seconds(closed_at) }
      return [row.stripe_invoice_id, { currency, exposed, recovered, returned, lost, forgiven, open, ...times }]
    }),
  )
}

const seconds = (time: Date | null) => time && time.getTime() / 1000

/** What really became of every failed renewal, by invoice. */
function truth() {
  return new Map(
    truthOf(stripe.account).map((row) => {
      const { currency, exposed, recovered, returned, lost, forgiven, open, exposed_at: failed } = row
      const wasPaid = recovered + returned > 0
      const closed = open > 0 ? null : lost > 0 ? row.lost_at : wasPaid ? row.recovered_at : row.forgiven_at
      return [row.invoice, { currency, exposed, recovered, returned, lost, forgiven, open, failed, closed }]
    }),
  )
}

/** By four workers. After every single event the exposure is accounted for. */
async function processAll(events: readonly StoredEvent[]): Promise<void> {
  const left = [...events]
  const work = async () => {
    for (let event = left.shift(); event; event = left.shift()) {
      await processEvent(context, event)
      expect(await unaccounted(event.workspaceId)).toBe(0)
    }
  }
  await Promise.all([work(), work(), work(), work()])
}

async function unaccounted(workspaceId: string): Promise<number> {
  return RecoveryCase.query(database.db)
    .where({ workspace_id: workspaceId })
    .whereRaw('exposure <> recovered + returned + lost + forgiven + dismissed + open')
    .resultSize()
}

/** In an order that only the seed decides, some of them twice. */
function shuffled<T extends { id: string }>(events: readonly T[], seed: string): T[] {
  const twice = events.filter(({ id }) => rollFor(seed, 'twice', id) < 0.2)
  return [...events, ...twice]
    .map((event, nth) => ({ event, place: rollFor(seed, 'place', event.id, String(nth)) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event)
}

async function noneFailed(workspaceId: string) {
  const failed = await StripeEvent.query(database.db).where({ workspace_id: workspaceId, outcome: 'failed' })
  expect(failed.map(({ type, detail }) => [type, detail])).toEqual([])
}

describe('a month of a business', () => {
  it('has every kind of ending to be told', () => {
    const rows = [...truth().values()]
    for (const ending of ['recovered', 'returned', 'lost', 'forgiven', 'open'] as const) {
      expect([ending, rows.filter((row) => row[ending] > 0).length > 0]).toEqual([ending, true])
    }
  })

  it('ends in Stripe’s own truth by its events alone, in whatever order and number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.constantFrom(...VERSIONS), async (seed, version) => {
        stripe.faults.add({ route: ASKED, kind: 'status', status: 503 })
        const workspace = await connected()

        await processAll(await store(context, workspace, stripe, shuffled(pastEvents(stripe), seed), version))

        await noneFailed(workspace.id)
        expect(await figures(database.db, workspace.id)).toEqual(truth())
      }),
      { numRuns: 3, examples: VERSIONS.map((version) => ['', version] as [string, string]) },
    )
  }, 180_000)

  it('ends there as well when a part of its events was lost, once the gaps are filled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.constantFrom(...VERSIONS), async (seed, version) => {
        const workspace = await connected()
        const heard = pastEvents(stripe).filter(({ id }) => rollFor(seed, 'lost', id) >= 0.2)
        await processAll(await store(context, workspace, stripe, shuffled(heard, seed), version))

        const { found } = await findGaps(context, { workspaceId: workspace.id })
        await processAll(found)

        expect(found).toHaveLength(pastEvents(stripe).length - heard.length)
        await noneFailed(workspace.id)
        expect(await figures(database.db, workspace.id)).toEqual(truth())
      }),
      { numRuns: 2 },
    )
  }, 180_000)

  it('ends there with Stripe asked now and then, whatever it has told since the event', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (seed) => {
        stripe.faults.add({ route: ASKED, kind: 'status', status: 503, share: 0.5 })
        const workspace = await connected()

        await processAll(await store(context, workspace, stripe, shuffled(pastEvents(stripe), seed), CURRENT_VERSION))

        expect(await figures(database.db, workspace.id)).toEqual(truth())
      }),
      { numRuns: 2 },
    )
  }, 180_000)
})
