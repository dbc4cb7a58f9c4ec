import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkStripeKey, connectStripe } from '../../src/accounts/connect-stripe.js'
import { isStripeVerified, stripeStatus } from '../../src/accounts/stripe-status.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { PERMISSIONS } from '../../src/stripe/permissions.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
const SLUGS = PERMISSIONS.map(({ slug }) => slug)
let stripe: StripeSimulator
let live: StripeSimulator
let context: FakeContext
let workspace: TestWorkspace

beforeAll(async () => {
  stripe = await startStripe()
  live = await startStripe({ livemode: true })
})
beforeEach(async () => {
  context = fakeContext({ db: database.db, settings: { stripeApiBase: stripe.url } })
  workspace = await aNewWorkspace()
})
afterEach(() => stripe.faults.clear())
afterAll(async () => {
  await stripe.stop()
  await live.stop()
})

/** As it is before anything is connected. */
async function aNewWorkspace(): Promise<TestWorkspace> {
  const made = await aWorkspace(context)
  await StripeConnection.query(database.db).where({ workspace_id: made.id }).delete()
  return made
}
const connect = (given: { key?: string; signingSecret?: string }, where = context, workspaceId = workspace.id) =>
  connectStripe(where, { workspaceId, ...given })
const inLive = () => fakeContext({ db: database.db, settings: { stripeApiBase: live.url } })
const connections = (workspaceId = workspace.id) =>
  StripeConnection.query(database.db).where({ workspace_id: workspaceId }).orderBy('created_at')
const slow = () => stripe.faults.add({ route: '* /v1/*', kind: 'status', status: 503 })

