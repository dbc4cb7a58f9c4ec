import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import type { WorkspaceInput } from '../../src/config.js'
import { Owner } from '../../src/db/models/owner.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { SigningSecret } from '../../src/db/models/signing-secret.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { StartError } from '../../src/errors.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, failedInvoice, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
let stripe: StripeSimulator
let context: FakeContext
let input: WorkspaceInput
let owners = 0

beforeAll(async () => {
  stripe = await startStripe()
})
beforeEach(() => {
  context = fakeContext({ db: database.db, settings: { stripeApiBase: stripe.url } })
  input = {
    ownerEmail: `maya${++owners}@fernhill.example`,
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: 'whsec_first',
    promptsOn: true,
  }
})
afterAll(() => stripe.stop())

const theOwner = () => Owner.query(database.db).findOne({ email: input.ownerEmail })
const connections = (workspaceId: string) => StripeConnection.query(database.db).where({ workspace_id: workspaceId })

describe('creating a workspace by script', () => {
  it('makes owner, workspace and a verified connection', async () => {
    const created = await createWorkspace(context, input)

    expect(created.webhookUrl).toMatch(/^https:\/\/app\.secondloop\.example\/webhooks\/stripe\/[\w-]{22,}$/)
    expect(created.key.kind).toBe('accepted')
    expect(await Workspace.query(database.db).findById(created.workspaceId)).toMatchObject({
      name: 'Fernhill',
      prompts_on_at: expect.any(Date),
    })
    expect(await connections(created.workspaceId)).toMatchObject([{ mode: 'test', verified_at: expect.any(Date) }])
  })

  it('updates the same owner and keeps id and URL', async () => {
    const first = await createWorkspace(context, input)
    const second = await createWorkspace(context, {
      ...input,
      name: 'Fernhill & Co',
      webhookSecret: 'whsec_second',
    })

    expect([second.workspaceId, second.webhookUrl]).toEqual([first.workspaceId, first.webhookUrl])
    expect(await Workspace.query(database.db).findById(first.workspaceId)).toMatchObject({
      name: 'Fernhill & Co',
    })
    expect(await connections(first.workspaceId)).toHaveLength(1)
    const secrets = await SigningSecret.query(database.db).where({ workspace_id: first.workspaceId })
    expect(secrets.map(({ last4 }) => last4)).toEqual(['cond'])
  })

  it('ends with one workspace when it is run twice at once', async () => {
    const both = await Promise.all([createWorkspace(context, input), createWorkspace(context, input)])
    expect(both[0].workspaceId).toBe(both[1].workspaceId)
    expect(both[0].webhookUrl).toBe(both[1].webhookUrl)
  })

  it.each([
    ['sk_test_123456', /unrestricted/],
    ['sk_live_123456', /unrestricted/],
    ['pk_test_123456', /publishable/],
    ['nonsense', /not a Stripe key/],
  ])('refuses %s with the reason, and stores nothing', async (stripeKey, reason) => {
    await expect(createWorkspace(context, { ...input, stripeKey })).rejects.toThrow(reason)
    expect(await theOwner()).toBeUndefined()
  })

  it('refuses a key that Stripe does not know, and one that may not read invoices', async () => {
    const blind = stripe.addKey(['rak_customer_read'])

    await expect(createWorkspace(context, { ...input, stripeKey: 'rk_test_unknown' })).rejects.toThrow(StartError)
    await expect(createWorkspace(context, { ...input, stripeKey: blind })).rejects.toThrow(/Invoices, read/)
    expect(await theOwner()).toBeUndefined()
  })

  it('stores the key unverified while Stripe does not answer, and verifies it the next time', async () => {
    const back = stripe.faults.add({ route: 'GET /v1/*', kind: 'status', status: 503 })
    const first = await createWorkspace(context, input)
    expect(first.key.kind).toBe('unanswered')
    expect(await connections(first.workspaceId)).toMatchObject([{ verified_at: null }])

    back()
    await createWorkspace(context, input)
    expect(await connections(first.workspaceId)).toMatchObject([{ verified_at: expect.any(Date) }])
  })

  it('keeps a verified key verified when Stripe does not answer the next time', async () => {
    const { workspaceId } = await createWorkspace(context, input)
    const back = stripe.faults.add({ route: 'GET /v1/*', kind: 'status', status: 503 })
    await createWorkspace(context, input)
    back()

    expect(await connections(workspaceId)).toMatchObject([{ verified_at: expect.any(Date) }])
  })

  it('needs no signing secret the first time: Stripe tells it once the endpoint exists', async () => {
    const first = await createWorkspace(context, { ...input, webhookSecret: null })
    expect(first.hasSigningSecret).toBe(false)

    expect((await createWorkspace(context, input)).hasSigningSecret).toBe(true)
    expect((await createWorkspace(context, { ...input, webhookSecret: null })).hasSigningSecret).toBe(true)
  })

  it('leaves the prompts of a workspace that is there as they are', async () => {
    const { workspaceId } = await createWorkspace(context, input)
    await createWorkspace(context, { ...input, promptsOn: false })

    expect(await Workspace.query(database.db).findById(workspaceId)).toMatchObject({ prompts_on_at: expect.any(Date) })
  })

  it('closes the open cases of the other mode as dismissed, and mails nobody about them', async () => {
    const { workspaceId } = await createWorkspace(context, input)
    const [before] = await connections(workspaceId)
    const workspace = { id: workspaceId, connectionId: before?.id ?? '' } as TestWorkspace
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice('2026-10-28.endive'))
    expect(await processEvent(context, event)).toMatchObject({ touches: true })

    const live = await startStripe({ livemode: true })
    try {
      const settings = { stripeApiBase: live.url }
      const moved = fakeContext({ db: database.db, settings })
      await createWorkspace(moved, { ...input, stripeKey: live.addKey() })
      await deliverTouches(moved, { workspaceId })
      expect(moved.outbox).toEqual([])
    } finally {
      await live.stop()
    }
    expect(await RecoveryCase.query(database.db).findOne({ workspace_id: workspaceId })).toMatchObject({
      outcome: 'dismissed',
      closed_at: expect.any(Date),
    })
    const touches = await Touch.query(database.db).where({ workspace_id: workspaceId })
    expect(touches.map(({ reason }) => reason)).toEqual(Array(4).fill('connection_changed'))
  })

  it('keeps no secret in clear', async () => {
    const { workspaceId, webhookUrl } = await createWorkspace(context, input)
    const dump = JSON.stringify([
      await Workspace.query(database.db).findById(workspaceId),
      await connections(workspaceId),
      await SigningSecret.query(database.db).where({ workspace_id: workspaceId }),
    ])
    for (const secret of [input.stripeKey, input.webhookSecret, webhookUrl.split('/').at(-1)]) {
      expect(dump).not.toContain(secret)
    }
  })
})
