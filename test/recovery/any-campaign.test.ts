import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Delivery } from '../../src/db/models/delivery.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import type { CampaignStep } from '../../src/domain/campaign.js'
import { isSendingTime } from '../../src/domain/sending-hours.js'
import { changeCampaign } from '../../src/recovery/change-campaign.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'

const database = useDatabase()
const { db } = database
const CURRENT = '2026-10-28.endive'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** What the clock of a worker may have moved between its look at it and its commit. */
const A_MOMENT = 15 * SECOND
/** Each takes some ten seconds, and they are always the same; `CAMPAIGN_RUNS=50 CAMPAIGN_SEED=7` looks elsewhere. */
const RUNS = Number(process.env.CAMPAIGN_RUNS ?? 3)
const SEED = Number(process.env.CAMPAIGN_SEED ?? 1)

afterEach(() => nock.cleanAll())

/** Few people, so that several failures meet one customer, and several customers one mailbox. */
const failure = fc.record({
  afterMinutes: fc.integer({ min: 0, max: 12 * 24 * 60 }),
  customer: fc.nat(4),
  mailbox: fc.nat(3),
  isExpired: fc.boolean(),
  /** How long after it the customer pays. */
  paidAfterMinutes: fc.option(fc.integer({ min: 1, max: 9 * 24 * 60 }), { freq: 2 }),
  /** What goes wrong with the next call to the mail provider. */
  fault: fc.constantFrom('none', 'none', 'none', 'refused', 'unknown'),
})

const steps = fc
  .tuple(fc.array(fc.integer({ min: 60, max: 3 * 24 * 60 }), { maxLength: 4 }), fc.boolean())
  .map(([waits, hasLastWord]): CampaignStep[] => {
    let waitMinutes = 0
    const reminders = waits.map((wait, index): CampaignStep => {
      waitMinutes += wait
      const isLast = hasLastWord && index === waits.length - 1
      return { step: index + 1, waitMinutes, template: isLast ? 'final_notice' : 'reminder', isOn: true }
    })
    return [{ step: 0, waitMinutes: 0, template: 'first_notice', isOn: true }, ...reminders]
  })

/** Shortly before daylight saving ends, before it begins, and before a leap day. */
const TURNS = [
  { timeZone: 'Europe/Berlin', begin: '2026-10-21T05:00:00Z' },
  { timeZone: 'America/New_York', begin: '2027-03-10T15:00:00Z' },
  { timeZone: 'Australia/Lord_Howe', begin: '2028-02-22T21:00:00Z' },
]

const history = fc.record({
  timeZone: fc.constantFrom('UTC', ...TURNS.map(({ timeZone }) => timeZone)),
  begin: fc.constantFrom(...TURNS.map(({ begin }) => begin)),
  hours: fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 24 }), fc.boolean())
    .map(([from, length, onWeekends]) => ({
      fromMinute: from * 60,
      untilMinute: Math.min(1440, (from + length) * 60),
      onWeekends,
    })),
  gapHours: fc.integer({ min: 1, max: 60 }),
  every: steps,
  card: fc.option(steps),
  failures: fc.array(failure, { minLength: 6, maxLength: 18 }),
  /** Stripe is silent for as long, from the third day on. */
  silentHours: fc.nat(30),
})
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never

/** One history over each. */
const overEachTurn = () =>
  fc
    .sample(history, { seed: SEED, numRuns: TURNS.length })
    .map((each, index): [History] => [{ ...each, ...TURNS[index] }])

describe('whatever fails and whatever the campaign', () => {
  it(
    'a first mail is never late, a reminder never too early, and nothing is sent twice or forgotten',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (each) => {
          const lived = await liveThrough(each)
          await expectEachSentOnce(lived)
          await expectRemindersToKeepTheirDistance(each, lived)
          await expectNothingLeft(lived)
        }),
        { numRuns: RUNS, seed: SEED, endOnFailure: true, examples: overEachTurn() },
      )
    },
    RUNS * 60_000,
  )
})

interface Lived {
  readonly context: FakeContext
  readonly workspace: TestWorkspace
}

