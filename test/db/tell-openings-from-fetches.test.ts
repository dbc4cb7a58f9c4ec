import { expect, it } from '@jest/globals'
import { down, up } from '../../migrations/0019-tell-openings-from-fetches.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { readEvidence } from '../../src/recovery/evidence.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice } from '../support/factories.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

const database = useDatabase()

it('claims no opening for links that were followed before anybody noted by whom', async () => {
  const context = fakeContext({ db: database.db })
  const workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
  const failure = failedInvoice('2026-10-28.endive')
  await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', failure))
  const recoveryCase = await RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  const place = { workspace_id: workspace.id, case_id: recoveryCase.id }
  const followed = { ...place, kind: 'link_followed', key: 'then', at: context.now(), detail: { target: 'card' } }
  await CaseEntry.query(database.db).insert(followed)

  await down(database.db)
  await up(database.db)

  const entry = await CaseEntry.query(database.db).findOne({ ...place, key: 'then' })
  expect(entry).toMatchObject({ kind: 'link_fetched', detail: { by: 'unknown' } })
  expect((await readEvidence(database.db, recoveryCase)).openedAt).toEqual([])
})
