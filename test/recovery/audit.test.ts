import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { auditJob } from '../../jobs/audit.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseReversal } from '../../src/db/models/case-reversal.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import type { Observation } from '../../src/domain/case.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { audit, type Finding } from '../../src/recovery/audit.js'
import { addEntry } from '../../src/recovery/timeline.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { startSimulators } from '../simulator/index.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { liveThrough } from '../support/live-through.js'
import { aRing } from '../support/rings.js'
import { aSentTouch, aStoredCase, aStoredMail, aStoredTouch, DAY, HOUR } from '../support/stored-cases.js'

const { db, url } = useDatabase()
let context: FakeContext
let workspace: TestWorkspace

beforeEach(async () => {
  await db('owners').delete()
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
})

const ago = (ms: number) => new Date(context.now().getTime() - ms)
const aCase = (over: Parameters<typeof aStoredCase>[2] = {}) => aStoredCase(context, workspace, over)

async function findings(): Promise<Finding[]> {
  const found: Finding[] = []
  await audit({ db }, (finding) => void found.push(finding))
  return found
}
/** Rule, subject, what should be and what is. */
const inShort = async () =>
  (await findings()).map(({ rule, subject, expected, found }) => [rule, subject, expected, found])
const rules = async () => (await findings()).map(({ rule }) => rule)

const seenAs = (status: 'paid' | 'void', amountPaid: number, at: Date): Observation => ({
  kind: 'invoice',
  invoice: { asOf: at, status, amountRemaining: 0, amountPaid, amountCredited: 0, settledAt: at, attemptCount: 2 },
})
/** By Stripe's second attempt, a day ago. */
const aPaidCase = (over: Parameters<typeof aStoredCase>[2] = {}) =>
  aCase({ ago: 3 * DAY, seen: [seenAs('paid', 14_900, ago(DAY))], paid_by: 'retry', ...over })

describe('the audit of a history', () => {
  it('finds nothing after a month of a business, and looks at every case', async () => {
    const simulators = await startSimulators({
      seed: 'audited',
      stripe: { afterRetries: 'cancel', clock: { manual: true } },
      mail: { now: () => simulators.stripe.account.clock.now() },
    })
    const { stripe, mail } = simulators
    const until = Date.UTC(2026, 9, 1)
    const living = fakeContext({
      db,
      mail: createResendMailer({
        apiKey: mail.addKey(),
        from: 'SecondLoop <mail@secondloop.example>',
        baseUrl: mail.url,
      }),
      settings: { stripeApiBase: stripe.url },
    })
    const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
    await StripeConnection.query(db)
      .findById(workspace.connectionId)
      .patch({ api_key_sealed: living.cipher.seal(stripe.addKey(), place) })
    await liveThrough({
      context: living,
      simulators,
      workspaceId: workspace.id,
      events: new Set(WEBHOOK_EVENTS),
      history: { from: until - 30 * DAY, until, customers: 150, failures: 0.8 },
    })
    await simulators.stop()

    const found: Finding[] = []
    const { cases } = await audit({ db }, (finding) => void found.push(finding))
    expect(found).toEqual([])
    expect(cases).toBe(await RecoveryCase.query(db).resultSize())
    const endings = await RecoveryCase.query(db).distinct('outcome', 'paid_by')
    expect(endings.length).toBeGreaterThan(4)
    expect(await Touch.query(db).whereNotNull('sent_at').resultSize()).toBeGreaterThan(50)
    expect(await CaseReversal.query(db).resultSize()).toBeGreaterThan(0)
  }, 120_000)

  it('reads on where a page ends', async () => {
    for (let n = 0; n < 205; n += 1) await aCase()
    expect(await audit({ db }, () => undefined)).toEqual({ cases: 205 })
  })

  it('ends early when the process is asked to stop', async () => {
    await aCase()
    const stopping = AbortSignal.abort()
    expect(await audit({ db, stopping }, () => undefined)).toEqual({ cases: 0 })
  })
})