/** Two workers at a time look at each moment for which somebody rang. */
async function liveThrough({ begin, failures, silentHours, timeZone, ...campaign }: History): Promise<Lived> {
  await db('owners').delete()
  const start = Date.parse(begin)
  const context = fakeContext({ db, at: new Date(start) })
  const workspace = await aWorkspace(context, { timeZone })
  const here = { workspaceId: workspace.id }
  const { every, card, hours, gapHours } = campaign
  const changed = await changeCampaign(context, {
    ...here,
    change: { plans: { every, card }, hours, gapHours, thankYou: true },
  })
  expect(changed).toEqual({ kind: 'saved' })

  const invoices = new Map<string, Record<string, unknown>>()
  const isSilent = () => {
    const since = context.now().getTime() - start - 3 * DAY
    return since >= 0 && since < silentHours * HOUR
  }
  nock.cleanAll()
  nock(STRIPE_BASE)
    .persist()
    .get(/^\/v1\/invoices\/[^/]+$/)
    .query(true)
    .reply((uri) => {
      const invoice = invoices.get(new URL(uri, STRIPE_BASE).pathname.split('/').at(-1) ?? '')
      return isSilent() || !invoice ? [503, { error: { type: 'api_error' } }] : [200, invoice]
    })

  const happen = async (type: string, invoice: typeof failedInvoice, renewal: Parameters<typeof failedInvoice>[1]) => {
    invoices.set(String(renewal?.id), invoice(`${CURRENT} expanded`, renewal))
    await processEvent(context, await aStoredEvent(context, workspace, type, invoice(CURRENT, renewal)))
  }
  const happenings = failures.flatMap(({ afterMinutes, customer, mailbox, isExpired, paidAfterMinutes, fault }, n) => {
    const at = start + afterMinutes * MINUTE
    const renewal = {
      id: `in_${n}`,
      paymentIntent: `pi_${n}`,
      charge: `ch_${n}`,
      customer: `cus_${customer}`,
      email: `${n % 2 ? 'Box' : 'box'}${mailbox}@customer.example`,
      subscription: `sub_${n}`,
      decline: isExpired ? { code: 'expired_card' } : { code: 'card_declined', decline_code: 'insufficient_funds' },
      nextAttempt: null,
    }
    const fail = async () => {
      const reason = 'simulated'
      if (fault === 'refused') {
        context.answers.push({ kind: 'not_accepted', reason, isThrottled: true, retryAfterMs: 2 * SECOND })
      }
      if (fault === 'unknown') context.answers.push({ kind: 'unknown', reason })
      await happen('invoice.payment_failed', failedInvoice, renewal)
    }
    const pay = () => happen('invoice.paid', paidInvoice, renewal)
    return [{ at, run: fail }, ...(paidAfterMinutes === null ? [] : [{ at: at + paidAfterMinutes * MINUTE, run: pay }])]
  })

  const upcoming = happenings.toSorted((a, b) => a.at - b.at)
  for (let rounds = 0; ; rounds += 1) {
    expect(rounds).toBeLessThan(2_000)
    const now = context.now().getTime()
    while (upcoming[0] && upcoming[0].at <= context.now().getTime()) await upcoming.shift()?.run()
    const [one, other] = await Promise.all([deliverAll(context, here), deliverAll(context, here)])
    const leases = await Delivery.query(db).where({ answered_at: null, dissolved_at: null }).select('lease_until')
    const rings = [one.nextAt, other.nextAt, ...leases.map(({ lease_until }) => lease_until)]
    const times = [...rings.map((at) => at?.getTime()), upcoming[0]?.at].filter((at) => at !== undefined)
    if (times.length === 0) return { context, workspace }
    context.advance(
      Math.max(Math.min(...times) - context.now().getTime(), now === context.now().getTime() ? SECOND : 0),
    )
  }
}

interface SentMail {
  readonly id: string
  readonly fixedAt: number
  readonly acceptedAt: number
  readonly touches: readonly (Touch & { readonly case: RecoveryCase })[]
}

async function sentMails({ workspace }: Lived): Promise<SentMail[]> {
  const rows = await db('mails as mail')
    .join('deliveries as delivery', 'delivery.id', 'mail.delivery_id')
    .where({ 'mail.workspace_id': workspace.id })
    .select('mail.id', 'mail.accepted_at', 'delivery.fixed_at')
  const cases = new Map((await casesOf(workspace)).map((each) => [each.id, each]))
  const touches = (await touchesOf(workspace)).map((touch) =>
    Object.assign(touch, { case: cases.get(touch.case_id) as RecoveryCase }),
  )
  return rows.map(({ id, accepted_at, fixed_at }) => ({
    id,
    fixedAt: fixed_at.getTime(),
    acceptedAt: accepted_at.getTime(),
    touches: touches.filter(({ mail_id }) => mail_id === id),
  }))
}

