import { afterAll, describe, it } from '@jest/globals'
import { useDatabase } from '../support/database.js'
import { describeWithRedis } from '../support/redis.js'
import { createTestRedis, type TestRedis } from '../support/test-redis.js'
import { customerRecovers } from './customers-way.js'
import { type Installation, withInstallation } from './installation.js'
import { killDrill } from './kill-drill.js'
import { mailProviderFails } from './mail-outage.js'
import { killLeftovers } from './processes.js'
import { redisFlushed } from './redis-outage.js'
import { stopsInTheMiddle } from './stopping.js'
import { stripeAnswers503 } from './stripe-outage.js'

/**
 * Each scenario has processes, a database, a Stripe and a provider of its own. They mostly wait, so they run together. What
 * has little to do with where the queues live is played on one store only; the drills play everything on both.
 */
const LONGEST_MS = 240_000

const concurrently = {
  onPostgres: it.concurrent,
  onRedis: describeWithRedis === describe ? it.concurrent : it.concurrent.skip,
}

function onPostgres(name: string, play: (installation: Installation) => Promise<void>): void {
  const database = useDatabase()
  concurrently.onPostgres(
    `${name}, with queues in Postgres`,
    () => withInstallation({ database, redisUrl: null, seed: name }, play),
    LONGEST_MS,
  )
}

function onRedis(name: string, play: (installation: Installation, redis: TestRedis) => Promise<void>): void {
  const database = useDatabase()
  concurrently.onRedis(
    `${name}, with queues in Redis`,
    async () => {
      const redis = await createTestRedis()
      await redis.start()
      try {
        await withInstallation({ database, redisUrl: redis.url, seed: name }, (installation) =>
          play(installation, redis),
        )
      } finally {
        await redis.kill()
      }
    },
    LONGEST_MS,
  )
}

function onBoth(name: string, play: (installation: Installation) => Promise<void>): void {
  onPostgres(name, play)
  onRedis(name, play)
}

describe('whatever breaks, each customer gets the first touch once', () => {
  onRedis('when web and worker are killed with -9 at any moment of 150 failures with duplicates', killDrill)
  onPostgres('when the mail provider limits, is down, cuts the line or falls silent', mailProviderFails)
  onRedis('when Redis forgets everything', redisFlushed)
  onRedis('when Stripe answers nothing but 503, within seconds, and the facts follow', stripeAnswers503)
  onBoth(
    'when web and worker are asked to stop in the middle, which they do at once and with status 0',
    stopsInTheMiddle,
  )
  onPostgres('and the customer who follows its link and saves a new card is recovered', customerRecovers)
})

afterAll(killLeftovers)
