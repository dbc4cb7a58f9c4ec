import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { Touch } from '../../src/db/models/touch.js'
import type { MailEvent, MailEventKind } from '../../src/mail/resend-webhook.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { readEvidence } from '../../src/recovery/evidence.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { suppressedAmong } from '../../src/recovery/suppressions.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { BROWSER } from '../support/link-requests.js'
import { aStoredCase, aStoredTouch, HOUR } from '../support/stored-cases.js'

const database = useDatabase()
const MINUTE = 60_000
const ADDRESS = 'Ada@Customer.example'

let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
})

const deliver = () => deliverTouches(context, { workspaceId: workspace.id })
const mails = () => Mail.query(database.db).where({ workspace_id: workspace.id }).orderBy('position')
const onlyMail = async () => (await mails())[0] as Mail
const touchesOf = ({ id }: RecoveryCase) => Touch.query(database.db).where({ case_id: id }).orderBy('step')
const suppressions = () => Suppression.query(database.db).where({ workspace_id: workspace.id })
const deliveries = () => Delivery.query(database.db).where({ workspace_id: workspace.id })
const kindsOn = async ({ id }: RecoveryCase) =>
  (await CaseEntry.query(database.db).where({ case_id: id }).orderBy('id')).map(({ kind }) => kind)

/** A case that failed this moment and whose first touch is due. */
async function aDueCase(over: Partial<RecoveryCase> = {}) {
  const recoveryCase = await aStoredCase(context, workspace, { ago: 0, customer_email: ADDRESS, ...over })
  await aStoredTouch(context, recoveryCase)
  return recoveryCase
}
async function aMailedCase(over: Partial<RecoveryCase> = {}) {
  const recoveryCase = await aDueCase(over)
  await deliver()
  context.advance(MINUTE)
  return recoveryCase
}
/** The same, and nobody heard the provider's answer. */
async function anUnansweredCase() {
  context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
  return aMailedCase()
}

const anEvent = (kind: MailEventKind, { id }: Pick<Mail, 'id'>, over: Partial<MailEvent> = {}): MailEvent => ({
  kind,
  mailId: id,
  providerId: `re-${id}`,
  at: context.now(),
  acceptedAt: context.now(),
  code: null,
  userAgent: null,
  ...over,
})
const tell = (kind: MailEventKind, mail: Pick<Mail, 'id'>, over: Partial<MailEvent> = {}) =>
  recordMailEvent(context, anEvent(kind, mail, over))

/** Each kind of event, the column that it fills and the line that it writes. */
const FACTS = [
  ['delivered', 'delivered_at', 'mail_delivered'],
  ['delayed', 'delayed_at', 'mail_held_up'],
  ['failed', 'failed_at', 'mail_failed'],
  ['bounced', 'bounced_at', 'mail_bounced'],
  ['complained', 'complained_at', 'mail_complained'],
  ['suppressed', 'suppressed_at', 'mail_suppressed'],
  ['opened', 'opened_at', 'mail_opened'],
  ['clicked', 'clicked_at', 'mail_clicked'],
] as const

