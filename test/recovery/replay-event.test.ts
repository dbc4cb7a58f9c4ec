import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { type EventKey, failEvent, processEvent } from '../../src/recovery/process-event.js'
import { replayEvent } from '../../src/recovery/replay-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const MINUTE = 60_000

let context: FakeContext
let workspace: TestWorkspace

beforeAll(() => nock.disableNetConnect())
beforeEach(async () => {
  stripeAnswersOnly(503)
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const stored = (type: string, invoice: Record<string, unknown>) => aStoredEvent(context, workspace, type, invoice)
const failed = () => stored('invoice.payment_failed', failedInvoice(CURRENT))
const replay = (event: EventKey) => replayEvent(context, { ...event, ownerId: workspace.owner.id })
const row = ({ eventId }: EventKey) => StripeEvent.query(database.db).findOne({ id: eventId }).throwIfNotFound()
const cases = () => RecoveryCase.query(database.db).where({ workspace_id: workspace.id })
const touches = () => Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
const entries = () => CaseEntry.query(database.db).where({ workspace_id: workspace.id }).orderBy('id')

describe('replaying an event', () => {
  it('lets one succeed that failed before', async () => {
    const event = await failed()
    await failEvent(context, event, 'Postgres was out of reach')
    context.advance(MINUTE)

    expect(await replay(event)).toBe('done')
    expect(await row(event)).toMatchObject({
      processed_at: null,
      outcome: null,
      detail: null,
      replayed_at: context.now(),
      replayed_by: workspace.owner.id,
    })
    await processEvent(context, event)

    expect(await row(event)).toMatchObject({ outcome: 'processed', detail: 'Opened a case' })
    expect(await cases()).toMatchObject([{ exposure: 4900, outcome: null }])
    expect((await touches()).map(({ step }) => step)).toEqual([0, 1, 2, 3])
  })

  it('of a failure that was processed changes nothing and mails nobody twice', async () => {
    const event = await failed()
    await processEvent(context, event)
    await deliverTouches(context, { workspaceId: workspace.id })
    const [caseBefore] = await cases()
    const entriesBefore = await entries()
    context.advance(MINUTE)

    expect(await replay(event)).toBe('done')
    expect(await processEvent(context, event)).toMatchObject({ touches: false })
    await deliverTouches(context, { workspaceId: workspace.id })

    const [caseAfter] = await cases()
    expect({ ...caseAfter, enrich_at: null }).toEqual({ ...caseBefore, enrich_at: null })
    expect(context.outbox).toHaveLength(1)
    const added = (await entries()).slice(entriesBefore.length)
    expect(added).toMatchObject([
      {
        kind: 'event_replayed',
        at: context.now(),
        detail: { by: workspace.owner.id, type: 'invoice.payment_failed' },
      },
    ])
  })

  it('does not reopen a case that was paid since', async () => {
    const event = await failed()
    await processEvent(context, event)
    context.advance(MINUTE)
    await processEvent(context, await stored('invoice.paid', paidInvoice(CURRENT)))

    await replay(event)
    await processEvent(context, event)

    expect(await cases()).toMatchObject([{ outcome: 'recovered', recovered: 4900 }])
    expect(context.outbox).toEqual([])
  })

  it('leaves one alone that waits, and is once for two at once', async () => {
    const event = await failed()
    expect(await replay(event)).toBe('already')
    expect((await row(event)).replayed_at).toBeNull()
    await processEvent(context, event)

    expect((await Promise.all([replay(event), replay(event)])).sort()).toEqual(['already', 'done'])
    expect((await entries()).filter(({ kind }) => kind === 'event_replayed')).toHaveLength(1)
  })

  it('is found by the sweep when its ring is lost', async () => {
    const event = await stored('invoice.payment_failed', failedInvoice(CURRENT, { billingReason: 'manual' }))
    await processEvent(context, event)
    context.advance(MINUTE)
    expect((await findPending(context)).events).not.toContainEqual({ ...event, isFailure: true })

    await replay(event)

    expect((await findPending(context)).events).toContainEqual({ ...event, isFailure: true })
  })

  it('knows no event of another workspace', async () => {
    const event = await failed()
    await processEvent(context, event)
    const other = await aWorkspace(context)

    expect(await replay({ ...event, workspaceId: other.id })).toBe('unknown')
    expect(await row(event)).toMatchObject({ outcome: 'processed', replayed_at: null })
  })
})
