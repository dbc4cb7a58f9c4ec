import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { failEvent, processEvent } from '../../src/recovery/process-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import nock from '../support/nock.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const CURRENT = '2026-10-28.endive'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** A Monday, 11:00 in Berlin. */
const MONDAY = new Date('2026-11-23T10:00:00Z')

let context: FakeContext
let workspace: TestWorkspace

beforeAll(() => nock.disableNetConnect())
beforeEach(async () => {
  context = fakeContext({ db: database.db, at: MONDAY })
  workspace = await aWorkspace(context)
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
const cases = () => RecoveryCase.query(database.db).where({ workspace_id: workspace.id })
const touches = () => Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
/** The four contacts of a campaign that began on Monday. */
const CAMPAIGN = [
  { step: 0, template: 'first_notice', due_at: MONDAY },
  { step: 1, template: 'reminder', due_at: new Date(MONDAY.getTime() + DAY) },
  { step: 2, template: 'reminder', due_at: new Date(MONDAY.getTime() + 3 * DAY) },
  { step: 3, template: 'final_notice', due_at: new Date(MONDAY.getTime() + 7 * DAY) },
]
const UNTOUCHED = { mail_id: null, sent_at: null, skipped_at: null, canceled_at: null, reason: null }
const kinds = async () =>
  (await CaseEntry.query(database.db).where({ workspace_id: workspace.id }).orderBy(['at', 'id'])).map(
    ({ kind }) => kind,
  )
const eventRow = (id: string) => StripeEvent.query(database.db).findOne({ id }).throwIfNotFound()

describe('processing a failed renewal', () => {
  it('opens a case with what Stripe says, its first touch due at once and its reminders planned', async () => {
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
    stripeHas(failedInvoice(`${CURRENT} expanded`))

    const due = await processEvent(context, event)

    expect(due).toMatchObject({ touches: true })
    expect(await theCase()).toMatchObject({
      stripe_invoice_id: 'in_renewal',
      customer_email: 'ada@example.com',
      customer_name: 'Ada Example',
      plan_label: 'Pro',
      currency: 'usd',
      exposure: 4900,
      amount_remaining: 4900,
      recovered: 0,
      outcome: null,
      enrich_at: null,
    })
    expect((await theCase()).decline_class).not.toBe('unknown')
    expect(await touches()).toMatchObject(CAMPAIGN.map((touch) => ({ ...touch, ...UNTOUCHED })))
    expect(await eventRow(event.eventId)).toMatchObject({ outcome: 'processed', detail: 'Opened a case' })
  })

  it('acts on the payload when Stripe answers nothing but 503, and asks again later', async () => {
    stripeAnswersOnly(503)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))

    expect(await processEvent(context, event)).toMatchObject({ touches: true })

    const opened = await theCase()
    expect(opened.customer_email).toBe('ada@example.com')
    expect(opened.enrich_at).not.toBeNull()
  })

  it('keeps one case for two failures of one invoice, and never restarts the campaign', async () => {
    stripeAnswersOnly(503)
    const first = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
    await processEvent(context, first)
    context.advance(2 * MINUTE)
    const second = await aStoredEvent(
      context,
      workspace,
      'invoice.payment_failed',
      failedInvoice(CURRENT, { attemptCount: 2 }),
    )

    expect(await processEvent(context, second)).toMatchObject({ touches: false })

    expect(await cases()).toHaveLength(1)
    expect((await theCase()).attempt_count).toBe(2)
    expect(await touches()).toMatchObject(CAMPAIGN)
    expect(await kinds()).toEqual(expect.arrayContaining(['charge_failed', 'stripe_told', 'charge_failed']))
  })

  it('does nothing the second time the same event is processed', async () => {
    stripeAnswersOnly(503)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
    await processEvent(context, event)
    const before = await kinds()

    expect(await processEvent(context, event)).toMatchObject({ touches: false })

    expect(await kinds()).toEqual(before)
  })

  it('opens one case when two workers process two failures of one invoice at once', async () => {
    stripeAnswersOnly(503)
    const events = await Promise.all(
      ['invoice.payment_failed', 'invoice.payment_action_required'].map((type) =>
        aStoredEvent(context, workspace, type, failedInvoice(CURRENT)),
      ),
    )

    const due = await Promise.all(events.map((event) => processEvent(context, event)))

    expect(await cases()).toHaveLength(1)
    expect(await touches()).toMatchObject(CAMPAIGN)
    expect(due.filter(({ touches }) => touches)).toHaveLength(1)
  })

  it('plans no touch while prompts are off', async () => {
    stripeAnswersOnly(503)
    workspace = await aWorkspace(context, { promptsOn: false })
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))

    expect(await processEvent(context, event)).toMatchObject({ touches: false })

    expect(await cases()).toHaveLength(1)
    expect(await touches()).toEqual([])
  })

  it('keeps the failure of a first invoice as ignored, with the reason', async () => {
    const invoice = failedInvoice(CURRENT, { billingReason: 'subscription_create' })
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', invoice)

    await processEvent(context, event)

    expect(await cases()).toEqual([])
    const row = await eventRow(event.eventId)
    expect(row.outcome).toBe('ignored')
    expect(row.detail).toContain('first invoice')
  })

  it('tells from the event alone that the bank wants a confirmation', async () => {
    stripeAnswersOnly(503)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_action_required', failedInvoice(CURRENT))

    await processEvent(context, event)

    expect((await theCase()).decline_class).toBe('authentication')
  })
})

