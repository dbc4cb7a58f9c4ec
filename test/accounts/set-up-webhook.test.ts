import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connectStripe } from '../../src/accounts/connect-stripe.js'
import { setUpWebhook, webhookUrlOf } from '../../src/accounts/set-up-webhook.js'
import { rotateWebhookUrl } from '../../src/accounts/webhook-url.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { createWebhookTargets } from '../../src/recovery/webhook-target.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
let stripe: StripeSimulator
let context: FakeContext
let workspace: TestWorkspace

beforeAll(async () => {
  stripe = await startStripe()
})
beforeEach(async () => {
  context = fakeContext({ db: database.db, settings: { stripeApiBase: stripe.url } })
  workspace = await aWorkspace(context)
  await StripeConnection.query(database.db).where({ workspace_id: workspace.id }).delete()
  await connectStripe(context, { workspaceId: workspace.id, key: stripe.addKey() })
})
afterEach(() => stripe.faults.clear())
afterAll(() => stripe.stop())

const setUp = () => setUpWebhook(context, workspace.id)
const standing = async () => {
  const url = await webhookUrlOf(context, workspace.id)
  return stripe.webhooks.endpoints.filter((endpoint) => endpoint.url === url)
}
const secretsHeld = async () => (await createWebhookTargets(context).find(workspace.webhookToken))?.secrets ?? []
const theSecret = async () => (await standing())[0]?.secrets[0]?.value

/** Whatever was stored is lost, as when the process died first. */
const forget = () => SigningSecret.query(database.db).where({ workspace_id: workspace.id }).delete()

describe('setting up the webhook', () => {
  it('makes an endpoint in our version with our events, and holds its secret', async () => {
    expect(await setUp()).toEqual({ kind: 'stands' })
    expect(await standing()).toMatchObject([
      { apiVersion: '2026-10-28.endive', description: 'SecondLoop', events: [...WEBHOOK_EVENTS] },
    ])
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('leaves one endpoint and one secret when it is run again, or twice at once', async () => {
    await Promise.all([setUp(), setUp()])
    await setUp()
    expect(await standing()).toHaveLength(1)
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('gets the same endpoint again after a crash between making and storing it', async () => {
    await setUp()
    const [made] = await standing()
    await forget()
    await setUp()
    expect((await standing()).map(({ id }) => id)).toEqual([made?.id])
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('does so too when the answer never came', async () => {
    stripe.faults.add({ route: 'POST /v1/webhook_endpoints', kind: 'hang-after', count: 1 })
    expect(await setUp()).toEqual({ kind: 'not_done', because: 'unreachable' })
    expect(await setUp()).toEqual({ kind: 'stands' })
    expect(await standing()).toHaveLength(1)
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('makes another when the owner took ours away, stored or not', async () => {
    await setUp()
    for (const { id } of await standing()) stripe.webhooks.removeEndpoint(id)
    await setUp()
    expect(await secretsHeld()).toContain(await theSecret())

    await forget()
    for (const { id } of await standing()) stripe.webhooks.removeEndpoint(id)
    expect(await setUp()).toEqual({ kind: 'stands' })
    expect(await standing()).toHaveLength(1)
    expect(await secretsHeld()).toContain(await theSecret())
  })

  it('replaces one that was added by hand, whose secret stays good for a day', async () => {
    const url = await webhookUrlOf(context, workspace.id)
    stripe.addWebhookEndpoint({ url, secret: 'whsec_byhand' })
    await connectStripe(context, { workspaceId: workspace.id, signingSecret: 'whsec_byhand' })
    await setUp()

    expect((await standing()).map(({ description }) => description)).toEqual(['SecondLoop'])
    expect((await secretsHeld()).length).toBe(2)
    context.advance(24 * 3_600_000 + 1)
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('moves ours to the new address after the URL was changed, and makes no second', async () => {
    await setUp()
    const [before] = await standing()
    const there = stripe.webhooks.endpoints.length
    await rotateWebhookUrl(context, { workspaceId: workspace.id, overlapHours: 24 })
    await setUp()
    expect((await standing()).map(({ id }) => id)).toEqual([before?.id])
    expect(stripe.webhooks.endpoints).toHaveLength(there)
    expect(await secretsHeld()).toEqual([await theSecret()])
  })

  it('mends ours where it was changed, and leaves endpoints of others alone', async () => {
    stripe.addWebhookEndpoint({ url: 'https://elsewhere.example/hook' })
    await setUp()
    const [ours] = await standing()
    if (ours) Object.assign(ours, { disabled: true, events: ['invoice.paid'] })
    await setUp()
    expect(await standing()).toMatchObject([{ id: ours?.id, disabled: false, events: [...WEBHOOK_EVENTS] }])
    expect(stripe.webhooks.endpoints.some(({ url }) => url.includes('elsewhere.example'))).toBe(true)
  })

  it('says when the key may not', async () => {
    await connectStripe(context, {
      workspaceId: workspace.id,
      key: stripe.addKey(['rak_invoice_read', 'rak_customer_read']),
    })
    expect(await setUp()).toEqual({ kind: 'not_done', because: 'permission_missing' })
  })

  it('logs neither the address nor the secret', async () => {
    stripe.faults.add({ route: 'GET /v1/webhook_endpoints', kind: 'status', status: 500, count: 1 })
    await setUp()
    await setUp()
    expect(context.logged.join('')).not.toContain(workspace.webhookToken)
    expect(context.logged.join('')).not.toContain('whsec_')
  })
})
