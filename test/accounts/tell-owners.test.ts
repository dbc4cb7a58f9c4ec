import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkStripeKey, connectStripe } from '../../src/accounts/connect-stripe.js'
import { isStripeVerified } from '../../src/accounts/stripe-status.js'
import { hasToTellOwners, tellOwners } from '../../src/accounts/tell-owners.js'
import { connectionOf } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
let stripe: StripeSimulator
let context: FakeContext
let workspace: TestWorkspace
let key: string

beforeAll(async () => {
  stripe = await startStripe()
})
beforeEach(async () => {
  await StripeConnection.query(database.db).delete()
  context = fakeContext({ db: database.db, settings: { stripeApiBase: stripe.url } })
  workspace = await aWorkspace(context)
  await StripeConnection.query(database.db).where({ workspace_id: workspace.id }).delete()
  key = stripe.addKey()
  await connectStripe(context, { workspaceId: workspace.id, key, signingSecret: 'whsec_abcd1234' })
})
afterAll(() => stripe.stop())

const connection = () => StripeConnection.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const ask = async () => {
  const client = context.stripe(await connectionOf(context, workspace.id, (await connection()).id))
  await client.invoices.retrieve('in_none').catch(() => undefined)
}
async function aRejectedKey() {
  stripe.keys.revoke(key)
  await ask()
}
const told = () => context.outbox.map(({ to, subject }) => [to, subject])
const MAIL = () => [workspace.owner.email, 'Stripe no longer accepts your key']

describe('a key that Stripe no longer accepts', () => {
  it('is noted wherever it is used, and the owner is told once by two workers together', async () => {
    await aRejectedKey()
    await ask()
    expect(await hasToTellOwners(context)).toBe(true)
    await Promise.all([tellOwners(context), tellOwners(context)])
    await ask()
    await tellOwners(context)

    expect(told()).toEqual([MAIL()])
    expect(await hasToTellOwners(context)).toBe(false)
  })

  it('locks nothing that was open', async () => {
    await aRejectedKey()
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
  })

  it('is told after a crash under the same key, so that one mail arrives', async () => {
    await aRejectedKey()
    const crashing = { ...context, db: context.db, log: context.log }
    context.answers = [
      async () => {
        throw new Error('killed')
      },
    ]
    await tellOwners(crashing).catch(() => undefined)
    await tellOwners(context)
    expect(told()).toEqual([])

    context.advance(2 * 60_000)
    await tellOwners(context)
    expect(told()).toEqual([MAIL()])
    expect(new Set(context.calls.map((call) => call.key)).size).toBe(1)
    expect(new Set(context.calls.map(({ mails }) => JSON.stringify(mails))).size).toBe(1)
  })

  it('is told later when the provider takes nothing now', async () => {
    await aRejectedKey()
    const no = { kind: 'not_accepted', reason: 'down', retryAfterMs: 60_000, isThrottled: false } as const
    context.answers = [no]
    await tellOwners(context)
    expect(told()).toEqual([])
    context.advance(2 * 60_000)
    await tellOwners(context)
    expect(told()).toEqual([MAIL()])
  })

  it('is said at the terminal where no mail is set up', async () => {
    await aRejectedKey()
    const silent = fakeContext({ db: database.db, mail: null })
    await tellOwners(silent)
    await tellOwners(silent)
    expect(silent.said).toHaveLength(1)
    expect(silent.said[0]).not.toContain('@')
  })

  it('is forgotten once Stripe takes it again, and told anew the next time', async () => {
    await aRejectedKey()
    await tellOwners(context)
    stripe.keys.add(key, 'all')
    await ask()
    expect(await connection()).toMatchObject({ rejected_at: null, rejection_told_at: null })

    context.advance(60_000)
    await aRejectedKey()
    await tellOwners(context)
    expect(told()).toEqual([MAIL(), MAIL()])
  })

  it('gives way to a new key at once, which clears it', async () => {
    await aRejectedKey()
    await connectStripe(context, { workspaceId: workspace.id, key: stripe.addKey() })
    expect(await connection()).toMatchObject({ rejected_at: null, verified_at: expect.any(Date) })
    expect(await hasToTellOwners(context)).toBe(false)
  })

  it('is noted by checking it too, and nothing else is lost', async () => {
    stripe.keys.revoke(key)
    expect(await checkStripeKey(context, workspace.id)).toMatchObject({ kind: 'refused' })
    expect(await connection()).toMatchObject({ rejected_at: expect.any(Date), verified_at: expect.any(Date) })
  })
})