describe('processing a payment', () => {
  const failed = () => aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
  const paid = () => aStoredEvent(context, workspace, 'invoice.paid', paidInvoice(CURRENT))

  it('closes the case as recovered and drops what was planned', async () => {
    stripeAnswersOnly(503)
    await processEvent(context, await failed())
    context.advance(32 * MINUTE)
    await processEvent(context, await paid())

    expect(await theCase()).toMatchObject({
      outcome: 'recovered',
      recovered: 4900,
      amount_remaining: 0,
    })
    expect(await touches()).toMatchObject(
      CAMPAIGN.map(() => ({ canceled_at: context.now(), reason: 'case_closed', mail_id: null })),
    )
    expect(await kinds()).toContain('recovered')
  })

  it('ends the same when the payment is processed before the failure that came first', async () => {
    stripeAnswersOnly(503)
    const failure = await failed()
    context.advance(MINUTE)
    await processEvent(context, await paid())
    const due = await processEvent(context, failure)

    expect(due).toMatchObject({ touches: false })
    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: 4900, exposure: 4900 })
    expect(await touches()).toEqual([])
  })

  it('never reopens a recovered case for a late failure', async () => {
    stripeAnswersOnly(503)
    const late = await failed()
    await processEvent(context, await failed())
    context.advance(MINUTE)
    await processEvent(context, await paid())
    await processEvent(context, late)

    expect(await theCase()).toMatchObject({ outcome: 'recovered', amount_remaining: 0 })
  })

  it('believes Stripe over the payload: a failure already paid by now gets no touch', async () => {
    stripeHas(paidInvoice(`${CURRENT} expanded`))
    const due = await processEvent(context, await failed())

    expect(due).toMatchObject({ touches: false })
    expect(await theCase()).toMatchObject({ outcome: 'recovered', exposure: 4900 })
    expect(await touches()).toEqual([])
  })

  it('asks Stripe nothing about an invoice that never failed', async () => {
    const asked = stripeHas(paidInvoice(CURRENT))
    const event = await paid()

    await processEvent(context, event)

    expect(asked.isDone()).toBe(false)
    expect(await eventRow(event.eventId)).toMatchObject({ outcome: 'ignored', stripe_invoice_id: 'in_renewal' })
  })
})

describe('an event that can not be processed', () => {
  it('ends as failed with a reason that says which part is missing', async () => {
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', {
      object: 'invoice',
      id: 'in_broken',
    })

    await processEvent(context, event)

    const row = await eventRow(event.eventId)
    expect(row.outcome).toBe('failed')
    expect(row.detail).toMatch(/currency|amount|created/)
  })

  it('is not marked as failed once it was processed', async () => {
    const event = await aStoredEvent(context, workspace, 'customer.created', { object: 'customer' })
    await processEvent(context, event)

    await failEvent(context, event, 'too late')

    expect(await eventRow(event.eventId)).toMatchObject({ outcome: 'ignored' })
  })
})

