import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { JobDefinition } from '../../jobs/define-job.js'
import { checkTouchesJob, deliverTouchesJob } from '../../jobs/deliver-touches.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { DEFAULT_STEPS } from '../../src/domain/campaign.js'
import { type CampaignChange, changeCampaign } from '../../src/recovery/change-campaign.js'
import { checkBeforeSending } from '../../src/recovery/check-before-sending.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { stopReminders } from '../../src/recovery/follow-link.js'
import { pauseCase } from '../../src/recovery/pause-case.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { suppress } from '../../src/recovery/suppressions.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import {
  aStoredEvent,
  aWorkspace,
  failedInvoice,
  paidInvoice,
  type Renewal,
  type TestWorkspace,
} from '../support/factories.js'
import nock from '../support/nock.js'
import { aRing } from '../support/rings.js'
import { aSentTouch, aStoredCase, aStoredTouch } from '../support/stored-cases.js'

const database = useDatabase()
const { db } = database
const CURRENT = '2026-10-28.endive'
const EXPANDED = `${CURRENT} expanded` as const
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const DAY_MINUTES = 24 * 60
/** A Monday, 11:00 in Berlin. */
const MONDAY = new Date('2026-11-23T10:00:00Z')
const [FIRST, ONE_DAY] = DEFAULT_STEPS as [(typeof DEFAULT_STEPS)[0], (typeof DEFAULT_STEPS)[0]]
const NO_FUNDS = { code: 'card_declined', decline_code: 'insufficient_funds' }
const EXPIRED = { code: 'expired_card' }

let context: FakeContext
let workspace: TestWorkspace
/** As Stripe has them, by id. */
let invoices: Map<string, Record<string, unknown>>

async function begin(at = MONDAY) {
  await db('owners').delete()
  invoices = new Map()
  nock.cleanAll()
  nock(STRIPE_BASE)
    .persist()
    .get(/^\/v1\/invoices\/[^/]+$/)
    .query(true)
    .reply((uri) => [200, invoices.get(new URL(uri, STRIPE_BASE).pathname.split('/').at(-1) ?? '') ?? {}])
  context = fakeContext({ db, at })
  workspace = await aWorkspace(context)
}
beforeEach(() => begin())
afterEach(() => nock.cleanAll())

/** Customer `n`, and by default the only renewal. */
const someone = (n: number, over: Partial<Renewal> = {}): Partial<Renewal> => ({
  id: `in_${n}`,
  customer: `cus_${n}`,
  email: `customer${n}@customer.example`,
  locales: ['en'],
  decline: NO_FUNDS,
  ...over,
})
async function aFailure(renewal = someone(1), at = context.now()) {
  const id = String(renewal.id)
  invoices.set(id, failedInvoice(EXPANDED, renewal))
  const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT, renewal), {
    at,
  })
  await processEvent(context, event)
  return RecoveryCase.query(db).findOne({ workspace_id: workspace.id, stripe_invoice_id: id }).throwIfNotFound()
}
async function aPayment(renewal = someone(1), at = context.now()) {
  invoices.set(String(renewal.id), paidInvoice(EXPANDED, renewal))
  const event = await aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT, renewal), { at })
  await processEvent(context, event)
}

const here = () => ({ workspaceId: workspace.id })
const deliver = () => deliverAll(context, here())
const change = (wanted: CampaignChange) => changeCampaign(context, { ...here(), change: wanted })
const later = (ms: number) => new Date(MONDAY.getTime() + ms)
/** Moves the clock to a moment and does what is due then. */
async function deliverAt(time: Date) {
  context.advance(time.getTime() - context.now().getTime())
  return deliver()
}
const touches = (over: Partial<Touch> = {}) =>
  Touch.query(db)
    .where({ workspace_id: workspace.id, ...over } as object)
    .orderBy('step')
const touchesOf = ({ id }: RecoveryCase) => touches({ case_id: id })
const thanks = () => touches({ template: 'thank_you' })
const plan = async (of: RecoveryCase) =>
  (await touchesOf(of))
    .filter(({ mail_id, skipped_at, canceled_at }) => !mail_id && !skipped_at && !canceled_at)
    .map(({ step, template, due_at }) => [step, template, due_at])