describe('connecting Stripe', () => {
  it('is verified with a key and a signing secret, and not before', async () => {
    await connect({ key: stripe.addKey(SLUGS) })
    expect(await isStripeVerified(context, workspace.id)).toBe(false)

    await connect({ signingSecret: 'whsec_abcd1234' })
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
    expect(await stripeStatus(context, workspace.id)).toMatchObject({
      isVerified: true,
      firstEventAt: null,
      connection: { mode: 'test', stripe_account_id: stripe.account.id },
    })
  })

  it('takes keys and secrets with spaces around and in them', async () => {
    const key = stripe.addKey()
    const { key: outcome, signingSecret } = await connect({
      key: ` ${key.slice(0, 12)}\n${key.slice(12)}\t`,
      signingSecret: ' whsec_abcd1234 ',
    })
    expect([outcome?.kind, signingSecret?.kind]).toEqual(['saved', 'saved'])
  })

  it.each([
    ['sk_live_abcdef', /unrestricted key \(sk_\)/],
    ['pk_test_abcdef', /publishable/],
    ['whsec_abcdef', /not a Stripe key/],
    ['<script>', /not a Stripe key/],
    ['rk_test_unknown', /does not know this key/],
  ])('refuses %s with the reason and stores nothing', async (key, reason) => {
    expect((await connect({ key })).key).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) })
    expect(await connections()).toEqual([])
  })

  it.each(['sk_test_abcdef', 'rk_live_abcdef', 'we_1abc', 'whsec_<b>', 'nonsense'])(
    'refuses %p as a signing secret without repeating it',
    async (typed) => {
      await connect({ key: stripe.addKey() })
      const { signingSecret } = await connect({ signingSecret: typed })
      expect(signingSecret?.kind).toBe('refused')
      expect(JSON.stringify(signingSecret)).not.toContain(typed)
      expect(await SigningSecret.query(database.db).where({ workspace_id: workspace.id })).toEqual([])
    },
  )

  it('stores a key that lacks what is required, and opens once it was given that at Stripe', async () => {
    const key = stripe.addKey(SLUGS.filter((slug) => !slug.startsWith('rak_invoice')))
    expect((await connect({ key, signingSecret: 'whsec_abcd1234' })).key).toMatchObject({
      verdict: { kind: 'lacking' },
    })
    expect(await isStripeVerified(context, workspace.id)).toBe(false)

    stripe.keys.add(key, SLUGS)
    await checkStripeKey(context, workspace.id)
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
  })

  it('keeps a first key that Stripe did not answer for, and says why nothing is known', async () => {
    const back = slow()
    await connect({ key: stripe.addKey(), signingSecret: 'whsec_abcd1234' })
    back()
    const [connection] = await connections()
    expect(connection).toMatchObject({ verified_at: null })
    expect(connection?.capabilities?.[0]).toEqual({
      permission: 'rak_invoice_read',
      result: 'unknown',
      because: 'down',
    })

    await checkStripeKey(context, workspace.id)
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
  })

  it('lets no key that Stripe did not confirm take the place of one that works', async () => {
    await connect({ key: stripe.addKey(), signingSecret: 'whsec_abcd1234' })
    const lacking = await connect({ key: stripe.addKey(['rak_charge_read']) })
    const back = slow()
    const unanswered = await connect({ key: stripe.addKey() })
    const other = await connect({ key: 'rk_live_anything' })
    back()

    expect([lacking.key?.kind, unanswered.key?.kind, other.key?.kind]).toEqual(['kept_old', 'kept_old', 'kept_old'])
    expect(await connections()).toHaveLength(1)
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
  })

  it('replaces the key of the same account on the same connection', async () => {
    const first = stripe.addKey()
    await connect({ key: first, signingSecret: 'whsec_abcd1234' })
    await connect({ key: stripe.addKey() })

    const all = await connections()
    expect(all).toHaveLength(1)
    expect(all[0]?.api_key_last4).not.toBe(first.slice(-4))
    expect(await isStripeVerified(context, workspace.id)).toBe(true)
  })

  it.each(['another account', 'the other mode'])('begins anew with %s, and the open cases close', async (what) => {
    await connect({ key: stripe.addKey() })
    const [before] = await connections()
    const target = { ...workspace, connectionId: before?.id ?? '' }
    await processEvent(
      context,
      await aStoredEvent(context, target, 'invoice.payment_failed', failedInvoice('2026-10-28.endive')),
    )
    const other = await startStripe({ seed: what, livemode: what === 'the other mode' })
    try {
      const there = fakeContext({ db: database.db, settings: { stripeApiBase: other.url } })
      await connect({ key: other.addKey() }, there)
    } finally {
      await other.stop()
    }
    expect((await connections()).map(({ replaced_at }) => replaced_at !== null)).toEqual([true, false])
    expect(await RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id })).toMatchObject({
      outcome: 'dismissed',
    })
  })

  it('tells another account by what it does not know, where its id is not told', async () => {
    await connect({ key: stripe.addKey() })
    const [before] = await connections()
    await StripeConnection.query(database.db)
      .findById(before?.id ?? '')
      .patch({ stripe_account_id: null })
    const target = { ...workspace, connectionId: before?.id ?? '' }
    await processEvent(
      context,
      await aStoredEvent(context, target, 'invoice.payment_failed', failedInvoice('2026-10-28.endive')),
    )
    await connect({ key: stripe.addKey() })
    expect((await connections()).map(({ replaced_at }) => replaced_at !== null)).toEqual([true, false])
  })

  it('ends with one connection when two tabs save at once', async () => {
    await Promise.all([connect({ key: stripe.addKey() }), connect({ key: stripe.addKey() })])
    expect(await connections()).toMatchObject([{ replaced_at: null, verified_at: expect.any(Date) }])
  })

  it('gives one live account to one workspace, and does not say whose it is', async () => {
    const other = await aNewWorkspace()
    const both = await Promise.all([workspace, other].map(({ id }) => connect({ key: live.addKey() }, inLive(), id)))
    const kinds = both.map(({ key }) => key?.kind).sort()
    expect(kinds).toEqual(['refused', 'saved'])
    const refused = JSON.stringify(both.find(({ key }) => key?.kind === 'refused'))
    expect(refused).toContain('already connected to another workspace')
    expect(refused).not.toContain('Fernhill')
  })

  it('lets a test account serve two workspaces', async () => {
    const other = await aNewWorkspace()
    await connect({ key: stripe.addKey() })
    expect((await connect({ key: stripe.addKey() }, context, other.id)).key?.kind).toBe('saved')
  })

  it('counts signature failures anew from a new secret', async () => {
    await connect({ key: stripe.addKey(), signingSecret: 'whsec_first' })
    await StripeConnection.query(database.db)
      .where({ workspace_id: workspace.id })
      .patch({ signature_failures: 3, signature_failed_at: context.now() })
    expect((await stripeStatus(context, workspace.id)).signatureFailures).toBe(3)

    await connect({ signingSecret: 'whsec_second' })
    expect((await stripeStatus(context, workspace.id)).signatureFailures).toBe(0)
  })

  it('remembers the first signed event', async () => {
    await connect({ key: stripe.addKey(), signingSecret: 'whsec_first' })
    const [connection] = await connections()
    await aStoredEvent(context, { ...workspace, connectionId: connection?.id ?? '' }, 'customer.updated', {
      id: 'cus_1',
    })
    const { firstEventAt } = await stripeStatus(context, workspace.id)
    await database.db('stripe_events').where({ workspace_id: workspace.id }).delete()

    expect(firstEventAt).toEqual(context.now())
    expect((await stripeStatus(context, workspace.id)).firstEventAt).toEqual(firstEventAt)
  })
})
