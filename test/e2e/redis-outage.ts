import { expect } from '@jest/globals'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { eventually } from '../support/eventually.js'
import type { TestRedis } from '../support/test-redis.js'
import { addresses, expectEachMailedOnce, type Installation, untilSettled } from './installation.js'

/** Webhooks one after the other, each with its own time, then many at once. */
const ONE_BY_ONE = addresses('one-by-one', 20)
const AT_ONCE = addresses('at-once', 40)
const BEFORE = addresses('before', 40)

/** Redis dies with work in it, webhooks go on, and it comes back empty. */
export async function redisKilled(installation: Installation, redis: TestRedis): Promise<void> {
  const { webhooks } = installation.simulators.stripe
  const invoices = installation.failRenewals(BEFORE)
  await webhooks.settled()
  await redis.kill()

  const answeredAfter: number[] = []
  for (const address of ONE_BY_ONE) {
    const began = Date.now()
    invoices.push(...installation.failRenewals([address]))
    await webhooks.settled()
    answeredAfter.push(Date.now() - began)
  }
  const began = Date.now()
  invoices.push(...installation.failRenewals(AT_ONCE))
  await webhooks.settled()
  for (const delivery of webhooks.deliveries.slice(-AT_ONCE.length)) answeredAfter.push(delivery.deliveredAt! - began)
  expect(answeredAfter).toHaveLength(ONE_BY_ONE.length + AT_ONCE.length)
  expect(Math.max(...answeredAfter)).toBeLessThan(1_000)
  expect(webhooks.deliveries.filter(({ tries }) => tries > 1)).toEqual([])

  await redis.start()
  const customers = [...BEFORE, ...ONE_BY_ONE, ...AT_ONCE]
  await untilSettled(installation, customers.length, 120_000)
  await expectEachMailedOnce(installation, invoices, customers)
}

/** Redis forgets everything, once while events wait and once while mails go out. */
export async function redisFlushed(installation: Installation, redis: TestRedis): Promise<void> {
  const { db, simulators } = installation
  const { stripe, mail } = simulators
  // The work lasts long enough to be interrupted.
  stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'slow', ms: 600 })
  mail.faults.add({ route: 'POST /emails/batch', kind: 'slow', ms: 300 })

  const customers = addresses('flushed', 200)
  const invoices = installation.failRenewals(customers)
  await eventually(async () => (await waiting()) >= 10, 60_000)
  await redis.flush()
  await stripe.webhooks.settled()

  await mail.inbox.next({}, 30_000)
  await redis.flush()

  await untilSettled(installation, customers.length, 120_000)
  await expectEachMailedOnce(installation, invoices, customers)

  function waiting(): Promise<number> {
    return StripeEvent.query(db).whereNull('processed_at').resultSize()
  }
}