/** Which invoices each mail tells of, and by which words, in the order of the mails. */
async function mailsAbout() {
  const rows: { mail: string; invoice: string; template: string }[] = await db('touches as touch')
    .join('recovery_cases as case', 'case.id', 'touch.case_id')
    .whereNotNull('touch.mail_id')
    .where({ 'touch.workspace_id': workspace.id })
    .orderBy('case.stripe_invoice_id')
    .select('touch.mail_id as mail', 'case.stripe_invoice_id as invoice', 'touch.template')
  return context.outbox.map(({ mailId }) =>
    rows.filter(({ mail }) => mail === mailId).map(({ invoice, template }) => `${template} ${invoice}`),
  )
}

describe('a campaign', () => {
  it('is planned when its case opens: a mail now, then after 1, 3 and 7 days', async () => {
    expect(await plan(await aFailure())).toEqual([
      [0, 'first_notice', MONDAY],
      [1, 'reminder', later(DAY)],
      [2, 'reminder', later(3 * DAY)],
      [3, 'final_notice', later(7 * DAY)],
    ])
  })

  it('writes four mails to who never pays, each as it was planned, and then no more', async () => {
    await aFailure()
    for (let { nextAt } = await deliver(); nextAt; ) ({ nextAt } = await deliverAt(nextAt))

    expect(await mailsAbout()).toEqual([
      ['first_notice in_1'],
      ['reminder in_1'],
      ['reminder in_1'],
      ['final_notice in_1'],
    ])
    expect((await touches()).map(({ sent_at }) => sent_at)).toEqual([0, 1, 3, 7].map((days) => later(days * DAY)))
    expect(context.outbox.map(({ subject }) => subject)).toEqual([
      'Your Fernhill renewal didn’t go through',
      'Your Fernhill renewal is still open',
      'Your Fernhill renewal is still open',
      'Our last mail about your Fernhill renewal',
    ])
  })

  it('is that of the decline’s class where the owner made one', async () => {
    await change({ plans: { card: [FIRST, { ...ONE_DAY, waitMinutes: 2 * DAY_MINUTES, template: 'final_notice' }] } })
    expect(await plan(await aFailure(someone(1, { decline: EXPIRED })))).toEqual([
      [0, 'first_notice', MONDAY],
      [1, 'final_notice', later(2 * DAY)],
    ])
    expect(await plan(await aFailure(someone(2)))).toHaveLength(4)
  })

  it('is planned anew when a later failure has another reason, but for what was sent', async () => {
    await change({ plans: { card: [FIRST, { ...ONE_DAY, waitMinutes: 5 * DAY_MINUTES }] } })
    const recoveryCase = await aFailure()
    await deliver()
    context.advance(2 * HOUR)
    await aFailure(someone(1, { decline: EXPIRED, attemptCount: 2 }))

    expect(await touchesOf(recoveryCase)).toMatchObject([
      { sent_at: MONDAY },
      { due_at: later(5 * DAY), canceled_at: null },
      { reason: 'campaign_changed' },
      { reason: 'campaign_changed' },
    ])
  })

  it('has one touch a step, however many events tell of the failure at once', async () => {
    const events = await Promise.all(
      Array.from({ length: 5 }, () =>
        aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT, someone(1))),
      ),
    )
    invoices.set('in_1', failedInvoice(EXPANDED, someone(1)))
    await Promise.all(events.map((event) => processEvent(context, event)))
    await Promise.all([deliver(), deliver()])

    expect((await touches()).map(({ step }) => step)).toEqual([0, 1, 2, 3])
    expect(context.outbox).toHaveLength(1)
  })

  it('catches up with two mails after a week without workers: the first, and a day later the last word', async () => {
    const recoveryCase = await aFailure()
    await deliverAt(later(8 * DAY))
    expect(await touchesOf(recoveryCase)).toMatchObject([
      { sent_at: later(8 * DAY) },
      { reason: 'overtaken' },
      { reason: 'overtaken' },
      { skipped_at: null, due_at: later(9 * DAY) },
    ])

    await deliverAt(later(9 * DAY))
    expect(await mailsAbout()).toEqual([['first_notice in_1'], ['final_notice in_1']])
  })

  it('uses the words of the first mail for a case that nobody was written to about', async () => {
    const address = 'customer1@customer.example'
    const recoveryCase = await aFailure()
    await suppress(db, { ...here(), address, reason: 'bounced', at: MONDAY })
    await deliver()
    await db('suppressions').delete()
    await deliverAt(later(DAY))
    await deliverAt(later(3 * DAY))

    expect(await touchesOf(recoveryCase)).toMatchObject([
      { reason: 'suppressed' },
      { template: 'first_notice', sent_at: later(DAY) },
      { template: 'reminder', sent_at: later(3 * DAY) },
      { template: 'final_notice', sent_at: null },
    ])
    expect(context.outbox.map(({ subject }) => subject)).toEqual([
      'Your Fernhill renewal didn’t go through',
      'Your Fernhill renewal is still open',
    ])
  })
})

