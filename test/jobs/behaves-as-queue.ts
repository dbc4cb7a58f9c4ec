import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import { z } from 'zod'
import { defineJob, type JobDefinition, type Ring } from '../../jobs/define-job.js'
import { createRing, openQueueStore, type QueueStore } from '../../jobs/queue.js'
import { runJobs } from '../../jobs/run-jobs.js'
import { PermanentError } from '../../src/errors.js'
import type { Running } from '../../src/shutdown.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import type { TestDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'

interface Bench {
  readonly context: FakeContext
  readonly store: QueueStore
  readonly ring: Ring
}

/** Gives the `REDIS_URL`, or none. */
type Open = () => string | null

const payload = z.object({ id: z.string() })
const options = { attempts: 3, backoff: { type: 'fixed', delay: 50 } }

/** A store whose jobs run until they are stopped, at the latest at the end of the test. */
function useStore(database: TestDatabase, open: Open) {
  let running: Running | undefined
  const stop = async () => {
    await running?.stop()
    running = undefined
  }
  afterEach(stop)

  /** Runs these jobs. */
  function start(...jobs: JobDefinition[]): Bench {
    const context = fakeContext({ db: database.db })
    const store = openQueueStore({ redisUrl: open(), databaseUrl: database.url, log: context.log })
    const jobsRunning = runJobs(context, store, jobs, [])
    running = {
      stop: async () => {
        await jobsRunning.stop()
        await store.close()
      },
    }
    return { context, store, ring: createRing(store, context.log) }
  }

  /** Runs this schedule of upkeep, and gives how often it ran. */
  async function schedule(everyMs: number, before?: (store: QueueStore) => Promise<unknown>) {
    let runs = 0
    const job = defineJob({
      name: 'tick',
      queue: 'upkeep',
      payload: z.object({}),
      options: { attempts: 1 },
      run: async () => {
        runs += 1
      },
    })
    const context = fakeContext({ db: database.db })
    const store = openQueueStore({ redisUrl: open(), databaseUrl: database.url, log: context.log })
    await before?.(store)
    const jobs = runJobs(context, store, [job as JobDefinition], [{ job: job as never, everyMs }])
    running = {
      stop: async () => {
        await jobs.stop()
        await store.queue('upkeep').removeJobScheduler('tick')
        await store.close()
      },
    }
    return { runs: () => runs }
  }

  return { start, stop, schedule }
}

/** What all stores must do alike, through the public API alone. */
export function behavesAsQueue(database: TestDatabase, open: Open): void {
  const { start, stop, schedule } = useStore(database, open)

  it('runs every job that was rung for in bulk, with its payload', async () => {
    const done: string[] = []
    const job = defineJob({
      name: 'a',
      queue: 'events',
      payload,
      options,
      run: async (_, { id }) => void done.push(id),
    })
    const ids = Array.from({ length: 300 }, (_, n) => `n${n}`)

    await start(job as JobDefinition).ring(job, ...ids.map((id) => ({ id })))

    await eventually(() => done.length === 300)
    expect(new Set(done)).toEqual(new Set(ids))
  })

  it('lets one ring wait while the same job runs, however often it is rung for', async () => {
    let runs = 0
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const job = defineJob({
      name: 'b',
      queue: 'mail',
      payload,
      options,
      coalesce: ({ id }) => id,
      run: async () => {
        runs += 1
        if (runs === 1) await held
      },
    })
    const { ring } = start(job as JobDefinition)
    await ring(job, { id: 'same' })
    await eventually(() => runs === 1)
    for (let n = 0; n < 5; n += 1) await ring(job, { id: 'same' })
    release()

    await eventually(() => runs === 2)
    await sleep(300)
    expect(runs).toBe(2)
  })

  it('tries again after a fault, and tells when the last attempt failed', async () => {
    let attempts = 0
    const given: string[] = []
    const job = defineJob({
      name: 'c',
      queue: 'events',
      payload,
      options,
      run: async () => {
        attempts += 1
        throw new Error('the world is on fire')
      },
      exhausted: async (_, { id }, reason) => void given.push(`${id}: ${reason}`),
    })
    await start(job as JobDefinition).ring(job, { id: 'x' })

    await eventually(() => given.length === 1)
    expect(attempts).toBe(3)
    expect(given).toEqual(['x: the world is on fire'])
  })

  it('does not try again what no retry mends', async () => {
    let attempts = 0
    const given: string[] = []
    const job = defineJob({
      name: 'd',
      queue: 'events',
      payload,
      options,
      run: async () => {
        attempts += 1
        throw new PermanentError('never')
      },
      exhausted: async (_, __, reason) => void given.push(reason),
    })
    await start(job as JobDefinition).ring(job, { id: 'x' })

    await eventually(() => given.length === 1)
    await sleep(300)
    expect(attempts).toBe(1)
  })

  it('refuses a payload of another shape without running the job', async () => {
    let runs = 0
    const job = defineJob({
      name: 'e',
      queue: 'events',
      payload,
      options,
      run: async () => {
        runs += 1
      },
    })
    const { store } = start(job as JobDefinition)
    const added = await store.queue('events').add('e', { id: 7 })

    await eventually(async () => (await added.getState()) === 'failed')
    expect(runs).toBe(0)
  })

  it('runs a schedule by itself', async () => {
    const { runs } = await schedule(300)
    await eventually(() => runs() >= 2)
  })

  it('does not wait for the next round of a schedule that a wrong clock has put far ahead', async () => {
    const startDate = Date.now() + 600_000
    const { runs } = await schedule(300, async (store) => {
      const repeat = { every: 300, startDate }
      await store.queue('upkeep').upsertJobScheduler('tick', repeat, { name: 'tick', data: {} })
      expect((await store.queue('upkeep').getJobScheduler('tick'))?.next).toBeGreaterThan(Date.now() + 500_000)
    })
    await eventually(() => runs() >= 2)
  })

  it('finishes what it began when it is stopped, and begins nothing more', async () => {
    let finished = 0
    const job = defineJob({
      name: 'f',
      queue: 'upkeep',
      payload,
      options,
      run: async () => {
        await sleep(200)
        finished += 1
      },
    })
    const { ring } = start(job as JobDefinition)
    await ring(job, { id: '1' }, { id: '2' }, { id: '3' }, { id: '4' })
    await sleep(100)
    await stop()

    expect(finished).toBe(2)
  })
}

