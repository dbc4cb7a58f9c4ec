import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { processEventsJob } from '../../jobs/process-events.js'
import { ringForEvents } from '../../jobs/ring-for-events.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { aRing } from '../support/rings.js'

const database = useDatabase()
const { db } = database

describe('events that are processed together', () => {
  let context: FakeContext
  let workspace: TestWorkspace
  let rung: string[]
  beforeEach(async () => {
    await db('owners').delete()
    context = fakeContext({ db })
    workspace = await aWorkspace(context)
    rung = []
    nock(STRIPE_BASE).persist().get(/.*/).reply(503)
  })
  afterEach(() => nock.cleanAll())

  const ring = aRing(({ name }) => void rung.push(name))
  const failures = async (...invoiceIds: string[]) => {
    const eventIds: string[] = []
    for (const id of invoiceIds) {
      const event = await aStoredEvent(
        context,
        workspace,
        'invoice.payment_failed',
        failedInvoice('2026-10-28.endive', { id }),
      )
      eventIds.push(event.eventId)
    }
    return { workspaceId: workspace.id, eventIds }
  }
  const outcomes = async ({ eventIds }: { eventIds: string[] }) => {
    const events = await StripeEvent.query(db).whereIn('id', eventIds)
    return eventIds.map((id) => events.find((event) => event.id === id)?.outcome ?? null)
  }
  /** Until it is called, nothing can be written about the case of this invoice. */
  const breakCase = async (invoiceId: string) => {
    await db.raw(`alter table recovery_cases add constraint broken check (stripe_invoice_id <> '${invoiceId}')`)
    return () => db.raw('alter table recovery_cases drop constraint broken')
  }

  it('open their cases, and what became due is rung for once', async () => {
    const payload = await failures('in_1', 'in_2', 'in_3')
    await processEventsJob.run(context, payload, ring)
    expect(await outcomes(payload)).toEqual(['processed', 'processed', 'processed'])
    expect(rung).toEqual(['deliver-touches'])
  })

  it('do not wait for one that fails, which is tried again alone', async () => {
    const payload = await failures('in_1', 'in_2', 'in_3')
    const mend = await breakCase('in_2')
    await expect(processEventsJob.run(context, payload, ring)).rejects.toThrow('broken')
    expect(await outcomes(payload)).toEqual(['processed', null, 'processed'])
    expect(rung).toContain('deliver-touches')

    await mend()
    await processEventsJob.run(context, payload, ring)
    expect(await outcomes(payload)).toEqual(['processed', 'processed', 'processed'])
    const cases = await db('recovery_cases').select('stripe_invoice_id')
    expect(cases.map(({ stripe_invoice_id }) => stripe_invoice_id).sort()).toEqual(['in_1', 'in_2', 'in_3'])
  })

  it('end as failed where no attempt came through, and nothing else changes', async () => {
    const payload = await failures('in_1', 'in_2')
    const mend = await breakCase('in_2')
    await expect(processEventsJob.run(context, payload, ring)).rejects.toThrow('broken')
    await processEventsJob.exhausted?.(context, payload, 'it could not be written')
    await mend()
    expect(await outcomes(payload)).toEqual(['processed', 'failed'])
  })
})

describe('rings for events', () => {
  it('are shared by ten of a workspace, in the order given, failures before all others', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    const stored = Array.from({ length: 36 }, (_, n) => ({
      workspaceId: n % 2 ? other : one,
      eventId: randomUUID(),
      isFailure: n >= 12,
    }))
    const rung: [string, { workspaceId: string; eventIds: string[] }][] = []
    await ringForEvents(
      aRing((job, payload) => void rung.push([job.name, payload as never])),
      stored,
    )

    const failures = ['process-events', 'process-events', 'process-events', 'process-events']
    expect(rung.map(([name]) => name)).toEqual([...failures, 'process-other-events', 'process-other-events'])
    expect(rung.map(([, { eventIds }]) => eventIds.length)).toEqual([10, 10, 2, 2, 6, 6])
    for (const workspaceId of [one, other]) {
      const ofOne = rung.filter(([, payload]) => payload.workspaceId === workspaceId).flatMap(([, job]) => job.eventIds)
      const mine = stored.filter((event) => event.workspaceId === workspaceId)
      expect(ofOne).toEqual([...mine.slice(6), ...mine.slice(0, 6)].map(({ eventId }) => eventId))
    }
  })
})