describe('sending hours', () => {
  it('hold for reminders, not for the first mail', async () => {
    await begin(new Date('2026-11-24T01:30:00Z'))
    await aFailure()
    await deliver()
    expect(context.outbox).toHaveLength(1)

    await deliverAt(new Date('2026-11-25T07:59:59Z'))
    expect(context.outbox).toHaveLength(1)
    await deliverAt(new Date('2026-11-25T08:00:00Z'))
    expect(context.outbox).toHaveLength(2)
  })

  it('make a reminder wait for the morning that came due by day and is sent at night', async () => {
    await aFailure()
    await deliver()
    const { nextAt } = await deliverAt(new Date('2026-11-24T22:10:00Z'))
    expect(context.outbox).toHaveLength(1)
    expect(nextAt).toEqual(new Date('2026-11-25T08:00:00Z'))

    await deliverAt(new Date('2026-11-25T08:00:00Z'))
    expect(context.outbox).toHaveLength(2)
  })

  it.each([
    ['a day before the clock is put back', 'Europe/Berlin', '2026-10-24T18:00:00Z', '2026-10-26T08:00:00Z'],
    ['a day before the clock is put forward', 'Europe/Berlin', '2027-03-27T06:45:00Z', '2027-03-28T07:00:00Z'],
    ['into the hour that the clock gained', 'Europe/Berlin', '2027-03-27T07:30:00Z', '2027-03-28T07:30:00Z'],
    ['the evening before a leap day', 'Europe/Berlin', '2028-02-27T19:00:00Z', '2028-02-29T08:00:00Z'],
    ['the evening of a leap day', 'Europe/Berlin', '2028-02-29T19:00:00Z', '2028-03-02T08:00:00Z'],
    ['far from here', 'America/New_York', '2026-10-31T22:30:00Z', '2026-11-02T14:00:00Z'],
    ['where the clock moves by half an hour', 'Australia/Lord_Howe', '2026-10-02T22:45:00Z', '2026-10-03T22:45:00Z'],
  ])('are those of the clock on the wall: %s', async (_, timeZone, failed, reminded) => {
    await begin(new Date(failed))
    workspace = await aWorkspace(context, { timeZone })
    await aFailure()
    await deliver()
    await deliverAt(new Date(Date.parse(reminded) - SECOND))
    expect(context.outbox).toHaveLength(1)

    await deliverAt(new Date(reminded))
    expect(context.outbox).toHaveLength(2)
  })
})

