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
import { sendDelivery } from '../../src/recovery/send-delivery.js'
import { type AcceptedMail, type MailSimulator, startMail } from '../simulator/mail/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { aStoredCase, aStoredTouch, HOUR } from '../support/stored-cases.js'
import { stripeAnswersOnly } from '../support/stripe-answers.js'

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

  it('is free to be sent when the provider took older and newer mails, and not this one', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await lost(deliver)
    context.advance(24 * HOUR)
    await deliver()

    expect(await touchOf(recoveryCase)).toMatchObject({ mail_id: null, sent_at: null, canceled_at: null })
    expect(await kindsOn(recoveryCase)).toEqual(['mail_delayed'])
    expect((await deliveries())[1]).toMatchObject({ dissolved_at: context.now() })
  })

  it('is dropped when it was not taken and its invoice was paid since', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await lost(deliver)
    await recoveryCase
      .$query(db)
      .patch({ open: 0, recovered: recoveryCase.exposure, outcome: 'recovered', closed_at: context.now() })
    context.advance(24 * HOUR)
    await deliver()

    expect(await touchOf(recoveryCase)).toMatchObject({ reason: 'case_closed', mail_id: null })
  })

  it('is told apart mail by mail: the one that was taken is sent, the other one is free', async () => {
    await anOlderMail()
    const good = await aDueCase()
    const bad = await aDueCase()
    await cutOff(deliver)
    // As if the provider had taken the batch but for this one, and something else in its place.
    const [mail] = provider.inbox.find({ to: bad.customer_email ?? '' })
    Object.assign(mail ?? {}, { to: ['somebody@else.example'], tags: [] })
    context.advance(24 * HOUR)
    await deliver()

    expect(await touchOf(good)).toMatchObject({ sent_at: expect.any(Date) })
    expect(await touchOf(bad)).toMatchObject({ mail_id: null, sent_at: null })
    expect((await deliveries())[1]).toMatchObject({ answered_at: context.now(), dissolved_at: null })
  })

  it('goes to a human when the key may only send', async () => {
    useKey(provider.addKey('sending_access'))
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    context.advance(24 * HOUR)
    await deliver()

    expect((await deliveries())[1]).toMatchObject({ abandoned_at: context.now() })
    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])
  })

  it('goes to a human when the list does not reach far enough to tell', async () => {
    const recoveryCase = await aDueCase()
    await lost(deliver)
    context.advance(23 * HOUR + 30 * MINUTE)
    await deliver()

    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])
    expect(await touchOf(recoveryCase)).toMatchObject({ mail_id: expect.any(String), sent_at: null })
  })

  it('goes to a human when the key is another one by now, whose list may be another account’s', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await lost(deliver)
    useKey(provider.addKey())
    context.advance(24 * HOUR)
    await deliver()

    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])
    expect(calls(/^GET/)).toEqual([])
  })

  it('waits a while after its last try, so that the provider has listed what it took', async () => {
    await anOlderMail()
    await aDueCase()
    await cutOff(deliver)
    context.advance(23 * HOUR + MINUTE)
    await deliver()
    expect(calls(/^GET/)).toEqual([])

    context.advance(10 * MINUTE)
    await deliver()
    expect((await deliveries())[1]).toMatchObject({ answered_at: expect.any(Date) })
    expect(calls(/^POST/)).toHaveLength(2)
  })
})

