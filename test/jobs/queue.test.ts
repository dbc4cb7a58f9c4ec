import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { defineJob, type JobDefinition } from '../../jobs/define-job.js'
import { createRing, openQueueStore } from '../../jobs/queue.js'
import { runJobs } from '../../jobs/run-jobs.js'
import { connect } from '../../src/db/knex.js'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { describeWithRedis } from '../support/redis.js'
import { createTestRedis, type TestRedis } from '../support/test-redis.js'
import { behavesAsQueue, hearsLaterRings } from './behaves-as-queue.js'

const database = useDatabase()

describe('queues on Postgres', () => {
  behavesAsQueue(database, () => null)
  describe('a ring for a time to come', () => hearsLaterRings(database, () => null))
})

describeWithRedis('queues on Redis', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await createTestRedis()
    await redis.start()
  })
  afterEach(() => redis.flush())
  afterAll(() => redis.kill())

  behavesAsQueue(database, () => redis.url)
  describe('a ring for a time to come', () => hearsLaterRings(database, () => redis.url))
})

describe('a Postgres that goes away', () => {
  it('is not asked in a loop, and is worked on again when it is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secondloop-queue-'))
    await chmod(folder, 0o755)
    const settings = { fsync: 'off' }
    let postgres = await startEmbeddedPostgres({ dataDir: folder, settings })
    const context = fakeContext({ db: connect(postgres.url, { max: 2 }) })
    const store = openQueueStore({ redisUrl: null, databaseUrl: postgres.url, log: context.log })
    await store.migrate()
    let runs = 0
    const job = defineJob({
      name: 'h',
      queue: 'events',
      payload: z.object({}),
      options: { attempts: 1 },
      run: async () => {
        runs += 1
      },
    })
    const jobs = runJobs(context, store, [job as JobDefinition], [])
    const ring = createRing(store, context.log)
    try {
      await ring(job, {})
      await eventually(() => runs === 1)

      await postgres.stop()
      const before = context.logged.length
      await sleep(3_000)
      expect(context.logged.length - before).toBeLessThan(200)

      postgres = await startEmbeddedPostgres({ dataDir: folder, settings })
      await eventually(async () => {
        await ring(job, {})
        return runs > 1
      }, 20_000)
    } finally {
      await jobs.stop()
      await store.close()
      await context.db.destroy()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)
})

describeWithRedis('a Redis that goes away', () => {
  it('delays a ring by a quarter of a second at most, is not asked in a loop, and is worked on again when it is back', async () => {
    const redis = await createTestRedis()
    await redis.start()
    const context = fakeContext({ db: database.db })
    const store = openQueueStore({ redisUrl: redis.url, databaseUrl: database.url, log: context.log })
    let runs = 0
    const job = defineJob({
      name: 'g',
      queue: 'events',
      payload: z.object({}),
      options: { attempts: 1 },
      run: async () => {
        runs += 1
      },
    })
    const jobs = runJobs(context, store, [job as JobDefinition], [])
    const ring = createRing(store, context.log)
    try {
      await ring(job, {})
      await eventually(() => runs === 1)
      await redis.kill()

      const began = Date.now()
      await ring(job, {})
      expect(Date.now() - began).toBeLessThan(1_000)
      await sleep(3_000)
      expect(context.logged.length).toBeLessThan(200)

      await redis.start()
      await eventually(async () => {
        await ring(job, {})
        return runs > 1
      }, 15_000)
    } finally {
      await redis.start().catch(() => undefined)
      await jobs.stop()
      await store.close()
      await redis.kill()
    }
  }, 40_000)
})
