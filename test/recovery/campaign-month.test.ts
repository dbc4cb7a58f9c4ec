import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { isSendingTime, type SendingHours } from '../../src/domain/sending-hours.js'
import { changeCampaign } from '../../src/recovery/change-campaign.js'
import { checkBeforeSending } from '../../src/recovery/check-before-sending.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'

const database = useDatabase()
const { db } = database
afterEach(() => nock.cleanAll())

const CURRENT = '2026-10-28.endive'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const GAP = 24 * HOUR
/** Failures come in its first half, so that every campaign is over at its end. */
const MONTH = 35 * DAY
const MOST_TURNS = 2_000

/** The first two read one mailbox. */
const MAILBOXES = ['Office@customer.example', 'office@customer.example', 'bo@customer.example', 'cy@customer.example']
const DECLINES = [
  { code: 'expired_card' },
  { code: 'card_declined', decline_code: 'insufficient_funds' },
  { code: 'card_declined', decline_code: 'generic_decline' },
]

/** What is rolled for a renewal that failed; times in minutes after the month began, or after the failure. */
interface Renewal {
  readonly customer: number
  readonly decline: number
  readonly failsAt: number
  /** The first to happen ends it; `null`: it does not happen. */
  readonly paysAfter: number | null
  readonly stopsAfter: number | null
}

/** Times when something is out of order. Minutes after the month began, and for how long. */
interface Trouble {
  readonly at: number
  readonly minutes: number
}

interface Life {
  readonly renewals: readonly Renewal[]
  readonly noWorkers: Trouble
  readonly noStripe: Trouble
}

const minutes = (most: number) => fc.integer({ min: 0, max: most / MINUTE })
const sometimes = fc.option(minutes(9 * DAY), { freq: 3 })
const trouble = (longest: number) => fc.record({ at: minutes(20 * DAY), minutes: minutes(longest) })
const aLife: fc.Arbitrary<Life> = fc.record({
  renewals: fc.array(
    fc.record({
      customer: fc.nat(MAILBOXES.length - 1),
      decline: fc.nat(DECLINES.length - 1),
      failsAt: minutes(14 * DAY),
      paysAfter: sometimes,
      stopsAfter: sometimes,
    }),
    { minLength: 5, maxLength: 8 },
  ),
  noWorkers: trouble(2 * DAY),
  noStripe: trouble(2 * HOUR),
})

/** A mail as it was fixed, with all that it tells of. */
interface SentMail {
  readonly at: Date
  readonly touches: readonly { caseId: string; step: number; template: string; customer: string; mailbox: string }[]
}

interface Month {
  readonly mails: readonly SentMail[]
  readonly cases: readonly RecoveryCase[]
  readonly touches: readonly Touch[]
  readonly accepted: readonly string[]
  readonly began: number
}

/** Lives through a month: everything at its time, by two workers at once and the sweep. */
async function liveThrough(life: Life, start: Date, timeZone: string): Promise<Month> {
  await db('owners').delete()
  const context = fakeContext({ db, at: start })
  const workspace = await aWorkspace(context, { timeZone })
  const here = { workspaceId: workspace.id }
  await changeCampaign(context, { ...here, change: { thankYou: true } })
  const began = start.getTime()
  const isNow = ({ at, minutes: length }: Trouble) => {
    const minute = (context.now().getTime() - began) / MINUTE
    return minute >= at && minute < at + length
  }
  const invoices = stripeWith(() => !isNow(life.noStripe))
  const happenings = happeningsOf(life, { context, workspace, invoices })
  const workersAreBack = began + (life.noWorkers.at + life.noWorkers.minutes) * MINUTE

  for (let turn = 0; context.now().getTime() < began + MONTH; turn += 1) {
    if (turn > MOST_TURNS) throw new Error('The workers do not come to rest')
    for (let next = happenings[0]; next && next.at <= context.now().getTime(); next = happenings[0]) {
      happenings.shift()
      await next.happens()
    }
    const wake = isNow(life.noWorkers) ? workersAreBack : await work(context, here.workspaceId)
    const next = Math.min(wake, happenings[0]?.at ?? began + MONTH, began + MONTH)
    context.advance(Math.max(1_000, next - context.now().getTime()))
  }
  const caseIds = await RecoveryCase.query(db).where({ workspace_id: workspace.id })
  return {
    mails: await sentMails(workspace.id),
    cases: caseIds,
    touches: await Touch.query(db).where({ workspace_id: workspace.id }).orderBy(['case_id', 'step']),
    accepted: context.outbox.map(({ mailId }) => mailId),
    began,
  }
}