describe('what the mail provider tells of a mail', () => {
  it.each(FACTS)('is written on the mail and, once, on the timeline: %s', async (kind, column, entry) => {
    const recoveryCase = await aMailedCase()
    const mail = await onlyMail()

    await tell(kind, mail)
    const at = context.now()
    context.advance(MINUTE)
    await Promise.all([tell(kind, mail), tell(kind, mail)])

    expect((await onlyMail())[column]).toEqual(at)
    expect(await kindsOn(recoveryCase)).toEqual(['mail_accepted', entry])
  })

  it('is written on every case that the mail is about', async () => {
    const customer = { stripe_customer_id: 'cus_two' }
    const one = await aDueCase(customer)
    const two = await aMailedCase(customer)

    await tell('delivered', await onlyMail())

    for (const each of [one, two]) expect(await kindsOn(each)).toContain('mail_delivered')
  })

  it('comes to the same in whatever order it is told', async () => {
    const told: MailEventKind[] = ['sent', 'delayed', 'delivered', 'opened', 'clicked', 'bounced', 'complained']
    const outcomes = []
    for (const order of [told, told.toReversed(), [3, 0, 5, 1, 4, 6, 2].map((n) => told[n] as MailEventKind)]) {
      context = fakeContext({ db: database.db })
      workspace = await aWorkspace(context)
      const recoveryCase = await anUnansweredCase()
      const mail = await onlyMail()
      for (const kind of [...order, ...order]) await tell(kind, mail)

      const { sent_at } = (await touchesOf(recoveryCase))[0] as Touch
      const { id: _, delivery_id, provider_id, content_sealed, workspace_id, reply_to, ...row } = await onlyMail()
      const facts = Object.entries(row).map(([column, value]) => [column, value instanceof Date ? 'a time' : value])
      const kinds = (await kindsOn(recoveryCase)).sort()
      outcomes.push({ facts, kinds, isSent: sent_at !== null, stopped: (await suppressions()).length })
    }
    expect(outcomes[0]).toMatchObject({ isSent: true, stopped: 1 })
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })

  it('never seems to come before the mail was accepted, or after now, though clocks differ', async () => {
    await aMailedCase()
    const { accepted_at } = await onlyMail()
    await tell('delivered', await onlyMail(), { at: new Date(0) })
    await tell('delayed', await onlyMail(), { at: new Date(context.now().getTime() + HOUR) })

    expect(await onlyMail()).toMatchObject({ delivered_at: accepted_at, delayed_at: context.now() })
  })

  it('finds a mail without its tag by the provider’s own id', async () => {
    const recoveryCase = await aMailedCase()
    const mail = await onlyMail()

    expect(await tell('delivered', mail, { mailId: null })).toBe('recorded')
    expect(await kindsOn(recoveryCase)).toContain('mail_delivered')
  })

  it('changes nothing when the mail is of another installation', async () => {
    const recoveryCase = await aMailedCase()

    expect(await tell('bounced', { id: randomUUID() })).toBe('unknown')
    expect(await tell('bounced', { id: randomUUID() }, { mailId: null })).toBe('unknown')
    expect(await kindsOn(recoveryCase)).toEqual(['mail_accepted'])
    expect(await suppressions()).toEqual([])
  })
})

describe('what the mail provider saw somebody do with a mail', () => {
  const SECOND = 1_000
  const scansOn = async ({ id }: RecoveryCase) =>
    (await CaseEntry.query(database.db).where({ case_id: id, kind: 'mail_scanned' })).map(({ detail }) => detail.by)

  it('is by a scanner when it comes within ten seconds of the delivery, however late that was', async () => {
    const recoveryCase = await aMailedCase()
    await tell('delivered', await onlyMail())
    context.advance(10 * SECOND)
    await tell('opened', await onlyMail())

    expect(await onlyMail()).toMatchObject({ opened_at: null, clicked_at: null, scanned_at: context.now() })
    expect(await scansOn(recoveryCase)).toEqual(['too_soon'])
  })

  it('is by a scanner when a program followed the link, however late', async () => {
    const recoveryCase = await aMailedCase()
    context.advance(HOUR)
    await tell('clicked', await onlyMail(), { userAgent: 'Barracuda Sentinel (EE)' })

    expect(await onlyMail()).toMatchObject({ clicked_at: null, scanned_at: context.now() })
    expect(await scansOn(recoveryCase)).toEqual(['machine'])
  })

  it('is by a person, after a scanner has looked at it', async () => {
    const recoveryCase = await aMailedCase()
    await tell('delivered', await onlyMail())
    await tell('opened', await onlyMail())
    context.advance(MINUTE)
    await tell('opened', await onlyMail())
    const at = context.now()
    context.advance(MINUTE)
    await tell('opened', await onlyMail())
    await tell('clicked', await onlyMail(), { userAgent: BROWSER })

    expect(await onlyMail()).toMatchObject({ opened_at: at, clicked_at: context.now() })
    expect(await kindsOn(recoveryCase)).toEqual([
      'mail_accepted',
      'mail_delivered',
      'mail_scanned',
      'mail_opened',
      'mail_clicked',
    ])
    // Only who opened our own link may have been led to pay.
    expect((await readEvidence(database.db, recoveryCase)).openedAt).toEqual([])
  })

  it('comes to the same when it is told before a delivery that was held up', async () => {
    const outcomes = []
    const visits = [
      ['opened', 2 * SECOND],
      ['clicked', 3 * SECOND],
      ['opened', HOUR],
    ] as const
    for (const order of [
      [0, 1, 2, 3],
      [1, 2, 0, 3],
      [1, 0, 3, 2],
    ]) {
      context = fakeContext({ db: database.db })
      workspace = await aWorkspace(context)
      const recoveryCase = await aMailedCase()
      context.advance(10 * MINUTE)
      const deliveredAt = context.now()
      const at = (ms: number) => new Date(deliveredAt.getTime() + ms)
      context.advance(2 * HOUR)
      for (const n of order) {
        const [kind, ms] = visits[n - 1] ?? ['delivered', 0]
        await tell(kind, await onlyMail(), { at: at(ms) })
      }
      const { opened_at, clicked_at, scanned_at } = await onlyMail()
      const sinceDelivery = (time: Date | null) => time && time.getTime() - deliveredAt.getTime()
      const kinds = (await kindsOn(recoveryCase)).sort()
      outcomes.push({
        opened: sinceDelivery(opened_at),
        clicked: sinceDelivery(clicked_at),
        scanned: scanned_at !== null,
        kinds,
      })
    }
    expect(outcomes[0]).toEqual({
      opened: HOUR,
      clicked: null,
      scanned: true,
      kinds: ['mail_accepted', 'mail_delivered', 'mail_opened', 'mail_scanned'],
    })
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })

  it('keeps no word of the program or person', async () => {
    await aMailedCase()
    await tell('clicked', await onlyMail(), { userAgent: BROWSER })
    const stored = JSON.stringify([await mails(), await CaseEntry.query(database.db), context.logged])
    expect(stored).not.toContain('Mozilla')
  })
})