describe('the gap between mails to one customer', () => {
  it('holds after any mail, and then one mail reminds of all', async () => {
    const first = await aFailure(someone(1))
    await deliver()
    context.advance(23 * HOUR)
    await aFailure(someone(1, { id: 'in_1b' }))
    await deliver()
    expect(await mailsAbout()).toEqual([['first_notice in_1'], ['first_notice in_1b']])

    await deliverAt(later(DAY))
    expect(context.outbox).toHaveLength(2)
    expect((await touchesOf(first))[1]?.due_at).toEqual(later(47 * HOUR))

    await deliverAt(later(47 * HOUR))
    expect((await mailsAbout()).slice(2)).toEqual([['reminder in_1', 'reminder in_1b']])
  })

  it('holds for a mailbox that two customers share, also within one batch', async () => {
    await aFailure(someone(1, { email: 'Office@customer.example' }))
    await aFailure(someone(2, { email: 'office@customer.example' }))
    await deliver()
    expect(context.outbox).toHaveLength(2)

    await deliverAt(later(DAY))
    expect(context.outbox).toHaveLength(3)
    await deliverAt(later(2 * DAY - MINUTE))
    expect(context.outbox).toHaveLength(3)
    await deliverAt(later(2 * DAY))
    expect(context.outbox).toHaveLength(4)
    expect((await mailsAbout()).slice(2).flat().sort()).toEqual(['reminder in_1', 'reminder in_2'])
  })

  it('holds for a customer whose address is another by now, also within one batch', async () => {
    await aFailure(someone(1))
    await aFailure(someone(1, { id: 'in_1b', email: 'new@customer.example' }))
    await deliver()
    expect(context.outbox).toHaveLength(2)

    await deliverAt(later(DAY))
    expect(context.outbox).toHaveLength(3)
    await deliverAt(later(2 * DAY))
    expect(context.outbox).toHaveLength(4)
  })

  it('holds between the batches of workers that run at the same moment', async () => {
    const pairs = Array.from({ length: 60 }, (_, n) => n)
    const about = async (n: number, customer: string, dueMs: number) => {
      const over = { customer_email: `box${n}@customer.example`, stripe_customer_id: `cus_${customer}_${n}` }
      const recoveryCase = await aStoredCase(context, workspace, { ...over, ago: 2 * DAY, checked_at: context.now() })
      await aSentTouch(context, recoveryCase, later(-2 * DAY))
      const due_at = later(dueMs)
      await aStoredTouch(context, recoveryCase, { step: 1, template: 'reminder', wait_minutes: DAY_MINUTES, due_at })
    }
    // The second of a pair lies in another batch of a hundred than the first.
    for (const n of pairs) await about(n, 'a', -2 * HOUR)
    for (const n of pairs) await about(n, 'b', -HOUR)

    await Promise.all(Array.from({ length: 4 }, () => deliverTouches(context, here())))

    expect(context.outbox.map(({ to }) => to).sort()).toEqual(pairs.map((n) => `box${n}@customer.example`).sort())
    const postponed = await touches({ step: 1, mail_id: null })
    expect(postponed).toHaveLength(60)
    for (const { due_at, skipped_at } of postponed) {
      expect(skipped_at).toBeNull()
      expect(due_at.getTime()).toBeGreaterThanOrEqual(later(DAY).getTime())
    }
  })

  it('never holds back a first mail, which tells of all that is new', async () => {
    await aFailure(someone(1))
    await deliver()
    context.advance(2 * HOUR)
    await aFailure(someone(1, { id: 'in_1b' }))
    await aFailure(someone(1, { id: 'in_1c' }))
    await deliver()

    expect(await mailsAbout()).toEqual([['first_notice in_1'], ['first_notice in_1b', 'first_notice in_1c']])
  })

  it('lets a reminder that is soon due go out with another to the same customer', async () => {
    await aFailure(someone(1))
    await deliver()
    context.advance(3 * HOUR)
    await aFailure(someone(1, { id: 'in_1b' }))
    await aFailure(someone(2))
    await deliver()
    await deliverAt(later(DAY + 3 * HOUR))
    const before = context.outbox.length
    await deliverAt(later(3 * DAY))

    expect((await mailsAbout()).slice(before)).toEqual([['reminder in_1', 'reminder in_1b']])
    expect(context.outbox.at(-1)?.headers['List-Unsubscribe']).toMatch(/\/stop\?all=1>$/)
    await deliverAt(later(3 * DAY + 3 * HOUR))
    expect((await mailsAbout()).slice(before + 1)).toEqual([['reminder in_2']])
  })
})

