import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { dismissCase } from '../../src/recovery/dismiss-case.js'
import type { OwnersCase } from '../../src/recovery/lock-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const HOUR = 3_600_000

let context: FakeContext
let workspace: TestWorkspace
let key: OwnersCase

beforeAll(() => nock.disableNetConnect())
beforeEach(async () => {
  stripeAnswersOnly(503)
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  await happens('invoice.payment_failed', failedInvoice(CURRENT))
  const { id } = await theCase()
  key = { workspaceId: workspace.id, ownerId: workspace.owner.id, caseId: id }
  context.advance(HOUR)
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const happens = async (type: string, invoice: Record<string, unknown>) =>
  processEvent(context, await aStoredEvent(context, workspace, type, invoice))
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const entries = (kind: string) => CaseEntry.query(database.db).where({ case_id: key.caseId, kind })

describe('dismissing a case', () => {
  it('closes it, drops what is planned, and says who did it and when', async () => {
    expect(await dismissCase(context, key)).toBe('done')
    await deliverAll(context, { workspaceId: workspace.id })

    expect(await theCase()).toMatchObject({
      outcome: 'dismissed',
      closed_at: context.now(),
      dismissed: 4900,
      open: 0,
      enrich_at: null,
    })
    expect(context.outbox).toEqual([])
    expect(await Touch.query(database.db).where({ case_id: key.caseId }).orderBy('step')).toMatchObject(
      [0, 1, 2, 3].map((step) => ({ step, canceled_at: context.now(), reason: 'case_closed' })),
    )
    expect(await entries('dismissed')).toMatchObject([{ at: context.now(), detail: { by: workspace.owner.id } }])
  })

  it('does it once, however often and by however many at once it is asked', async () => {
    const answers = await Promise.all([dismissCase(context, key), dismissCase(context, key)])
    const { closed_at } = await theCase()
    context.advance(HOUR)

    expect(answers.sort()).toEqual(['already', 'done'])
    expect(await dismissCase(context, key)).toBe('already')
    expect((await theCase()).closed_at).toEqual(closed_at)
    expect(await entries('dismissed')).toHaveLength(1)
  })

  it('stays dismissed when the charge fails again', async () => {
    await dismissCase(context, key)
    context.advance(HOUR)
    const due = await happens('invoice.payment_failed', failedInvoice(CURRENT, { attemptCount: 2 }))

    expect(due.touches).toBe(false)
    expect(await theCase()).toMatchObject({ outcome: 'dismissed', dismissed: 4900 })
  })

  it('becomes recovered when it is paid after all', async () => {
    await dismissCase(context, key)
    context.advance(HOUR)
    await happens('invoice.paid', paidInvoice(CURRENT))

    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900, dismissed: 0 })
    expect(await entries('recovered')).toHaveLength(1)
    expect(await dismissCase(context, key)).toBe('closed')
    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900 })
  })

  it('and a payment at the same moment end in the payment', async () => {
    const paid = await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT))

    await Promise.all([dismissCase(context, key), processEvent(context, paid)])

    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900, dismissed: 0, open: 0 })
  })

  it('knows no case of another workspace', async () => {
    const other = await aWorkspace(context)

    expect(await dismissCase(context, { ...key, workspaceId: other.id, ownerId: other.owner.id })).toBe('unknown')
    expect((await theCase()).outcome).toBeNull()
  })
})