describe('what the mail provider tells of an address', () => {
  it.each(['bounced', 'complained', 'suppressed'] as const)('stops mail to its address: %s', async (reason) => {
    await aMailedCase()
    await tell(reason, await onlyMail())
    const next = await aDueCase()
    await deliver()

    expect(context.outbox).toHaveLength(1)
    expect(await suppressions()).toMatchObject([{ address: ADDRESS.toLowerCase(), reason }])
    expect(await touchesOf(next)).toMatchObject([{ reason: 'suppressed' }])
    expect(await kindsOn(next)).toEqual(['touch_skipped'])
  })

  it.each(['delayed', 'failed', 'opened', 'clicked'] as const)(
    'does not stop mail to its address: %s',
    async (kind) => {
      await aMailedCase()
      await tell(kind, await onlyMail())
      await aDueCase()
      await deliver()

      expect(context.outbox).toHaveLength(2)
    },
  )

  it('never stops the owner’s own address because of a test', async () => {
    workspace = await aWorkspace(context, { mode: 'test' })
    context = Object.assign(context, { settings: { ...context.settings, testModeMail: 'owner' } })
    await aMailedCase()
    const { to_address } = await onlyMail()
    await tell('bounced', await onlyMail())
    expect(await suppressions()).toEqual([])

    // The owner may be a customer as well, once it is no test.
    await database.db('stripe_connections').where({ workspace_id: workspace.id }).update({ mode: 'live' })
    await aMailedCase({ customer_email: to_address })
    await tell('bounced', (await mails().orderBy('accepted_at', 'desc'))[0] as Mail)
    expect(await suppressions()).toMatchObject([{ address: to_address }])
  })

  it('stops the address of a test’s customer, where tests go to customers', async () => {
    workspace = await aWorkspace(context, { mode: 'test' })
    await aMailedCase()
    await tell('bounced', await onlyMail())
    expect(await suppressions()).toMatchObject([{ address: ADDRESS.toLowerCase() }])
  })

  it('stops mail to the address of this workspace only', async () => {
    await aMailedCase()
    await tell('complained', await onlyMail())
    const other = await aWorkspace(context)

    expect(await suppressedAmong(database.db, other.id, [ADDRESS])).toEqual(new Set())
  })

  it('keeps no address of a customer who was forgotten, before or after', async () => {
    const before = await aMailedCase({ stripe_customer_id: 'cus_before' })
    const mail = await onlyMail()
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_before' })
    await tell('bounced', mail)
    expect(await suppressions()).toEqual([])
    expect(await kindsOn(before)).toContain('mail_bounced')

    await aMailedCase({ stripe_customer_id: 'cus_after', customer_email: 'old@customer.example' })
    const [, second] = await Mail.query(database.db).where({ workspace_id: workspace.id }).orderBy('accepted_at')
    // Stripe learned of another address since.
    await database
      .db('recovery_cases')
      .where({ stripe_customer_id: 'cus_after' })
      .update({ customer_email: 'new@customer.example' })
    await tell('complained', second as Mail)
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_after' })
    expect(await suppressions()).toMatchObject([{ address: expect.stringMatching(/^sha256:/) }])
    expect((await suppressedAmong(database.db, workspace.id, ['old@customer.example'])).size).toBe(1)
  })

  it('erases a mail to a customer who was forgotten while its fate was unknown', async () => {
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await aMailedCase({ stripe_customer_id: 'cus_1' })
    await forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: 'cus_1' })
    expect(await onlyMail()).toMatchObject({ to_address: ADDRESS, erased_at: null })
    await tell('bounced', await onlyMail())

    expect(await onlyMail()).toMatchObject({ to_address: 'erased', erased_at: expect.any(Date) })
    expect(await suppressions()).toEqual([])
  })

  it('keeps no address when the customer is forgotten at the same moment', async () => {
    for (let n = 0; n < 8; n += 1) {
      const stripe_customer_id = `cus_${n}`
      await aMailedCase({ stripe_customer_id, customer_email: `person${n}@customer.example` })
      const mail = await Mail.query(database.db)
        .findOne({ to_address: `person${n}@customer.example` })
        .throwIfNotFound()
      await Promise.all([
        tell('bounced', mail),
        forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId: stripe_customer_id }),
      ])
    }
    const rest = JSON.stringify([await suppressions(), await mails()])
    expect(rest).not.toContain('person')
  })
})