const casesOf = ({ id }: TestWorkspace) => RecoveryCase.query(db).where({ workspace_id: id })
const touchesOf = ({ id }: TestWorkspace) => Touch.query(db).where({ workspace_id: id }).orderBy(['case_id', 'step'])
const isReminder = ({ step, template }: Touch) => step > 0 && template !== 'thank_you'

async function expectEachSentOnce(lived: Lived) {
  const { outbox } = lived.context
  const mails = await sentMails(lived)
  expect(outbox.map(({ mailId }) => mailId).sort()).toEqual(mails.map(({ id }) => id).sort())
  for (const { id, touches } of mails) {
    const caseIds = touches.map(({ case_id }) => case_id)
    expect(caseIds.length).toBeGreaterThan(0)
    expect(new Set(caseIds).size).toBe(caseIds.length)
    const links = outbox.find(({ mailId }) => mailId === id)?.text.match(/\/r\/[\w-]+$/gm) ?? []
    expect(new Set(links).size).toBe(touches.filter(({ template }) => template !== 'thank_you').length)
  }
}

async function expectRemindersToKeepTheirDistance({ hours, timeZone, gapHours }: History, lived: Lived) {
  const mails = await sentMails(lived)
  const ofSameCustomer = (a: SentMail, b: SentMail) =>
    a.touches.some(({ case: one }) =>
      b.touches.some(
        ({ case: other }) =>
          one.stripe_customer_id === other.stripe_customer_id ||
          one.customer_email?.toLowerCase() === other.customer_email?.toLowerCase(),
      ),
    )
  for (const mail of mails.filter(({ touches }) => touches.some(isReminder))) {
    // With a first mail it goes out anyway, and there may be another first mail of that moment.
    const joinsFirst = mail.touches.some(({ step }) => step === 0)
    const isTooClose = (other: SentMail) =>
      (other.fixedAt < mail.fixedAt || (other.fixedAt === mail.fixedAt && !joinsFirst)) &&
      other.acceptedAt + gapHours * HOUR > mail.fixedAt
    const others = mails.filter((other) => other !== mail && ofSameCustomer(mail, other))
    expect([mail, others.filter(isTooClose)]).toEqual([mail, []])
    const isInHours = [0, A_MOMENT].some((ms) => isSendingTime(new Date(mail.fixedAt - ms), { ...hours, timeZone }))
    expect([mail, isInHours]).toEqual([mail, true])
  }
}

async function expectNothingLeft(lived: Lived) {
  const { workspace } = lived
  const touches = await touchesOf(workspace)
  for (const recoveryCase of await casesOf(workspace)) {
    const { id, closed_at, opened_at } = recoveryCase
    const ofCase = touches.filter(({ case_id }) => case_id === id)
    const first = ofCase.find(({ step }) => step === 0)
    const toFirst = (first?.sent_at?.getTime() ?? Number.NaN) - opened_at.getTime()
    if (!closed_at || first?.sent_at) expect(toFirst).toBeLessThan(5 * MINUTE)

    const planned = ofCase.filter((touch) => !touch.sent_at && !touch.skipped_at && !touch.canceled_at)
    expect(planned).toEqual([])
    const contacts = ofCase.filter((touch) => touch.sent_at && touch.template !== 'thank_you')
    const inOrder = contacts.toSorted((a, b) => Number(a.sent_at) - Number(b.sent_at))
    expect(inOrder.map(({ step }) => step)).toEqual(contacts.map(({ step }) => step))
    if (closed_at) {
      for (const { sent_at } of contacts) expect(Number(sent_at)).toBeLessThanOrEqual(closed_at.getTime() + A_MOMENT)
      continue
    }
    // Only what a later mail has overtaken is left out, and never the last.
    const unsent = ofCase.filter(({ sent_at, canceled_at }) => !sent_at && !canceled_at)
    expect(unsent.map(({ reason }) => reason)).toEqual(unsent.map(() => 'overtaken'))
    expect(ofCase.findLast(({ canceled_at }) => !canceled_at)?.sent_at).not.toBeNull()
  }
}
