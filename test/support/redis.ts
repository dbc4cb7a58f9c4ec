import { describe } from '@jest/globals'
import { isRedisInstalled } from './test-redis.js'

/**
 * `describe` for what needs a real Redis. Without `redis-server` it is reported as skipped, unless `REQUIRE_REDIS=1`
 * turns that into a failure.
 */
export const describeWithRedis = isRedisInstalled || process.env.REQUIRE_REDIS === '1' ? describe : describe.skip

if (!isRedisInstalled && process.env.REQUIRE_REDIS !== '1') {
  console.warn('Skipped: tests on Redis. They need redis-server: apt-get install redis-server')
}
