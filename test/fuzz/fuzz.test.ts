import { beforeAll, describe, expect, it } from '@jest/globals'
import { useDatabase } from '../support/database.js'
import { facts } from './facts.js'
import { mailWebhook } from './mail-webhook.js'
import { runTarget } from './run-target.js'
import { type Family, stripeFamilies } from './seeds.js'
import { stripeWebhook } from './stripe-webhook.js'
import type { Target } from './target.js'

/**
 * A short look in every run of the tests, with another seed each time; `npm run fuzz` looks for longer. What fails tells its
 * seed: give it as FUZZ_SEED.
 */
const database = useDatabase()
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)

async function findsNothing<Case>(target: Target<Case>, cases: number): Promise<void> {
  try {
    const { fault, cases: tried } = await runTarget(target, { cases, seed })
    expect(fault).toBeNull()
    expect(tried).toBe(cases)
  } finally {
    await target.close()
  }
}

describe(`what strangers send, mutated by seed ${seed}`, () => {
  let families: Family[]
  beforeAll(async () => {
    families = await stripeFamilies()
  })

  it('is read into facts or refused', () => findsNothing(facts(families), 1_700), 60_000)

  it('is stored once by the webhook of Stripe and comes to an end, or is refused', async () => {
    await findsNothing(await stripeWebhook(database.db, families), 120)
  }, 60_000)

  it('is recorded by the webhooks of Resend, or refused', async () => {
    await findsNothing(await mailWebhook(database.db), 180)
  }, 60_000)
})