describe('an event that holds what Postgres does not take', () => {
  const process = async (type: string, object: Record<string, unknown>) => {
    stripeAnswersOnly(503)
    const event = await aStoredEvent(context, workspace, type, object)
    await processEvent(context, event)
    return eventRow(event.eventId)
  }

  it.each([
    ['a NUL in a name', { customer_name: 'Ada\u0000 Example' }, { customer_name: 'Ada Example' }],
    ['a NUL in the address of its page', { hosted_invoice_url: 'https://invoice.stripe.com/i/\u0000x' }, {}],
    ['more attempts than an integer holds', { attempt_count: 10 ** 15 }, { attempt_count: 1 }],
    ['a customer with an endless id', { customer: `cus_${'x1'.repeat(5_000)}` }, { stripe_customer_id: null }],
  ])('opens its case in spite of %s', async (_, change, kept) => {
    const row = await process('invoice.payment_failed', { ...failedInvoice(CURRENT), ...change })
    expect(row).toMatchObject({ outcome: 'processed', detail: 'Opened a case' })
    expect(await theCase()).toMatchObject(kept)
  })

  it('fails when its invoice has an endless id', async () => {
    const row = await process('invoice.paid', { ...paidInvoice(CURRENT), id: `in_${'x1'.repeat(5_000)}` })
    expect(row).toMatchObject({ outcome: 'failed', about: [] })
  })

  it('is ignored when only its customer, of whom nothing depends on it, has a NUL in its id', async () => {
    const row = await process('customer.created', { object: 'customer', id: 'cus_\u0000ada' })
    expect(row).toMatchObject({ outcome: 'ignored' })
  })
})

describe('a failed renewal that is not as one knows them', () => {
  const wide = (change: Record<string, unknown>) => ({ ...failedInvoice(CURRENT), ...change })
  const deliver = () => deliverTouches(context, { workspaceId: workspace.id })

  it.each([
    ['a customer without an address', { customer_email: null }, 'no_address'],
    ['no customer at all', { customer: null, customer_email: null, customer_name: null }, 'no_address'],
    ['an address that is none', { customer_email: 'ada at example' }, 'address_unusable'],
  ])('with %s is kept, and says why nobody was written to', async (_, change, reason) => {
    stripeHas(wide(change), { times: 3 })
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', wide(change))

    await processEvent(context, event)
    await deliver()

    expect(await eventRow(event.eventId)).toMatchObject({ outcome: 'processed' })
    expect(await theCase()).toMatchObject({ outcome: null, open: 4900 })
    expect(await touches().where({ step: 0 })).toMatchObject([{ reason, mail_id: null }])
    expect(await touches().where('step', '>', 0)).toMatchObject([UNTOUCHED, UNTOUCHED, UNTOUCHED])
    expect(context.outbox).toEqual([])
  })

  it.each([
    ['a customer account instead of a customer', { customer: null, customer_account: 'acct_customer' }],
    ['a currency that nobody knows', { currency: 'xts' }],
    ['a decline that nobody knows', { payments: undefined, last_finalization_error: { code: 'brand_new_code' } }],
    ['a status and fields that nobody knows', { status: 'dreaming', novelty: { is: ['nested'] } }],
  ])('with %s opens a case, and its customer is written to', async (_, change) => {
    stripeHas(wide(change), { times: 3 })
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', wide(change))

    await processEvent(context, event)
    await deliver()

    expect(await theCase()).toMatchObject({ outcome: null, exposure: 4900 })
    expect(context.outbox).toHaveLength(1)
  })

  it('in an API version that does not exist yet is read by the fields that are there', async () => {
    stripeAnswersOnly(503)
    const event = await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice(CURRENT))
    const row = await eventRow(event.eventId)
    const payload = JSON.stringify({ ...JSON.parse(row.payload), api_version: '2031-01-01.quinoa' })
    await row.$query(database.db).patch({ payload })

    await processEvent(context, event)

    expect(await theCase()).toMatchObject({ exposure: 4900, customer_email: 'ada@example.com' })
  })
})