describe('stopping reminders', () => {
  /** Follows what stands in a mail's header, as the mailbox does. */
  async function unsubscribe(mail: number) {
    const url = new URL(context.outbox[mail]?.headers['List-Unsubscribe']?.slice(1, -1) ?? '')
    const token = url.pathname.split('/')[2] ?? ''
    await stopReminders(context, token, { all: url.searchParams.get('all') === '1' })
  }

  it('from a mail about several invoices stops them all, and nobody else’s', async () => {
    await aFailure(someone(1))
    await aFailure(someone(1, { id: 'in_1b' }))
    await aFailure(someone(2))
    await deliver()
    await unsubscribe(context.outbox.findIndex(({ to }) => to.startsWith('customer1@')))
    await deliverAt(later(DAY))

    expect((await mailsAbout()).slice(2)).toEqual([['reminder in_2']])
    const stopped = await touches({ step: 1, reason: 'reminders_stopped' })
    expect(stopped).toHaveLength(2)
  })

  it('from a mail about one invoice stops that one', async () => {
    await aFailure(someone(1))
    await deliver()
    context.advance(HOUR)
    await aFailure(someone(1, { id: 'in_1b' }))
    await deliver()
    await unsubscribe(0)
    await deliverAt(later(DAY + HOUR))

    expect((await mailsAbout()).slice(2)).toEqual([['reminder in_1b']])
  })
})

describe('thanking for a payment', () => {
  beforeEach(() => change({ thankYou: true }))

  /** The customer was written to and paid. */
  async function aRecovery(paidAt = later(HOUR)) {
    const recoveryCase = await aFailure()
    await deliver()
    context.advance(paidAt.getTime() - context.now().getTime())
    await aPayment()
    return recoveryCase
  }

  it('writes once, without a way to stop what has ended, and drops the reminders', async () => {
    await aRecovery()
    await deliver()
    await deliverAt(later(10 * DAY))

    expect(await mailsAbout()).toEqual([['first_notice in_1'], ['thank_you in_1']])
    expect(context.outbox[1]?.headers).toEqual({})
    expect(await touches().where('step', '>', 0).whereNot({ template: 'thank_you' })).toMatchObject(
      Array(3).fill({ reason: 'case_closed' }),
    )
  })

  it('is not done unless the owner wants it', async () => {
    await change({ thankYou: false })
    await aRecovery()
    expect(await thanks()).toEqual([])
  })

  it('is not done where we wrote nothing', async () => {
    await aFailure()
    context.advance(MINUTE)
    await aPayment()
    await deliver()
    expect(await thanks()).toEqual([])
    expect(context.outbox).toEqual([])
  })

  it('keeps the sending hours', async () => {
    await aRecovery(later(11 * HOUR))
    await deliver()
    expect(context.outbox).toHaveLength(1)
    expect(await thanks()).toMatchObject([{ due_at: new Date('2026-11-24T08:00:00Z') }])

    await deliverAt(new Date('2026-11-24T08:00:00Z'))
    expect(context.outbox).toHaveLength(2)
  })

  it('is dropped when the money went back before', async () => {
    await aRecovery(later(11 * HOUR))
    const refund = { object: 'charge', id: 'ch_renewal', payment_intent: 'pi_renewal', amount_refunded: 100 }
    context.advance(MINUTE)
    await processEvent(
      context,
      await aStoredEvent(context, workspace, 'charge.refunded', { ...refund, currency: 'usd' }),
    )
    await deliverAt(new Date('2026-11-24T08:00:00Z'))

    expect(context.outbox).toHaveLength(1)
    expect(await thanks()).toMatchObject([{ reason: 'money_went_back', sent_at: null }])
  })

  it('is dropped when it comes days late', async () => {
    await aRecovery()
    await deliverAt(later(HOUR + 3 * DAY + MINUTE))
    expect(context.outbox).toHaveLength(1)
    expect(await thanks()).toMatchObject([{ reason: 'too_late', sent_at: null }])
  })

  it('is not planned when we hear of the payment days late', async () => {
    await aFailure()
    await deliver()
    context.advance(3 * DAY)
    await aPayment(someone(1), later(2 * HOUR))
    expect(await thanks()).toEqual([])
  })

  it('is not done for a case that the owner has paused', async () => {
    const recoveryCase = await aFailure()
    await deliver()
    await pauseCase(context, { ...here(), caseId: recoveryCase.id, ownerId: workspace.owner.id })
    context.advance(HOUR)
    await aPayment()
    await deliver()
    expect(context.outbox).toHaveLength(1)
  })

  it('comes instead of a reminder, which keeps its distance to it', async () => {
    await aFailure(someone(1))
    await aFailure(someone(1, { id: 'in_1b' }))
    await deliver()
    context.advance(DAY)
    await checkBeforeSending(context, here())
    await aPayment(someone(1))
    await deliver()
    expect((await mailsAbout()).slice(1)).toEqual([['thank_you in_1']])

    await deliverAt(later(2 * DAY))
    expect((await mailsAbout()).slice(2)).toEqual([['reminder in_1b']])
  })

  it('comes instead of a reminder to the same mailbox under another customer, too', async () => {
    const email = 'office@customer.example'
    await aFailure(someone(2, { email }))
    await aFailure(someone(1, { email }))
    await deliver()
    context.advance(DAY)
    await checkBeforeSending(context, here())
    await aPayment(someone(1, { email }))
    await deliver()
    expect((await mailsAbout()).slice(2)).toEqual([['thank_you in_1']])
  })
})

