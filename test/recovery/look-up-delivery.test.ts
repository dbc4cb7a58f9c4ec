import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { type MailSimulator, startMail } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'
import { aStoredCase, aStoredTouch, HOUR } from '../support/stored-cases.js'

const database = useDatabase()
const { db } = database
const MINUTE = 60_000
const FROM = 'SecondLoop <mail@secondloop.example>'

let context: FakeContext
let workspace: TestWorkspace
let provider: MailSimulator

beforeEach(async () => {
  await db('owners').delete()
  await db('mail_pacing').delete()
  provider = await startMail({ now: () => context.now().getTime() })
  useKey(provider.addKey())
  workspace = await aWorkspace(context)
  nock.enableNetConnect('127.0.0.1')
  stripeAnswersOnly(503)
})
afterEach(async () => {
  nock.cleanAll()
  await provider.stop()
})

/** A process with this key; the clock goes on. */
function useKey(apiKey: string) {
  const before = context
  context = fakeContext({ db, mail: createResendMailer({ apiKey, from: FROM, baseUrl: provider.url }) })
  if (before) context.advance(before.now().getTime() - context.now().getTime())
}
const deliver = () => deliverTouches(context, { workspaceId: workspace.id })
/** Until nothing more is to be done about deliveries now, and a while longer. */
async function deliverFor(ms: number) {
  for (const end = context.now().getTime() + ms; context.now().getTime() < end; context.advance(15_000)) await deliver()
}
const deliveries = () => Delivery.query(db).where({ workspace_id: workspace.id }).orderBy('fixed_at')
const kindsOn = async ({ id }: RecoveryCase) =>
  (await CaseEntry.query(db).where({ case_id: id }).orderBy('id')).map(({ kind }) => kind)
const touchOf = ({ id }: RecoveryCase) => Touch.query(db).findOne({ case_id: id }).throwIfNotFound()
const calls = (path: RegExp) => provider.calls.filter((call) => path.test(`${call.method} ${call.path}`))

async function aDueCase(over: Partial<RecoveryCase> = {}) {
  const recoveryCase = await aStoredCase(context, workspace, { ago: 0, ...over })
  await aStoredTouch(context, recoveryCase)
  return recoveryCase
}
/** Somebody else's mail, or an older one of ours: the provider's list reaches back to it. */
async function anOlderMail() {
  await aDueCase()
  await deliver()
  context.advance(HOUR)
}
/** The provider took it, and nobody heard so. */
async function cutOff(send: () => Promise<unknown>) {
  provider.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
  await send()
}
/** The call never came to the provider, and nobody knows. */
async function lost(send: () => Promise<unknown>) {
  provider.faults.add({ route: 'POST /emails/batch', kind: 'drop', count: 1 })
  await send()
}

describe('a delivery that can no longer be repeated', () => {
  it('counts as sent when the provider has its mail in its list', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    const acceptedAt = provider.inbox.mails[1]?.acceptedAt ?? 0
    context.advance(24 * HOUR)
    await deliver()

    expect(await touchOf(recoveryCase)).toMatchObject({ sent_at: new Date(acceptedAt) })
    expect(await kindsOn(recoveryCase)).toEqual(['mail_accepted'])
    expect((await deliveries())[1]).toMatchObject({ answered_at: context.now(), abandoned_at: null })
    expect(provider.inbox.mails).toHaveLength(2)
  })
})
