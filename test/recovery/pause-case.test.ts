import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import type { OwnersCase } from '../../src/recovery/lock-case.js'
import { pauseCase } from '../../src/recovery/pause-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { resumeCase } from '../../src/recovery/resume-case.js'
import { sendNow } from '../../src/recovery/send-now.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** 11:00 in Berlin: whole days later is within the sending hours as well. */
const MONDAY = new Date('2026-11-23T10:00:00Z')

let context: FakeContext
let workspace: TestWorkspace
let key: OwnersCase

beforeAll(() => nock.disableNetConnect())
beforeEach(async () => {
  stripeAnswersOnly(503)
  context = fakeContext({ db: database.db, at: MONDAY })
  workspace = await aWorkspace(context)
  await happens('invoice.payment_failed', failedInvoice(CURRENT))
  const { id } = await RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  key = { workspaceId: workspace.id, ownerId: workspace.owner.id, caseId: id }
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const happens = async (type: string, invoice: Record<string, unknown>) =>
  processEvent(context, await aStoredEvent(context, workspace, type, invoice))
const theCase = () => RecoveryCase.query(database.db).findById(key.caseId).throwIfNotFound()
const touches = () => Touch.query(database.db).where({ case_id: key.caseId }).orderBy('step')
const entries = (kind: string) => CaseEntry.query(database.db).where({ case_id: key.caseId, kind })
const deliver = () => deliverAll(context, { workspaceId: workspace.id })
const later = (ms: number) => new Date(context.now().getTime() + ms)

describe('pausing a case', () => {
  it('holds the mail that is due, and says who did it and when', async () => {
    expect(await pauseCase(context, key)).toBe('done')
    await deliver()

    expect(context.outbox).toEqual([])
    expect((await touches())[0]).toMatchObject({ sent_at: null, skipped_at: null, canceled_at: null })
    expect(await entries('paused')).toMatchObject([{ at: context.now(), detail: { by: workspace.owner.id } }])
  })

  it('does it once, however often and by however many at once it is asked', async () => {
    const answers = await Promise.all([pauseCase(context, key), pauseCase(context, key)])
    context.advance(HOUR)

    expect(answers.sort()).toEqual(['already', 'done'])
    expect(await pauseCase(context, key)).toBe('already')
    expect(await entries('paused')).toHaveLength(1)
    expect((await theCase()).paused_at).toEqual(later(-HOUR))
  })

  it('leaves a closed case as it is', async () => {
    context.advance(HOUR)
    await happens('invoice.paid', paidInvoice(CURRENT))

    expect(await pauseCase(context, key)).toBe('closed')
    expect(await theCase()).toMatchObject({ outcome: 'recovered', paused_at: null })
  })

  it('knows no case of another workspace', async () => {
    const other = await aWorkspace(context)

    expect(await pauseCase(context, { ...key, workspaceId: other.id, ownerId: other.owner.id })).toBe('unknown')
    expect((await theCase()).paused_at).toBeNull()
  })

  it('does not keep a payment from closing the case', async () => {
    await pauseCase(context, key)
    context.advance(HOUR)
    await happens('invoice.paid', paidInvoice(CURRENT))

    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900 })
    const dropped = Array.from({ length: 4 }, () => ({ canceled_at: context.now(), reason: 'case_closed' }))
    expect(await touches()).toMatchObject(dropped)
  })

  it('is never overtaken: a mail either went out before it or waits', async () => {
    const [paused] = await Promise.all([pauseCase(context, key), deliver()])
    await deliver()

    expect(paused).toBe('done')
    const [touch] = await touches()
    expect(context.outbox).toHaveLength(touch?.sent_at ? 1 : 0)
  })
})

describe('resuming a case', () => {
  it('sends the first mail that was held at once, and once, as soon as Stripe says that it is still unpaid', async () => {
    nock.cleanAll()
    stripeHas(failedInvoice('2026-10-28.endive expanded'), { times: 3 })
    await pauseCase(context, key)
    context.advance(3 * HOUR)
    const at = context.now()

    expect(await resumeCase(context, key)).toBe('done')
    expect((await touches())[0]?.due_at).toEqual(at)
    await Promise.all([deliver(), deliver()])
    await deliver()

    expect(context.outbox).toHaveLength(1)
    expect(await entries('resumed')).toMatchObject([{ at, detail: { by: workspace.owner.id } }])
  })

  it('moves the reminders on by the length of the pause, so that they keep their distances', async () => {
    await deliver()
    const due = [later(DAY), later(3 * DAY), later(7 * DAY)]
    context.advance(12 * HOUR)
    await pauseCase(context, key)
    context.advance(4 * DAY)
    await resumeCase(context, key)

    const [first, ...reminders] = await touches()
    expect(first?.sent_at).not.toBeNull()
    expect(reminders.map(({ due_at }) => due_at)).toEqual(due.map((at) => new Date(at.getTime() + 4 * DAY)))
  })

  it('keeps the distances of a campaign that began during the pause, when prompts were switched on', async () => {
    const prompts = (on: boolean) => switchPrompts(context, { workspaceId: workspace.id, on })
    await prompts(false)
    await pauseCase(context, key)
    context.advance(2 * DAY)
    await prompts(true)
    context.advance(DAY)
    await resumeCase(context, key)

    expect((await touches()).map(({ due_at }) => due_at)).toEqual([
      later(0),
      later(DAY),
      later(3 * DAY),
      later(7 * DAY),
    ])
  })

  it('leaves a mail that the owner asked for by hand at its time', async () => {
    await deliver()
    const asked = await sendNow(context, { ...key, requestId: 'a press' })
    await pauseCase(context, key)
    context.advance(4 * HOUR)
    await resumeCase(context, key)

    expect(asked).toEqual({ kind: 'planned', at: later(DAY - 4 * HOUR) })
    expect((await touches()).map(({ due_at }) => due_at)).toEqual(
      [-4 * HOUR, DAY - 4 * HOUR, 3 * DAY, 7 * DAY].map(later),
    )
  })

  it('moves nothing twice when it is asked twice at once', async () => {
    const due = later(DAY)
    await pauseCase(context, key)
    context.advance(HOUR)

    const answers = await Promise.all([resumeCase(context, key), resumeCase(context, key)])

    expect(answers.sort()).toEqual(['already', 'done'])
    expect((await touches())[1]?.due_at).toEqual(new Date(due.getTime() + HOUR))
    expect(await entries('resumed')).toHaveLength(1)
  })

  it('can be paused and resumed again, each on the timeline', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      await pauseCase(context, key)
      context.advance(HOUR)
      await resumeCase(context, key)
      context.advance(HOUR)
    }

    expect(await entries('paused')).toHaveLength(2)
    expect(await entries('resumed')).toHaveLength(2)
  })

  it('leaves alone what is not paused, closed, or another workspace’s', async () => {
    expect(await resumeCase(context, key)).toBe('already')
    const other = await aWorkspace(context)
    await pauseCase(context, key)
    expect(await resumeCase(context, { ...key, workspaceId: other.id, ownerId: other.owner.id })).toBe('unknown')
    context.advance(HOUR)
    await happens('invoice.paid', paidInvoice(CURRENT))
    expect(await resumeCase(context, key)).toBe('closed')

    await deliver()
    expect(context.outbox).toEqual([])
    expect(await entries('resumed')).toEqual([])
  })
})