describe('a mail whose acceptance nobody heard of', () => {
  it.each(['sent', 'delivered', 'bounced', 'opened'] as const)('counts as sent once it was %s', async (kind) => {
    const recoveryCase = await anUnansweredCase()
    const mail = await onlyMail()
    const acceptedAt = new Date(context.now().getTime() - 30_000)

    await tell(kind, mail, { acceptedAt })

    expect(await onlyMail()).toMatchObject({ accepted_at: acceptedAt, provider_id: `re-${mail.id}` })
    expect(await touchesOf(recoveryCase)).toMatchObject([{ sent_at: acceptedAt, reason: null }])
    expect(await kindsOn(recoveryCase)).toContain('mail_accepted')
  })

  it('is not sent again', async () => {
    await anUnansweredCase()
    await tell('sent', await onlyMail())
    for (let n = 0; n < 5; n += 1) {
      context.advance(HOUR)
      await deliver()
    }
    expect(context.calls).toHaveLength(1)
    expect(await deliveries()).toMatchObject([{ answered_at: expect.any(Date), abandoned_at: null }])
  })

  it('is taken off the owner’s hands, though it was given up long ago', async () => {
    context.answers.push(...Array(50).fill({ kind: 'unknown', reason: 'ECONNRESET' }))
    const recoveryCase = await aMailedCase()
    context.advance(24 * HOUR)
    await deliver()
    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown'])

    await tell('delivered', await onlyMail())
    await deliver()

    expect(await deliveries()).toMatchObject([{ answered_at: expect.any(Date), abandoned_at: null }])
    expect(await touchesOf(recoveryCase)).toMatchObject([{ sent_at: expect.any(Date) }])
    expect(await kindsOn(recoveryCase)).toEqual(['mail_unknown', 'mail_accepted', 'mail_delivered'])
    expect(context.calls).toHaveLength(1)
  })

  it('leaves the others of its call to the repeat, which changes nothing of it', async () => {
    const told = await aDueCase()
    const untold = await aDueCase({ customer_email: 'other@customer.example' })
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    const mail = (await mails()).find(({ to_address }) => to_address === ADDRESS) as Mail
    await tell('sent', mail)
    const [sent] = await touchesOf(told)
    expect(await deliveries()).toMatchObject([{ answered_at: null }])
    expect(await touchesOf(untold)).toMatchObject([{ sent_at: null }])

    context.advance(MINUTE)
    await deliver()

    expect(context.calls.map(({ key }) => key)).toEqual([context.calls[0]?.key, context.calls[0]?.key])
    expect(await touchesOf(told)).toEqual([sent])
    expect(await touchesOf(untold)).toMatchObject([{ sent_at: expect.any(Date) }])
    expect(await kindsOn(told)).toEqual(['mail_accepted'])
  })

  it('and the rest of its call stays unknown when that is given up', async () => {
    const told = await aDueCase()
    const untold = await aDueCase({ customer_email: 'other@customer.example' })
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    await tell('sent', (await mails()).find(({ to_address }) => to_address === ADDRESS) as Mail)
    context.advance(24 * HOUR)
    await deliver()

    expect(await kindsOn(told)).toEqual(['mail_accepted'])
    expect(await kindsOn(untold)).toEqual(['mail_unknown'])
  })

  it('may be told of before the provider’s own answer is recorded', async () => {
    const recoveryCase = await aDueCase()
    context.answers.push(async () => {
      const mail = await onlyMail()
      await tell('sent', mail)
      await tell('delivered', mail)
      return { kind: 'answered', mails: [{ accepted: true, providerId: `re-${mail.id}` }] }
    })
    await deliver()

    expect(await kindsOn(recoveryCase)).toEqual(['mail_accepted', 'mail_delivered'])
    expect(await deliveries()).toMatchObject([{ answered_at: expect.any(Date) }])
  })

  it('is confirmed by the answer, and by no event, where the answer comes in a moment', async () => {
    await aDueCase()
    let told: Promise<unknown> | undefined
    const locks: string[] = []
    const listen = ({ sql }: { sql: string }) => void (/"deliveries".* for /.test(sql) && locks.push(sql.slice(-10)))
    context.answers.push(async () => {
      const mail = await onlyMail()
      database.db.on('query', listen)
      told = tell('delivered', mail)
      await sleep(300)
      return { kind: 'answered', mails: [{ accepted: true, providerId: `re-${mail.id}` }] }
    })
    await deliver()
    await told
    database.db.off('query', listen)

    expect(await onlyMail()).toMatchObject({ accepted_at: expect.any(Date), delivered_at: expect.any(Date) })
    // The worker's, and then one that a hundred events hold together.
    expect(locks).toEqual([expect.stringContaining('for update'), expect.stringContaining('for share')])
  })

  it('is not sent anew by a refusal that comes after word of it', async () => {
    await aDueCase()
    await aDueCase({ customer_email: 'other@customer.example' })
    context.answers.push(async () => {
      await tell('sent', await onlyMail())
      return { kind: 'not_accepted', reason: 'bad gateway (403)', retryAfterMs: 1_000, isThrottled: false }
    })
    await deliver()
    context.advance(MINUTE)
    await deliver()

    expect(await deliveries()).toMatchObject([{ dissolved_at: null, answered_at: expect.any(Date) }])
    expect(new Set(context.calls.map(({ key }) => key)).size).toBe(1)
  })

  it('says of a refused mail nothing that was not so', async () => {
    const recoveryCase = await aDueCase()
    context.answers.push({ kind: 'answered', mails: [{ accepted: false, reason: 'Invalid address' }] })
    await deliver()
    await tell('sent', await onlyMail())

    expect(await onlyMail()).toMatchObject({ accepted_at: null })
    expect(await touchesOf(recoveryCase)).toMatchObject([{ sent_at: null, reason: 'mail_refused' }])
  })
})

describe('the mails of one call', () => {
  it('may all be told of at once, and the last one ends the call', async () => {
    for (let n = 0; n < 30; n += 1) await aDueCase({ customer_email: `person${n}@customer.example` })
    context.answers.push({ kind: 'unknown', reason: 'ECONNRESET' })
    await deliver()
    const fixed = await mails()
    await Promise.all(fixed.flatMap((mail) => [tell('sent', mail), tell('delivered', mail)]))
    context.advance(MINUTE)
    await deliver()

    expect(context.calls).toHaveLength(1)
    expect((await mails()).every(({ accepted_at, delivered_at }) => accepted_at && delivered_at)).toBe(true)
    expect(await deliveries()).toMatchObject([{ answered_at: expect.any(Date) }])
  })
})