describe('looking for a mail in the provider’s list', () => {
  it('is not misled by other mails to the same address, with the same subject', async () => {
    const same = { customer_email: 'ada@customer.example', stripe_customer_id: null }
    await anOlderMail()
    await aDueCase(same)
    await deliver()
    context.advance(HOUR)
    const recoveryCase = await aDueCase(same)
    await lost(deliver)
    context.advance(HOUR)
    // Of another installation that uses the same account.
    await context.mail?.send([{ ...aMail('ada@customer.example'), mailId: 'nothing-of-ours' }], 'another')
    context.advance(23 * HOUR)
    await deliver()

    expect(await touchOf(recoveryCase)).toMatchObject({ mail_id: null, sent_at: null })
    // Of those only what is not known to be another one is looked at.
    expect(calls(/^GET .emails.\S/)).toHaveLength(1)
  })

  it('asks a human when a mail to the address carries no tag that would tell', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase({ customer_email: 'ada@customer.example' })
    await lost(deliver)
    const [older] = provider.inbox.mails as [AcceptedMail]
    const untagged = { ...older, to: ['ada@customer.example'], tags: [] }
    provider.inbox.add(untagged, { idempotencyKey: null, batchIndex: null }, context.now().getTime())
    context.advance(24 * HOUR)
    await deliver()

    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])
  })

  it('reads a list of many pages in turns, keeps the pace, and lets others send meanwhile', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    for (let n = 0; n < 60; n += 1) {
      const many = Array.from({ length: 100 }, (_, i) => ({ ...aMail(`p${i}@other.example`), mailId: `${n}-${i}` }))
      await context.mail?.send(many, `bulk-${n}`)
    }
    context.advance(24 * HOUR)
    const before = provider.calls.length
    await deliver()
    expect((await deliveries())[1]).toMatchObject({ answered_at: null, looked_after: expect.any(String) })
    const urgent = await aDueCase()
    await deliver()
    expect(await touchOf(urgent)).toMatchObject({ sent_at: expect.any(Date) })

    await deliverFor(5 * MINUTE)

    expect(await touchOf(recoveryCase)).toMatchObject({ sent_at: expect.any(Date) })
    const times = provider.calls.slice(before).map(({ at }) => at)
    for (const [index, at] of times.entries()) {
      expect(at - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(500)
    }
    expect(calls(/^GET .emails$/).length).toBeLessThan(70)
  })

  it('goes on where it stopped after the provider failed for a while', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    context.advance(24 * HOUR)
    provider.faults.add({ route: 'GET /emails', kind: 'status', status: 503, count: 3 })
    await deliverFor(HOUR)

    expect(await touchOf(recoveryCase)).toMatchObject({ sent_at: expect.any(Date) })
    expect(calls(/^GET .emails$/)).toHaveLength(4)
  })

  it('begins again when the provider no longer knows the place', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    await Delivery.query(db)
      .where({ answered_at: null })
      .patch({ looked_after: '00000000-0000-4000-8000-000000000000' })
    context.advance(24 * HOUR)
    await deliverFor(HOUR)

    expect(await touchOf(recoveryCase)).toMatchObject({ sent_at: expect.any(Date) })
  })

  it('is given up after a day without an answer', async () => {
    await anOlderMail()
    const recoveryCase = await aDueCase()
    await cutOff(deliver)
    context.advance(24 * HOUR)
    provider.faults.add({ route: 'GET /emails', kind: 'status', status: 503 })
    for (let n = 0; n < 25 * 6; n += 1) {
      await deliver()
      context.advance(10 * MINUTE + 1)
    }

    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])
    expect((await deliveries())[1]).toMatchObject({ abandoned_at: expect.any(Date) })
  })

  it('finds each once, though two workers look at the same time', async () => {
    await anOlderMail()
    const cases = [await aDueCase(), await aDueCase(), await aDueCase()]
    await cutOff(deliver)
    context.advance(24 * HOUR)
    const delivery = (await deliveries())[1] as Delivery
    const mailer = context.mail as NonNullable<typeof context.mail>
    await Promise.all([sendDelivery(context, mailer, delivery.id), sendDelivery(context, mailer, delivery.id)])

    for (const each of cases) expect(await kindsOn(each)).toEqual(['mail_accepted'])
  })

  it('leaves to the webhooks what they tell first', async () => {
    await anOlderMail()
    const told = await aDueCase()
    const untold = await aDueCase()
    await cutOff(deliver)
    const mail = await Mail.query(db)
      .findOne({ to_address: told.customer_email ?? '' })
      .throwIfNotFound()
    const listed = provider.inbox.mails.find(({ to }) => to.includes(mail.to_address))
    const at = context.now()
    await recordMailEvent(context, {
      kind: 'sent',
      mailId: mail.id,
      providerId: listed?.id ?? '',
      at,
      acceptedAt: at,
      code: null,
      userAgent: null,
    })
    context.advance(24 * HOUR)
    await deliver()

    for (const each of [told, untold]) expect(await kindsOn(each)).toEqual(['mail_accepted'])
    expect(calls(/^GET .emails.\S/)).toHaveLength(1)
  })

  it('erases what it found of a customer who was forgotten meanwhile', async () => {
    await anOlderMail()
    await aDueCase({ stripe_customer_id: 'cus_gone', customer_email: 'gone@customer.example' })
    await cutOff(deliver)
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_gone' })
    context.advance(24 * HOUR)
    await deliver()

    expect(JSON.stringify(await Mail.query(db))).not.toContain('gone@')
    expect(context.logged.join()).not.toContain('gone@')
  })
})

function aMail(to: string) {
  return { from: FROM, to, replyTo: 'a@b.example', subject: 'Hello', html: '<p>Hello</p>', text: 'Hello', headers: {} }
}
