import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from '@jest/globals'
import { Random } from '../simulator/random.js'
import { useDatabase } from '../support/database.js'
import { createTestRedis, describeWithRedis } from '../support/redis.js'
import {
  addresses,
  expectEachMailedOnce,
  type Installation,
  type Part,
  untilSettled,
  withInstallation,
} from './installation.js'
import { killLeftovers } from './processes.js'

const onPostgres = useDatabase()
const onRedis = useDatabase()
afterAll(killLeftovers)

const FAILURES = 500
const KILLING_MS = 14_000

const NAME = 'opens 500 cases and sends 500 first touches, none twice and none missing, of 500 failures with duplicates'

/** Web, worker or both are killed with -9 at moments that a seed decides, while 500 failures come in. */
async function drill(installation: Installation, seed: string): Promise<void> {
  const { simulators, web, worker } = installation
  const { stripe, mail } = simulators
  stripe.webhooks.configure({ duplicates: 0.2, shuffleMs: KILLING_MS - 2_000, retryMs: [100, 250, 500] })
  // Longer calls are cut more often: after the provider took the mails, before the worker wrote that down.
  mail.faults.add({ route: 'POST /emails/batch', kind: 'slow', ms: 200 })

  const customers = addresses('drill', FAILURES)
  const invoices = installation.failRenewals(customers)
  const until = Date.now() + KILLING_MS
  const kills = await Promise.all([
    killAgainAndAgain(web, until, new Random(`${seed}, web`)),
    killAgainAndAgain(worker, until, new Random(`${seed}, worker`)),
  ])
  const began = Date.now()
  await Promise.all([web.stop('SIGKILL'), worker.stop('SIGKILL')])
  await Promise.all([web.start(), worker.start()])
  await untilSettled(installation, FAILURES, 100_000)
  console.info(seed, kills, Date.now() - began, mail.calls.length, stripe.webhooks.deliveries.length)
  await expectEachMailedOnce(installation, invoices, customers)
}

/** Gives how often. */
async function killAgainAndAgain(part: Part, until: number, random: Random): Promise<number> {
  let kills = 0
  while (Date.now() < until) {
    await sleep(500 + random.next() * 1_500)
    await part.stop('SIGKILL')
    await part.start()
    kills += 1
  }
  return kills
}

describe('killed with -9 at random moments, queues in Postgres', () => {
  it.concurrent(
    NAME,
    () => withInstallation({ database: onPostgres, redisUrl: null, seed: 'p' }, (house) => drill(house, 'p')),
    200_000,
  )
})

describeWithRedis('killed with -9 at random moments, queues in Redis', () => {
  it.concurrent(NAME, async () => {
    const redis = await createTestRedis()
    await redis.start()
    try {
      await withInstallation({ database: onRedis, redisUrl: redis.url, seed: 'r' }, (house) => drill(house, 'r'))
    } finally {
      await redis.kill()
    }
  }, 200_000)
})
