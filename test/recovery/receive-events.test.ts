import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { createEventReceiver, type IncomingEvent, type StoredEvent } from '../../src/recovery/receive-events.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace
let stored: StoredEvent[]

beforeEach(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  stored = []
})

const receiver = () => createEventReceiver(context, (events) => stored.push(...events))
const anEvent = (overrides: Partial<IncomingEvent> = {}): IncomingEvent => ({
  workspaceId: workspace.id,
  connectionId: workspace.connectionId,
  stripeEventId: `evt_${randomUUID()}`,
  type: 'invoice.paid',
  occurredAt: context.now(),
  payload: Buffer.from('{}'),
  receivedAt: context.now(),
  ...overrides,
})
const count = () => StripeEvent.query(database.db).where({ workspace_id: workspace.id }).resultSize()

describe('receiving events', () => {
  it('tells new from known, also within one batch, and reports each new one once', async () => {
    const { receive } = receiver()
    const event = anEvent()

    const together = await Promise.all([receive(event), receive(event), receive(anEvent())])
    expect(together.filter(Boolean)).toHaveLength(2)
    expect(await receive(event)).toBe(false)
    expect(await count()).toBe(2)
    expect(stored).toHaveLength(2)
  })

  it('stores the neighbours of an event that Postgres refuses', async () => {
    const { receive } = receiver()
    const good = anEvent()
    const bad = anEvent({ connectionId: randomUUID() })

    const results = await Promise.allSettled([receive(good), receive(bad), receive(anEvent())])

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await count()).toBe(2)
  })

  it('keeps two processes from deadlocking over the same events in another order', async () => {
    const one = receiver()
    const two = receiver()
    const events = Array.from({ length: 200 }, () => anEvent())

    const results = await Promise.all([
      ...events.map((event) => one.receive(event)),
      ...events.toReversed().map((event) => two.receive(event)),
    ])

    expect(results.filter(Boolean)).toHaveLength(200)
    expect(await count()).toBe(200)
  })

  it('commits what was accepted before it ends', async () => {
    const { receive, drain } = receiver()
    const accepted = Array.from({ length: 50 }, () => receive(anEvent()))
    await drain()

    expect(await count()).toBe(50)
    expect(await Promise.all(accepted)).toEqual(Array(50).fill(true))
  })
})
