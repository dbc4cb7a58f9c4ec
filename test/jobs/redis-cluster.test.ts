import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { createRing, openQueueStore } from '../../jobs/queue.js'
import { sweepJob } from '../../jobs/sweep.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { describeWithRedis } from '../support/redis.js'
import { startTestRedisCluster, type TestRedisCluster } from '../support/test-redis-cluster.js'
import { behavesAsQueue } from './behaves-as-queue.js'

const database = useDatabase()

describeWithRedis('queues on a Redis Cluster', () => {
  let cluster: TestRedisCluster
  beforeAll(async () => {
    cluster = await startTestRedisCluster()
  })
  afterEach(() => cluster.flush())
  afterAll(() => cluster?.stop())

  behavesAsQueue(database, () => cluster.url)

  it('keep the keys of all queues on one node, whichever one is named', async () => {
    const { log } = fakeContext({ db: database.db })
    for (const redisUrl of cluster.urls) {
      const store = openQueueStore({ redisUrl, databaseUrl: database.url, log })
      await eventually(() =>
        store
          .queue('upkeep')
          .waitUntilReady()
          .then(() => true),
      )
      await createRing(store, log)(sweepJob, {})
      await store.queue('mail').add('any', {})
      await store.close()
    }

    const withKeys = (await cluster.keys()).filter((keys) => keys.length > 0)
    expect(withKeys).toHaveLength(1)
    expect(withKeys[0]).toEqual(expect.arrayContaining(['{secondloop}:upkeep:wait', '{secondloop}:mail:wait']))
    expect(withKeys[0]?.filter((key) => !key.startsWith('{secondloop}:'))).toEqual([])
  })
})
