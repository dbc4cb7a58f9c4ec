import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { defineJob, type JobDefinition } from '../../jobs/define-job.js'
import { findAllGapsJob } from '../../jobs/find-all-gaps.js'
import { findGapsJob } from '../../jobs/find-gaps.js'
import { processEventsJob, processOtherEventsJob } from '../../jobs/process-events.js'
import { openQueueStore } from '../../jobs/queue.js'
import { runJobs } from '../../jobs/run-jobs.js'
import { SCHEDULES } from '../../jobs/schedule.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aGapWorld, type GapWorld, MINUTE } from '../support/gap-world.js'
import { aRing } from '../support/rings.js'

const database = useDatabase()
const { db } = database

describe('looking for gaps by itself', () => {
  let world: GapWorld
  let rung: [string, unknown][]
  beforeEach(async () => {
    await db('owners').delete()
    world = await aGapWorld(db)
    rung = []
  })
  afterEach(() => world.stripe.stop())

  const ring = aRing((job, payload) => void rung.push([job.name, payload]))
  const round = () => findAllGapsJob.run(world.context, {}, ring)

  it('rings for every connected workspace that was not checked a moment ago', async () => {
    const ringFor = [[findGapsJob.name, { workspaceId: world.workspace.id }]]
    await round()
    expect(rung).toEqual(ringFor)

    world.pass(10 * MINUTE)
    await world.find()
    await round()
    expect(rung).toEqual(ringFor)

    world.pass(10 * MINUTE)
    await round()
    expect(rung).toEqual([...ringFor, ...ringFor])
  })

  it.each([
    ['has no key any more', { replaced_at: new Date(), api_key_sealed: null }],
    ['has a key that Stripe refuses', { rejected_at: new Date() }],
  ])('leaves alone a workspace that %s', async (_, patch) => {
    await world.patchConnection(patch)
    await round()
    expect(rung).toEqual([])
  })

  it('rings for the events that it found, for failures before all others', async () => {
    world.stripe.failRenewal()
    world.pass(10 * MINUTE)
    const payload = { workspaceId: world.workspace.id }

    await findGapsJob.run(world.context, payload, ring)

    const inbox = await world.inbox()
    const ids = (events: typeof inbox) => events.map(({ id }) => id).sort()
    const failures = inbox.filter(({ type }) => type === 'invoice.payment_failed')
    const others = inbox.filter((event) => !failures.includes(event))
    expect([failures.length, others.length]).toEqual([1, 2])
    expect(rung).toEqual([
      [processEventsJob.name, { ...payload, eventIds: ids(failures) }],
      [processOtherEventsJob.name, { ...payload, eventIds: expect.arrayContaining(ids(others)) }],
    ])
  })

  it('comes round every ten minutes, and when a worker starts', () => {
    expect(SCHEDULES).toContainEqual({ job: findAllGapsJob, everyMs: 600_000, atStart: true })
  })
})

describe('a worker that starts', () => {
  it('rings at once for what is to be looked at after a downtime, long before its round', async () => {
    let runs = 0
    const job = defineJob({
      name: 'look-round',
      queue: 'checks',
      payload: z.object({}),
      options: { attempts: 1 },
      coalesce: () => 'all',
      run: async () => {
        runs += 1
      },
    })
    const context = fakeContext({ db })
    const start = () => {
      const store = openQueueStore({ redisUrl: null, databaseUrl: database.url, log: context.log })
      const schedules = [{ job, everyMs: 3_600_000, atStart: true } as const]
      const jobs = runJobs(context, store, [job as JobDefinition], schedules)
      return { store, stop: () => jobs.stop().then(() => store.close()) }
    }
    const first = openQueueStore({ redisUrl: null, databaseUrl: database.url, log: context.log })
    await first.migrate()
    await first.close()

    const before = start()
    await eventually(() => runs >= 1)
    await eventually(async () => (await before.store.queue('checks').getJobCountByTypes('active', 'waiting')) === 0)
    await before.stop()
    const sofar = runs

    const restarted = start()
    await eventually(() => runs > sofar)
    expect(await restarted.store.queue('checks').getJobCountByTypes('delayed', 'waiting')).toBe(1)
    await restarted.stop()
  })
})