describe('the audit of figures', () => {
  beforeAll(async () => {
    // Faults that the database itself would refuse.
    for (const check of ['exposure_accounted_for', 'nothing_open_when_closed', 'figures_not_negative']) {
      await db.raw('alter table recovery_cases drop constraint ??', [check])
    }
    await db.raw('alter table recovery_cases drop constraint one_case_an_invoice cascade')
    await db.raw('alter table touches drop constraint one_end_a_touch')
    await db.raw('alter table stripe_events drop constraint processed_with_an_outcome')
  })

  it('finds money that is nowhere, in the case and in the sum of its currency', async () => {
    await aCase({ currency: 'eur' })
    const row = await aCase()
    await db('recovery_cases').where({ id: row.id }).update({ open: 14_899 })
    expect(await findings()).toEqual([
      expect.objectContaining({
        rule: 'exposure_accounted_for',
        workspaceId: workspace.id,
        caseId: row.id,
        expected: 14_899,
        found: 14_900,
      }),
      expect.objectContaining({ rule: 'follows_from_what_was_seen', subject: 'open', expected: 14_900, found: 14_899 }),
      expect.objectContaining({
        rule: 'sums_account_for_exposure',
        subject: 'all in usd',
        expected: '14900',
        found: '14899',
      }),
    ])
  })

  it('finds figures and an outcome that nothing seen accounts for', async () => {
    const { id, opened_at } = await aCase()
    await db('recovery_cases').where({ id }).update({ open: 0, lost: 14_900, outcome: 'lost', closed_at: opened_at })
    const rule = 'follows_from_what_was_seen'
    expect(await inShort()).toEqual([
      [rule, 'lost', 0, 14_900],
      [rule, 'open', 14_900, 0],
      [rule, 'outcome', null, 'lost'],
      [rule, 'closed_at', null, opened_at.toISOString()],
    ])
  })

  it('finds money returned that nobody took, and taken that did not return', async () => {
    const { id, workspace_id } = await aPaidCase()
    await CaseReversal.query(db).insert({
      workspace_id,
      case_id: id,
      key: 'evt_refund',
      kind: 'refund',
      amount: 4_900,
      as_of: ago(HOUR),
      is_final: true,
    })
    expect(await inShort()).toContainEqual(['returned_by_reversals', 'returned', 4_900, 0])
    await db('recovery_cases').where({ id }).update({ recovered: 10_000, returned: 4_900 })
    expect(await rules()).toEqual([])
    await CaseReversal.query(db).where({ case_id: id }).delete()
    expect(await inShort()).toContainEqual(['returned_by_reversals', 'returned', 0, 4_900])
  })

  it('finds credit that the evidence does not give, and credit not given', async () => {
    const claimed = await aPaidCase()
    await db('recovery_cases').where({ id: claimed.id }).update({ paid_by: 'us', assisted: true })
    expect(await inShort()).toEqual([
      ['credited_by_evidence', 'paid_by', 'retry', 'us'],
      ['credited_by_evidence', 'assisted', 'false', 'true'],
    ])
    await CardPayment.query(db).insert({
      workspace_id: workspace.id,
      case_id: claimed.id,
      payment_method_id: 'pm_new',
      card: 'face',
      occasion: 'card_changed',
      idempotency_key: 'pay',
      planned_at: ago(DAY),
      answered_at: ago(DAY),
      result: 'paid',
    })
    expect(await rules()).toEqual([])
    await db('recovery_cases').where({ id: claimed.id }).update({ paid_by: 'retry', assisted: false })
    expect(await rules()).toEqual(['credited_by_evidence', 'credited_by_evidence'])
  })

  it('waits with the credit of a case that is still asked about or being paid', async () => {
    await aPaidCase({ paid_by: 'unknown', enrich_at: ago(0) })
    const { id, workspace_id } = await aPaidCase({ paid_by: 'unknown' })
    await CardPayment.query(db).insert({
      workspace_id,
      case_id: id,
      payment_method_id: 'pm_new',
      card: 'face',
      occasion: 'card_changed',
      idempotency_key: 'pay',
      planned_at: ago(0),
      lease_until: ago(0),
    })
    expect(await rules()).toEqual([])
  })

  it('finds two cases of one invoice', async () => {
    const { stripe_invoice_id } = await aCase()
    await aCase({ stripe_invoice_id })
    await aStoredCase(context, await aWorkspace(context), { stripe_invoice_id })
    expect(await inShort()).toEqual([['one_case_an_invoice', `invoice ${stripe_invoice_id}`, 1, 2]])
  })
})