describe('delivering for a workspace', () => {
  it('lets reminders stand back while another workspace’s first mail waits', async () => {
    await aFailure(someone(1))
    await deliver()
    context.advance(DAY)
    await checkBeforeSending(context, here())
    const mine = workspace
    workspace = await aWorkspace(context)
    await aFailure(someone(2))

    const { nextAt } = await deliverTouches(context, { workspaceId: mine.id })
    expect(context.outbox).toHaveLength(1)
    expect(nextAt).toEqual(new Date(context.now().getTime() + 2 * SECOND))

    await deliver()
    await deliverTouches(context, { workspaceId: mine.id })
    expect(context.outbox.map(({ to }) => to[8])).toEqual(['1', '2', '1'])
  })

  it('ends its turn after ten deliveries, and asks to go on', async () => {
    await aFailure()
    const refusal = { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', isThrottled: true } as const
    context.answers = Array.from({ length: 12 }, () => ({ ...refusal, retryAfterMs: SECOND }))

    expect(await deliver()).toMatchObject({ nextAt: context.now() })
    expect(context.calls).toHaveLength(10)

    expect(await deliver()).toMatchObject({ nextAt: later(DAY) })
    expect(context.calls).toHaveLength(13)
    expect(context.outbox).toHaveLength(1)
  })

  it('names the time of what comes next, and says when Stripe is to be asked', async () => {
    await aFailure(someone(1))
    expect(await deliverTouches(context, here())).toEqual({ nextAt: later(DAY), checks: false })

    context.advance(DAY)
    expect(await deliverTouches(context, here())).toEqual({ nextAt: later(3 * DAY), checks: true })
    expect(context.outbox).toHaveLength(1)
    await aPayment(someone(1))
    expect(await deliverTouches(context, here())).toEqual({ nextAt: null, checks: false })
  })

  it('is rung for at that time, and after Stripe was asked', async () => {
    await aFailure()
    const heard: string[] = []
    const ring = aRing(
      (job: JobDefinition<never>, payload) => void heard.push(`${job.name} ${JSON.stringify(payload)}`),
      (time, job, payload) => void heard.push(`${job.name} ${JSON.stringify(payload)} at ${time.toISOString()}`),
    )
    const payload = JSON.stringify(here())
    await deliverTouchesJob.run(context, here(), ring)
    expect(heard.splice(0)).toEqual([`deliver-touches ${payload} at ${later(DAY).toISOString()}`])

    context.advance(DAY)
    await deliverTouchesJob.run(context, here(), ring)
    expect(heard.splice(0)).toEqual([
      `check-touches ${payload}`,
      `deliver-touches ${payload} at ${later(3 * DAY).toISOString()}`,
    ])

    await checkTouchesJob.run(context, here(), ring)
    expect(heard.splice(0)).toEqual([`deliver-touches ${payload}`])
    await deliverTouchesJob.run(context, here(), ring)
    expect(context.outbox).toHaveLength(2)
  })
})
