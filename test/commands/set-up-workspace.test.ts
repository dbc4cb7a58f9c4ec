import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { setUpWorkspace } from '../../src/commands/set-up-workspace.js'
import type { WorkspaceInput } from '../../src/config.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
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
    promptsOn: null,
  }
})
afterAll(() => stripe.stop())

const promptsOf = async (workspaceId: string) =>
  (await Workspace.query(database.db).findById(workspaceId))?.prompts_on_at ?? null

async function openCase(workspaceId: string): Promise<void> {
  const connection = await StripeConnection.query(database.db).findOne({ workspace_id: workspaceId }).throwIfNotFound()
  const workspace = { id: workspaceId, connectionId: connection.id } as TestWorkspace
  await processEvent(
    context,
    await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice('2026-10-28.endive')),
  )
}

describe('AUTOMATION', () => {
  it('is off for a new workspace, and stays as it is when it is left out', async () => {
    const { workspaceId } = await setUpWorkspace(context, input)
    expect(await promptsOf(workspaceId)).toBeNull()

    await setUpWorkspace(context, { ...input, promptsOn: true })
    await setUpWorkspace(context, input)
    expect(await promptsOf(workspaceId)).toEqual(context.now())
  })

  it('switched on later, has the customers of open cases written to', async () => {
    const { workspaceId } = await setUpWorkspace(context, input)
    await openCase(workspaceId)
    expect(await Touch.query(database.db).where({ workspace_id: workspaceId })).toEqual([])

    context.advance(60_000)
    await setUpWorkspace(context, { ...input, promptsOn: true })
    await deliverTouches(context, { workspaceId })

    expect(context.outbox).toHaveLength(1)
    const touches = await Touch.query(database.db).where({ workspace_id: workspaceId }).orderBy('step')
    expect(touches.map(({ template }) => template)).toEqual(['first_notice', 'reminder', 'reminder', 'final_notice'])
  })

  it('switched on twice, writes once, and switched off leaves what is planned', async () => {
    const { workspaceId } = await setUpWorkspace(context, { ...input, promptsOn: true })
    await openCase(workspaceId)
    await deliverTouches(context, { workspaceId })
    const before = await Touch.query(database.db).where({ workspace_id: workspaceId }).orderBy('step')

    await setUpWorkspace(context, { ...input, promptsOn: true })
    await setUpWorkspace(context, { ...input, promptsOn: false })

    expect(await promptsOf(workspaceId)).toBeNull()
    expect(await Touch.query(database.db).where({ workspace_id: workspaceId }).orderBy('step')).toEqual(before)
    expect(context.outbox).toHaveLength(1)
  })
})
