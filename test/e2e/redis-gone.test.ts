import { expect, it } from '@jest/globals'
import { useDatabase } from '../support/database.js'
import { describeWithRedis } from '../support/redis.js'
import { createTestRedis } from '../support/test-redis.js'
import { withInstallation } from './installation.js'
import { redisKilled } from './redis-outage.js'

const database = useDatabase()

/** Apart from the other outages, which share two cores: here a second is a second. */
describeWithRedis('while Redis is gone', () => {
  it('webhooks get 200 within a second, and everything catches up when it is back', async () => {
    const redis = await createTestRedis()
    await redis.start()
    expect.hasAssertions()
    try {
      const wishes = { database, redisUrl: redis.url, seed: 'redis gone' }
      await withInstallation(wishes, (installation) => redisKilled(installation, redis))
    } finally {
      await redis.kill()
    }
  }, 120_000)
})
