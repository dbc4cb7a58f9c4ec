import { beforeEach, describe, expect, it } from '@jest/globals'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { prunePayloads } from '../../src/recovery/prune-payloads.js'
import { replayEvent } from '../../src/recovery/replay-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'

const database = useDatabase()
const { db } = database
const DAY = 86_400_000

let context: FakeContext
let workspace: TestWorkspace
let made = 0
beforeEach(async () => {
  await db('owners').delete()
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
  nock.cleanAll()
  nock(STRIPE_BASE).persist().get(/.*/).reply(503)
})

const isWhole = ({ payload }: StripeEvent) => payload.includes('@')
const events = () => StripeEvent.query(db).where({ workspace_id: workspace.id }).orderBy('received_at').orderBy('id')

async function anEvent({ processed = true } = {}) {
  made += 1
  const invoice = failedInvoice('2026-10-28.endive', { id: `in_${made}` })
  const key = await aStoredEvent(context, workspace, 'invoice.payment_failed', invoice)
  if (processed) await processEvent(context, key)
  return key
}

/** Many at once, processed, without a case each. */
async function manyEvents(count: number) {
  await anEvent()
  await db.raw(
    `insert into stripe_events (workspace_id, connection_id, stripe_event_id, type, occurred_at, payload, received_at,
       processed_at, outcome)
     select workspace_id, connection_id, 'evt_many_' || n, type, occurred_at, payload, received_at, processed_at, outcome
     from stripe_events, generate_series(2, ?) as n where workspace_id = ?`,
    [count, workspace.id],
  )
}

describe('pruning payloads', () => {
  it('takes what tells of people out of events older than 90 days, and out of no others', async () => {
    await anEvent()
    context.advance(89 * DAY)
    await anEvent()
    expect(await prunePayloads(context)).toBe(0)
    context.advance(1 * DAY + 1_000)
    expect(await prunePayloads(context)).toBe(1)
    expect((await events()).map(isWhole)).toEqual([false, true])
    expect(await prunePayloads(context)).toBe(0)
  })

  it('leaves an event that still shows what it did, and can be replayed without harm', async () => {
    const key = await anEvent()
    const [before] = await events()
    const recoveryCase = await db('recovery_cases').first()
    context.advance(91 * DAY)
    await prunePayloads(context)
    expect((await events())[0]).toMatchObject({ outcome: 'processed', detail: before?.detail })
    await replayEvent(context, { ...key, ownerId: workspace.owner.id })
    await processEvent(context, key)
    expect((await events())[0]).toMatchObject({ outcome: 'processed' })
    expect(await db('recovery_cases').first()).toMatchObject({
      exposure: recoveryCase.exposure,
      customer_email: recoveryCase.customer_email,
    })
  })

  it('goes on where it was broken off, however many arrived in one moment, and prunes none twice', async () => {
    await manyEvents(450)
    context.advance(91 * DAY)
    let looks = 0
    const stopping = {
      get aborted() {
        looks += 1
        return looks > 1
      },
    }
    const breaking = { ...context, stopping: stopping as AbortSignal }
    expect(await prunePayloads(breaking)).toBe(200)
    expect(await prunePayloads(context)).toBe(250)
    expect((await events()).some(isWhole)).toBe(false)
  })

  it('is done once by two workers together', async () => {
    await manyEvents(450)
    context.advance(91 * DAY)
    const counts = await Promise.all([prunePayloads(context), prunePayloads(context)])
    expect((await prunePayloads(context)) + counts[0] + counts[1]).toBe(450)
    expect((await events()).some(isWhole)).toBe(false)
  })

  it('waits for an event that nobody has processed, and lets webhooks pass meanwhile', async () => {
    await anEvent()
    context.advance(1_000)
    const left = await anEvent({ processed: false })
    context.advance(1_000)
    await anEvent()
    context.advance(91 * DAY)
    expect(await prunePayloads(context)).toBe(1)
    expect((await events()).map(isWhole)).toEqual([false, true, true])
    await processEvent(context, left)
    expect(await prunePayloads(context)).toBe(2)

    await db.transaction(async (trx) => {
      await trx('stripe_connections').where({ id: workspace.connectionId }).forNoKeyUpdate().select('id')
      await anEvent({ processed: false })
    })
  })
})