/** @returns when something is to be done again */
async function work(context: FakeContext, workspaceId: string): Promise<number> {
  const { check } = await findPending(context)
  if (check.length > 0) await checkBeforeSending(context, { workspaceId })
  const workers = await Promise.all([1, 2].map(() => deliverTouches(context, { workspaceId })))
  const bells = workers.flatMap(({ nextAt }) => nextAt?.getTime() ?? [])
  const { deliver } = await findPending(context)
  return Math.min(...bells, deliver.length > 0 ? context.now().getTime() + MINUTE : Number.POSITIVE_INFINITY)
}

function stripeWith(isUp: () => boolean): Map<string, Record<string, unknown>> {
  const invoices = new Map<string, Record<string, unknown>>()
  nock.cleanAll()
  nock(STRIPE_BASE)
    .persist()
    .get(/^\/v1\/invoices\/[^/]+$/)
    .query(true)
    .reply((uri) => {
      const invoice = invoices.get(new URL(uri, STRIPE_BASE).pathname.split('/').at(-1) ?? '')
      return isUp() && invoice ? [200, invoice] : [503, { error: { type: 'api_error', message: 'simulated' } }]
    })
  return invoices
}

interface World {
  readonly context: FakeContext
  readonly workspace: TestWorkspace
  readonly invoices: Map<string, Record<string, unknown>>
}

function happeningsOf({ renewals }: Life, { context, workspace, invoices }: World) {
  const began = context.now().getTime()
  const tell = async (type: string, invoice: Record<string, unknown>) =>
    processEvent(context, await aStoredEvent(context, workspace, type, invoice))
  return renewals
    .flatMap(({ customer, decline, failsAt, paysAfter, stopsAfter }, n) => {
      const id = `in_${n}`
      const renewal = {
        id,
        customer: `cus_${customer}`,
        email: MAILBOXES[customer] as string,
        decline: DECLINES[decline] as { code: string },
        paymentIntent: `pi_${n}`,
        charge: `ch_${n}`,
        subscription: `sub_${n}`,
      }
      const fails = async () => {
        invoices.set(id, failedInvoice(`${CURRENT} expanded`, renewal))
        await tell('invoice.payment_failed', failedInvoice(CURRENT, renewal))
      }
      const pays = async () => {
        invoices.set(id, paidInvoice(`${CURRENT} expanded`, renewal))
        await tell('invoice.paid', paidInvoice(CURRENT, renewal))
      }
      const stops = () =>
        RecoveryCase.query(db)
          .where({ workspace_id: workspace.id, stripe_invoice_id: id })
          .patch({ reminders_stopped_at: context.now() })
      const after = (wait: number | null, happens: () => Promise<unknown>) =>
        wait === null ? [] : [{ at: began + (failsAt + 1 + wait) * MINUTE, happens }]
      return [
        { at: began + failsAt * MINUTE, happens: fails as () => Promise<unknown> },
        ...after(paysAfter, pays),
        ...after(stopsAfter, stops),
      ]
    })
    .sort((a, b) => a.at - b.at)
}

