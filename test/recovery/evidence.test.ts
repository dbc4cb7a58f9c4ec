import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { readEvidence } from '../../src/recovery/evidence.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { addEntry } from '../../src/recovery/timeline.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
})
afterEach(() => nock.cleanAll())

async function aCase(id: string, customer: string) {
  const failure = failedInvoice('2026-10-28.endive', { id, customer })
  await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', failure))
  return RecoveryCase.query(database.db)
    .findOne({ workspace_id: workspace.id, stripe_invoice_id: id })
    .throwIfNotFound()
}
function laterNow() {
  context.advance(60_000)
  return context.now()
}
async function opened(recoveryCase: RecoveryCase) {
  const at = laterNow()
  await addEntry(database.db, recoveryCase, { kind: 'link_opened', detail: { target: 'card' } }, { at, key: `${at}` })
  return at
}
const evidenceOf = (recoveryCase: RecoveryCase) => readEvidence(database.db, recoveryCase)

describe('the evidence of how a case came back', () => {
  it('is what the timeline tells of openings and cards; a fetch is none', async () => {
    const recoveryCase = await aCase('in_1', 'cus_1')
    const fetched = { kind: 'link_fetched', detail: { by: 'machine' } } as const
    await addEntry(database.db, recoveryCase, fetched, { at: laterNow() })
    const opening = await opened(recoveryCase)
    const at = laterNow()
    const changed = { kind: 'card_changed', detail: { by: 'network', card: null, pinned: false } } as const
    await addEntry(database.db, recoveryCase, changed, { at })

    expect(await evidenceOf(recoveryCase)).toEqual({ openedAt: [opening], cardChanges: [{ at, by: 'network' }] })
  })

  it('takes openings of the customer’s other links from the failure on, because one mail tells of several', async () => {
    const first = await aCase('in_1', 'cus_1')
    await opened(first)
    laterNow()
    const second = await aCase('in_2', 'cus_1')
    const opening = await opened(first)

    expect((await evidenceOf(second)).openedAt).toEqual([opening])
    expect((await evidenceOf(first)).openedAt).toHaveLength(2)
  })

  it('takes nothing of other customers', async () => {
    const mine = await aCase('in_1', 'cus_1')
    await opened(await aCase('in_2', 'cus_2'))

    expect((await evidenceOf(mine)).openedAt).toEqual([])
  })
})
