import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import type { Context } from '../../src/context.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { audit, type Finding } from '../../src/recovery/audit.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { truthOf } from '../simulator/history/truth.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { liveThrough } from '../support/live-through.js'

const database = useDatabase()
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Of the steps of a campaign, in days. */
const WAITS = [0, 1, 3, 7]
const TIME_ZONE = 'America/New_York'
const UNTIL = Date.UTC(2026, 9, 1)

let simulators: Simulators
let context: Context

beforeAll(async () => {
  simulators = await startSimulators({
    seed: 'left alone',
    stripe: { afterRetries: 'cancel', clock: { manual: true } },
    mail: { now: () => simulators.stripe.account.clock.now() },
  })
  const { mail, stripe } = simulators
  const { clock } = stripe.account
  clock.setTo(UNTIL - 60 * DAY)
  context = {
    ...fakeContext({
      db: database.db,
      mail: createResendMailer({
        apiKey: mail.addKey(),
        from: 'SecondLoop <mail@secondloop.example>',
        baseUrl: mail.url,
      }),
      settings: { stripeApiBase: stripe.url },
    }),
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  }
  const { workspaceId } = await createWorkspace(context, {
    ownerEmail: 'maya@fernhill.example',
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: 'whsec_left_alone',
    promptsOn: true,
  })
  await Workspace.query(database.db).findById(workspaceId).patch({ time_zone: TIME_ZONE })
  await liveThrough({
    context,
    simulators,
    workspaceId,
    events: new Set(WEBHOOK_EVENTS),
    history: { from: UNTIL - 60 * DAY, until: UNTIL, customers: 120, failures: 0.4 },
  })
}, 120_000)
afterAll(() => simulators.stop())

const cases = () => RecoveryCase.query(database.db)
/** What a mail was sent for: each case in it by itself, and the mail as the provider has it. */
async function letters() {
  const { mails } = simulators.mail.inbox
  const byId = new Map((await cases()).map((recoveryCase) => [recoveryCase.id, recoveryCase]))
  const mailIds = new Map((await Mail.query(database.db)).map(({ id, provider_id }) => [id, provider_id]))
  const touches = new Map((await Touch.query(database.db)).map((touch) => [`${touch.case_id} ${touch.step}`, touch]))
  const entries = await CaseEntry.query(database.db).where({ kind: 'mail_accepted' })
  return entries.map(({ case_id, detail }) => {
    const { step, mailId } = detail as { step: number; mailId: string }
    const { stripe_invoice_id: invoice, opened_at } = byId.get(case_id)!
    const mail = mails.find(({ id }) => id === mailIds.get(mailId))!
    const { template } = touches.get(`${case_id} ${step}`)!
    return { caseId: case_id, invoice, openedAt: opened_at.getTime(), step, template, mail }
  })
}