async function sentMails(workspaceId: string): Promise<SentMail[]> {
  const rows: (SentMail['touches'][number] & { mailId: string; at: Date })[] = await db('touches as touch')
    .join('recovery_cases as case', 'case.id', 'touch.case_id')
    .join('mails as mail', 'mail.id', 'touch.mail_id')
    .join('deliveries as delivery', 'delivery.id', 'mail.delivery_id')
    .where({ 'touch.workspace_id': workspaceId })
    .select({
      mailId: 'mail.id',
      at: 'delivery.fixed_at',
      caseId: 'case.id',
      step: 'touch.step',
      template: 'touch.template',
      customer: 'case.stripe_customer_id',
      mailbox: db.raw('lower("case".customer_email)'),
    })
  const mails = Map.groupBy(rows, ({ mailId }) => mailId)
  return [...mails.values()]
    .map((touches) => ({ at: touches[0]?.at ?? new Date(0), touches }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

const isFirst = ({ touches }: SentMail) => touches.some(({ step }) => step === 0)
const isThanks = ({ touches }: SentMail) => touches.some(({ template }) => template === 'thank_you')
const reminds = ({ touches }: SentMail) => touches.some(({ step, template }) => step > 0 && template !== 'thank_you')
const isToTheSame = (one: SentMail, other: SentMail) =>
  one.touches.some((a) => other.touches.some((b) => a.customer === b.customer || a.mailbox === b.mailbox))
const casesIn = ({ touches }: SentMail) => touches.map(({ caseId }) => caseId)

function holds({ mails, cases, touches, accepted, began }: Month, life: Life, hours: SendingHours): void {
  expect(new Set(accepted).size).toBe(accepted.length)
  expect(accepted).toHaveLength(mails.length)
  for (const mail of mails) {
    const others = mails.filter((other) => other !== mail && isToTheSame(mail, other))
    if (reminds(mail) || isThanks(mail)) expect([mail, isSendingTime(mail.at, hours)]).toEqual([mail, true])
    if (reminds(mail)) {
      // One that tells of a new failure goes out anyway: beside it there may be another first mail of that moment.
      const before = ({ at }: SentMail) => {
        const ms = mail.at.getTime() - at.getTime()
        return ms < GAP && (isFirst(mail) ? ms > 0 : ms >= 0)
      }
      expect([mail, others.filter(before)]).toEqual([mail, []])
    }
    expect(new Set(casesIn(mail)).size).toBe(casesIn(mail).length)
    for (const { caseId, template } of mail.touches) {
      const { closed_at, reminders_stopped_at } = cases.find(({ id }) => id === caseId) ?? {}
      if (reminders_stopped_at) expect(mail.at.getTime()).toBeLessThan(reminders_stopped_at.getTime())
      if (closed_at && template !== 'thank_you') expect(mail.at.getTime()).toBeLessThan(closed_at.getTime() + 1_000)
    }
  }
  const workersLeft = began + life.noWorkers.at * MINUTE
  const workersCame = workersLeft + life.noWorkers.minutes * MINUTE
  for (const { id, opened_at, closed_at, reminders_stopped_at } of cases) {
    const mine = mails.filter((mail) => casesIn(mail).includes(id))
    const steps = mine.flatMap((mail) => mail.touches.filter(({ caseId }) => caseId === id).map(({ step }) => step))
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))

    const opened = opened_at.getTime()
    const mayBegin = opened >= workersLeft && opened < workersCame ? workersCame : opened
    const ended = Math.min(closed_at?.getTime() ?? Infinity, reminders_stopped_at?.getTime() ?? Infinity)
    if (ended > mayBegin + 5 * MINUTE) {
      expect(steps[0]).toBe(0)
      expect(Number(mine[0]?.at) - mayBegin).toBeLessThan(5 * MINUTE)
    }
    const planned = touches.filter(({ case_id }) => case_id === id)
    for (const { step, sent_at, wait_minutes } of planned) {
      if (sent_at && step < 1_000) expect(sent_at.getTime()).toBeGreaterThan(opened + wait_minutes * MINUTE - GAP)
    }
    const isOver = planned.every((touch) => touch.sent_at ?? touch.skipped_at ?? touch.canceled_at)
    expect([planned, isOver]).toEqual([planned, true])
    if (ended === Infinity) expect(planned.map(({ step, sent_at }) => step === 3 && sent_at !== null)).toContain(true)
  }
}

describe('a month of campaigns keeps the gap, the hours and the steps', () => {
  it.each([
    ['Europe/Berlin', '2026-10-19T08:00:00Z', 'when the clock is put back'],
    ['Europe/Berlin', '2027-03-22T21:00:00Z', 'when the clock is put forward'],
    ['Europe/Berlin', '2028-02-21T06:00:00Z', 'with a leap day'],
    ['America/New_York', '2026-10-25T03:00:00Z', 'on the other side of the ocean'],
  ])(
    'in %s from %s, %s',
    async (timeZone, start) => {
      const hours = { timeZone, fromMinute: 9 * 60, untilMinute: 18 * 60, onWeekends: true }
      await fc.assert(
        fc.asyncProperty(aLife, async (life) => {
          holds(await liveThrough(life, new Date(start), timeZone), life, hours)
        }),
        { numRuns: 2, endOnFailure: true },
      )
    },
    120_000,
  )
})
