import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkSystem, readSystemChecks, workspacesToCheck } from '../../src/accounts/check-system.js'
import { setUpWebhook } from '../../src/accounts/set-up-webhook.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import type { SystemCheckName } from '../../src/db/models/system-check.js'
import { noteAudit } from '../../src/recovery/note-audit.js'
import { PERMISSIONS } from '../../src/stripe/permissions.js'
import { presentSystemChecks } from '../../src/web/presenters/system-checks.js'
import { viewOf } from '../../src/web/presenters/view.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import { aStoredSender } from '../support/stored-sender.js'

const { db } = useDatabase()
let stripe: StripeSimulator
let context: FakeContext
let workspace: TestWorkspace

beforeAll(async () => {
  stripe = await startStripe()
})
afterAll(() => stripe.stop())
beforeEach(async () => {
  stripe.faults.clear()
  context = fakeContext({ db, settings: { stripeApiBase: stripe.url } })
  workspace = await aWorkspace(context)
  await useKey(stripe.addKey('all'))
  await setUpWebhook(context, workspace.id)
})

const everything = PERMISSIONS.map(({ slug }) => slug)
const useKey = async (key: string) =>
  StripeConnection.query(db)
    .findById(workspace.connectionId)
    .patch({
      api_key_sealed: context.cipher.seal(key, { workspaceId: workspace.id, field: 'stripe_connections.api_key' }),
      capabilities: JSON.stringify(
        everything.map((permission) => ({ permission, result: 'works', because: null })),
      ) as never,
    })
const check = async (isAsked = true) => checkSystem(context, { workspaceId: workspace.id, isAsked })
async function stateOf(name: SystemCheckName) {
  const found = (await readSystemChecks(context, workspace.id)).find((each) => each.name === name)
  return found && { state: found.state, because: found.because, since: found.since }
}

describe('the system checks', () => {
  it('find nothing wrong where nothing is', async () => {
    await check()

    for (const name of ['key', 'webhook', 'sender', 'events', 'first_touch'] as const) {
      expect([name, (await stateOf(name))?.state]).toEqual([name, 'ok'])
    }
    expect(await workspacesToCheck(context)).toContain(workspace.id)
  })

  it('tell since when something stands so, and that anew once it changes', async () => {
    await check()
    const began = (await stateOf('webhook'))?.since
    context.advance(3_600_000)
    await check()
    expect((await stateOf('webhook'))?.since).toEqual(began)

    for (const { id } of [...stripe.webhooks.endpoints]) stripe.webhooks.removeEndpoint(id)
    context.advance(3_600_000)
    await check()
    const missing = await stateOf('webhook')
    expect(missing?.since).toEqual(context.now())
    context.advance(3_600_000)
    await check()
    expect((await stateOf('webhook'))?.since).toEqual(missing?.since)
  })

  it('notice a permission that was taken away, and go on telling until it is back', async () => {
    await useKey(stripe.addKey(everything.filter((slug) => slug !== 'rak_charge_read')))
    await check()
    expect(await stateOf('key')).toMatchObject({ state: 'attention', because: 'permissions_lost' })
    await check()
    const [first] = presentSystemChecks(
      await readSystemChecks(context, workspace.id),
      viewOf({ time_zone: 'UTC', prompts_on_at: null }, context.now()),
    )
    expect(first).toMatchObject({ title: 'Stripe key', state: 'Lost rak_charge_read' })

    await useKey(stripe.addKey('all'))
    await check()
    expect(await stateOf('key')).toMatchObject({ state: 'ok' })
  })

  it('try each permission once a day, after a new key, and when asked', async () => {
    const callsOf = async (act: () => Promise<unknown>) => {
      stripe.log.calls.length = 0
      await act()
      return stripe.log.calls.length
    }
    const all = await callsOf(() => check(false))
    expect(all).toBeGreaterThan(PERMISSIONS.length)
    context.advance(3_600_000)
    expect(await callsOf(() => check(false))).toBe(1)
    expect(await callsOf(() => check())).toBe(all)

    context.advance(60_000)
    await StripeConnection.query(db).findById(workspace.connectionId).patch({ key_saved_at: context.now() })
    context.advance(60_000)
    expect(await callsOf(() => check(false))).toBe(all)
    context.advance(25 * 3_600_000)
    expect(await callsOf(() => check(false))).toBe(all)

    await StripeConnection.query(db).findById(workspace.connectionId).patch({ rejected_at: context.now() })
    expect(await callsOf(() => check(false))).toBe(all)
  })

  it('tell a refused key, and a Stripe that does not answer, apart', async () => {
    await useKey('rk_test_gone')
    await check()
    expect(await stateOf('key')).toMatchObject({ state: 'attention', because: 'rejected' })

    await useKey(stripe.addKey('all'))
    stripe.faults.add({ route: 'GET *', kind: 'status', status: 500 })
    await check()
    expect(await stateOf('webhook')).toMatchObject({ state: 'unknown', because: 'unanswered' })
  })

  it('notice a sender that was withdrawn, and that no mail is set up', async () => {
    await checkSystem({ ...context, mail: null }, { workspaceId: workspace.id })
    expect(await stateOf('sender')).toMatchObject({ state: 'attention', because: 'no_provider' })

    const sender = await aStoredSender(context, workspace.id)
    await sender.$query(db).patch({ withdrawn_at: context.now(), withdrawn_because: 'domain' })
    await check()
    expect(await stateOf('sender')).toMatchObject({ state: 'attention', because: 'domain_unverified' })
  })

  it('notice events that wait, and first mails that came late', async () => {
    await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice('2026-10-28.endive'))
    await check()
    expect((await stateOf('events'))?.state).toBe('ok')
    context.advance(6 * 60_000)
    await check()
    expect(await stateOf('events')).toMatchObject({ state: 'attention', because: 'waiting' })
  })

  it('tell whether the sums add up, as the audit found', async () => {
    await noteAudit(context, new Map([[workspace.id, 2]]))
    expect(await stateOf('sums')).toMatchObject({ state: 'attention', because: 'faults' })
    await noteAudit(context, new Map())
    expect(await stateOf('sums')).toMatchObject({ state: 'ok' })
  })
})