describe('a business that was left alone for two months', () => {
  it('has figures as Stripe has them, to the cent, for every case', async () => {
    const ours = (await cases()).map(({ stripe_invoice_id: invoice, currency, exposure: exposed, ...row }) => {
      const { recovered, returned, lost, forgiven, open } = row
      return [invoice, { currency, exposed, recovered, returned, lost, forgiven, open }]
    })
    const theirs = truthOf(simulators.stripe.account).map((row) => {
      const { invoice, currency, exposed, recovered, returned, lost, forgiven, open } = row
      return [invoice, { currency, exposed, recovered, returned, lost, forgiven, open }]
    })
    expect(ours.length).toBeGreaterThan(50)
    expect(new Map(ours as never)).toEqual(new Map(theirs as never))
  })

  it('has nothing that an audit would object to', async () => {
    const found: Finding[] = []
    await audit(context, (finding) => void found.push(finding))
    expect(found).toEqual([])
  })

  it('paid with each new card once, and says which recoveries were its own doing', async () => {
    const paid = await CardPayment.query(database.db).where({ result: 'paid' })
    expect(paid.length).toBeGreaterThan(3)
    expect(new Set(paid.map(({ case_id, card }) => `${case_id} ${card}`)).size).toBe(paid.length)

    const recovered = await cases().where({ outcome: 'recovered' })
    const ways = new Set(recovered.map(({ paid_by }) => paid_by))
    expect([...ways].sort()).toEqual(['customer', 'out_of_band', 'retry', 'us'])
    expect(recovered.filter(({ paid_by }) => paid_by === 'us').every(({ assisted }) => assisted)).toBe(true)
    expect(recovered.some(({ assisted }) => !assisted)).toBe(true)
  })

  it('sent each mail of a campaign once, each at its time and none before the one it follows', async () => {
    const sent = await letters()
    expect(new Set(sent.map(({ caseId, step }) => `${caseId} ${step}`)).size).toBe(sent.length)
    expect(new Set(sent.map(({ mail }) => mail.id)).size).toBe(simulators.mail.inbox.mails.length)
    for (const [step, days] of WAITS.entries()) {
      const ofStep = sent.filter((letter) => letter.step === step)
      expect(ofStep.length).toBeGreaterThan(5)
      for (const { mail, openedAt } of ofStep) expect(mail.acceptedAt).toBeGreaterThanOrEqual(openedAt + days * DAY)
    }
    for (const { mail, openedAt } of sent.filter(({ step }) => step === 0)) {
      expect(mail.acceptedAt - openedAt).toBeLessThan(5 * MINUTE)
    }
    for (const id of new Set(sent.map(({ caseId }) => caseId))) {
      const mails = sent.filter(({ caseId }) => caseId === id)
      const inOrder = mails.toSorted((a, b) => a.mail.acceptedAt - b.mail.acceptedAt)
      expect(inOrder.map(({ step }) => step)).toEqual(mails.map(({ step }) => step).sort())
      expect(inOrder.map(({ template }) => template === 'first_notice')).toEqual(inOrder.map((_, nth) => nth === 0))
    }
  })

  it('reminded nobody within a day of another mail, nor at night', async () => {
    const sent = await letters()
    const reminders = sent.filter(({ step }) => step > 0)
    expect(reminders.length).toBeGreaterThan(30)
    const clockInZone = new Intl.DateTimeFormat('en-US', { timeZone: TIME_ZONE, hour: 'numeric', hourCycle: 'h23' })
    for (const { mail } of reminders) {
      const before = simulators.mail.inbox
        .find({ to: mail.to[0]! })
        .filter(({ id, acceptedAt }) => id !== mail.id && acceptedAt <= mail.acceptedAt)
      expect(mail.acceptedAt - Math.max(0, ...before.map(({ acceptedAt }) => acceptedAt))).toBeGreaterThanOrEqual(DAY)
      const hour = Number(clockInZone.format(mail.acceptedAt))
      expect(hour).toBeGreaterThanOrEqual(9)
      expect(hour).toBeLessThan(18)
    }
    // First mails wait for no morning: their hours are those of the failures.
    const hours = sent.filter(({ step }) => step === 0).map(({ mail }) => Number(clockInZone.format(mail.acceptedAt)))
    expect(hours.some((hour) => hour < 9) && hours.some((hour) => hour >= 18)).toBe(true)
  })

  it('wrote to nobody who had paid, nor about what was over', async () => {
    const truth = new Map(truthOf(simulators.stripe.account).map((row) => [row.invoice, row]))
    const ended = (await letters()).filter(({ invoice }) => truth.get(invoice)?.open === 0)
    expect(ended.length).toBeGreaterThan(50)
    for (const { invoice, mail } of ended) {
      const { recovered_at, lost_at, forgiven_at } = truth.get(invoice)!
      const endedAt = Math.max(recovered_at ?? 0, lost_at ?? 0, forgiven_at ?? 0) * 1000
      expect(mail.acceptedAt).toBeLessThanOrEqual(endedAt)
    }
  })

  it('left no mail behind that was due', async () => {
    const left = await Touch.query(database.db)
      .where('due_at', '<', new Date(UNTIL - 3_600_000))
      .where({ sent_at: null, skipped_at: null, canceled_at: null })
    const waiting = await cases().whereIn(
      'id',
      left.map(({ case_id }) => case_id),
    )
    expect(waiting.filter(({ subscription_paused }) => !subscription_paused)).toEqual([])
  })
})