describe('the audit of contacts', () => {
  it('finds nothing where mails went out, were refused, dropped and are under way', async () => {
    const row = await aCase()
    await aSentTouch(context, row, ago(HOUR))
    const refused = await aStoredMail(context, row, { refused_at: ago(HOUR), delivery: { answered_at: ago(HOUR) } })
    await aStoredTouch(context, row, { step: 1, mail_id: refused.id, skipped_at: ago(HOUR), reason: 'mail_refused' })
    const underWay = await aStoredMail(context, row)
    await aStoredTouch(context, row, { step: 2, mail_id: underWay.id })
    const paid = await aPaidCase()
    await aSentTouch(context, paid, ago(2 * DAY))
    await aStoredTouch(context, paid, { step: 1, canceled_at: ago(DAY), reason: 'case_closed' })
    expect(await rules()).toEqual([])
  })

  it('finds a touch that was both sent and canceled', async () => {
    const touch = await aSentTouch(context, await aCase(), ago(HOUR))
    await db('touches')
      .where({ id: touch.id })
      .update({ canceled_at: ago(HOUR), reason: 'case_closed' })
    expect(await inShort()).toContainEqual([
      'touch_ended_once',
      `touch ${touch.id}`,
      'at most one end',
      'sent and canceled',
    ])
  })

  it('finds a touch that counts as sent without an accepted mail, and the other way round', async () => {
    const row = await aCase()
    const lost = await aStoredMail(context, row)
    const claimed = await aStoredTouch(context, row, { mail_id: lost.id, sent_at: ago(HOUR) })
    const accepted = await aStoredMail(context, row, { accepted_at: ago(HOUR) })
    const denied = await aStoredTouch(context, row, { step: 1, mail_id: accepted.id })
    expect(new Set((await findings()).map(({ rule, subject }) => `${rule} ${subject}`))).toEqual(
      new Set([`sent_by_an_accepted_mail touch ${claimed.id}`, `sent_by_an_accepted_mail touch ${denied.id}`]),
    )
  })

  it('finds two mails that were accepted for one touch', async () => {
    const row = await aCase()
    const first = await aStoredMail(context, row, { accepted_at: ago(HOUR) })
    const detail = { step: 0, afterMs: 0, mailId: first.id }
    await addEntry(db, row, { kind: 'mail_accepted', detail }, { at: ago(HOUR), key: '0' })
    const touch = await aSentTouch(context, row, ago(0))
    expect(await inShort()).toEqual([
      ['mailed_once', `touch ${touch.id}`, `mail ${first.id}`, `mail ${touch.mail_id}`],
      ['accepted_for_a_touch', `mail ${first.id}`, 'a touch', 'none'],
    ])
  })

  it('finds a mail that was fixed after the payment was processed', async () => {
    const row = await aPaidCase()
    const touch = await aSentTouch(context, row, ago(HOUR))
    const event = {
      id: randomUUID(),
      workspace_id: row.workspace_id,
      connection_id: row.connection_id,
      stripe_event_id: 'evt_paid',
      type: 'invoice.paid',
      occurred_at: ago(2 * HOUR),
      payload: '{}',
      received_at: ago(2 * HOUR),
      about: [row.stripe_invoice_id],
      processed_at: ago(0),
      outcome: 'processed' as const,
    }
    await StripeEvent.query(db).insert(event)
    expect(await rules()).toEqual([])
    await StripeEvent.query(db)
      .where({ id: event.id })
      .patch({ processed_at: ago(2 * HOUR) })
    expect(await findings()).toEqual([
      expect.objectContaining({ rule: 'nothing_fixed_after_the_end', caseId: row.id, subject: `touch ${touch.id}` }),
    ])
    await StripeEvent.query(db).where({ id: event.id }).patch({ outcome: 'ignored' })
    expect(await rules()).toEqual([])
  })

  it('finds a mail that was fixed after what else was planned had been dropped', async () => {
    const row = await aPaidCase()
    await aStoredTouch(context, row, { step: 1, canceled_at: ago(2 * HOUR), reason: 'case_closed' })
    const touch = await aSentTouch(context, row, ago(HOUR))
    expect(await inShort()).toContainEqual(expect.arrayContaining(['nothing_fixed_after_the_end', `touch ${touch.id}`]))
    await Delivery.query(db).patch({ fixed_at: ago(2 * HOUR - 500) })
    expect(await rules()).toEqual([])
  })

  it('finds an event that ended without an outcome', async () => {
    const id = randomUUID()
    await db('stripe_events').insert({
      id,
      workspace_id: workspace.id,
      connection_id: workspace.connectionId,
      stripe_event_id: 'evt_1',
      type: 'invoice.paid',
      occurred_at: ago(HOUR),
      payload: '{}',
      received_at: ago(HOUR),
      processed_at: ago(HOUR),
    })
    expect(await inShort()).toEqual([['processed_with_an_outcome', `event ${id}`, 'an outcome', 'none']])
  })
})

describe('npm run audit', () => {
  const run = () => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      DATABASE_URL: url,
      SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    }
    const { status, stdout } = spawnSync('node', ['--import', 'tsx', 'src/commands/audit.ts'], {
      env,
      encoding: 'utf8',
    })
    return { status, lines: stdout.trim().split('\n') }
  }

  it('ends well where nothing is wrong, and badly with a line for each finding', async () => {
    const { id } = await aCase()
    expect(run()).toEqual({ status: 0, lines: ['Cases checked: 1, findings: 0'] })
    await db('recovery_cases').where({ id }).update({ assisted: true })
    expect(run()).toEqual({
      status: 1,
      lines: [
        `credited_by_evidence: workspace ${workspace.id}, case ${id}, assisted: expected false, found true`,
        'Cases checked: 1, findings: 1',
      ],
    })
  })
})

describe('the hourly audit', () => {
  it('logs at most twenty findings by their ids, and how many there are', async () => {
    for (let n = 0; n < 12; n += 1) {
      const { id } = await aCase()
      await db('recovery_cases').where({ id }).update({ open: 1 })
    }
    await auditJob.run(context, {}, aRing())
    const lines = context.logged.map((line) => JSON.parse(line))
    expect(lines.filter(({ msg }) => msg === 'the audit found a fault')).toHaveLength(20)
    expect(lines.at(-1)).toMatchObject({ level: 'error', cases: 12, findings: 25 })
    expect(context.logged.join('')).not.toContain('customer.example')
  })

  it('says so when nothing is wrong', async () => {
    await aCase()
    await auditJob.run(context, {}, aRing())
    expect(context.logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'info', cases: 1, msg: 'the audit found no fault' }),
    ])
  })
})
