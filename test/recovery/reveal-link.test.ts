import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { dismissCase } from '../../src/recovery/dismiss-case.js'
import { findByLink } from '../../src/recovery/follow-link.js'
import type { OwnersCase } from '../../src/recovery/lock-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { revealLink } from '../../src/recovery/reveal-link.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()
const MINUTE = 60_000

let context: FakeContext
let workspace: TestWorkspace
let key: OwnersCase

beforeAll(() => nock.disableNetConnect())
beforeEach(async () => {
  stripeAnswersOnly(503)
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
  const failed = failedInvoice('2026-10-28.endive')
  await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', failed))
  const { id } = await RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  key = { workspaceId: workspace.id, ownerId: workspace.owner.id, caseId: id }
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const copies = () => CaseEntry.query(database.db).where({ case_id: key.caseId, kind: 'link_copied' })

describe('taking the recovery link', () => {
  it('gives the link that the mail has, and keeps the token off the timeline and the log', async () => {
    const taken = await revealLink(context, key)

    const url = taken.kind === 'link' ? taken.url : ''
    const token = url.replace(`${context.settings.appUrl}/r/`, '')
    expect((await findByLink(context, token))?.recoveryCase.id).toBe(key.caseId)
    expect(await copies()).toMatchObject([{ at: context.now(), detail: { by: workspace.owner.id } }])
    expect(JSON.stringify(await copies()) + context.logged.join()).not.toContain(token)
  })

  it('leaves one line a minute, and the same link each time', async () => {
    const [first, second] = await Promise.all([revealLink(context, key), revealLink(context, key)])
    expect(second).toEqual(first)
    expect(await copies()).toHaveLength(1)

    context.advance(MINUTE)
    expect(await revealLink(context, key)).toEqual(first)
    expect(await copies()).toHaveLength(2)
  })

  it('gives none of a closed case', async () => {
    await dismissCase(context, key)

    expect(await revealLink(context, key)).toEqual({ kind: 'closed' })
    expect(await copies()).toEqual([])
  })

  it('gives none of another workspace’s case', async () => {
    const other = await aWorkspace(context)

    expect(await revealLink(context, { ...key, workspaceId: other.id })).toEqual({ kind: 'unknown' })
    expect(await copies()).toEqual([])
  })
})