/** What they must do with a ring for a time to come. It takes whole seconds. */
export function hearsLaterRings(database: TestDatabase, open: Open): void {
  const { start } = useStore(database, open)

  /** Notes when it runs, and for whom. */
  function aClock() {
    const runs: { id: string; at: number }[] = []
    const job = defineJob({
      name: 'later',
      queue: 'mail',
      payload,
      options,
      coalesce: ({ id }) => id,
      run: async (_, { id }) => void runs.push({ id, at: Date.now() }),
    })
    return { job, runs, ...start(job as JobDefinition) }
  }
  /** A whole second, one to two of them away. */
  const soon = () => Math.ceil(Date.now() / 1_000) * 1_000 + 1_000

  it('is heard then, not before', async () => {
    const { job, runs, ring } = aClock()
    const time = soon()
    await ring.at(new Date(time), job, { id: 'x' })

    await eventually(() => runs.length > 0)
    expect(runs[0]?.at).toBeGreaterThanOrEqual(time)
    await sleep(300)
    expect(runs).toHaveLength(1)
  })

  it('is one with others for the same second, and not with those for another', async () => {
    const { job, runs, ring } = aClock()
    const time = soon()
    for (const ms of [-900, -400, 0]) await ring.at(new Date(time + ms), job, { id: 'x' })
    await ring.at(new Date(time), job, { id: 'y' })
    await ring.at(new Date(time + 500), job, { id: 'x' })

    await eventually(() => runs.length >= 3)
    await sleep(500)
    const heard = (id: string) => runs.filter((run) => run.id === id).map(({ at }) => at)
    expect(heard('y')).toHaveLength(1)
    expect(heard('x')).toHaveLength(2)
    expect(heard('x')[0]).toBeGreaterThanOrEqual(time)
    expect(heard('x')[1]).toBeGreaterThanOrEqual(time + 1_000)
  })

  it('does not swallow a ring for now', async () => {
    const { job, runs, ring } = aClock()
    const time = soon()
    await ring.at(new Date(time), job, { id: 'x' })
    await ring(job, { id: 'x' })

    await eventually(() => runs.length === 1)
    expect(runs[0]?.at).toBeLessThan(time)
    await eventually(() => runs.length === 2)
    expect(runs[1]?.at).toBeGreaterThanOrEqual(time)
  })

  it('is heard at once when the time is over', async () => {
    const { job, runs, ring } = aClock()
    await ring.at(new Date(Date.now() - 60_000), job, { id: 'x' })
    await eventually(() => runs.length === 1)
  })
}
