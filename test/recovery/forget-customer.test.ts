import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Mail } from '../../src/db/models/mail.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { Touch } from '../../src/db/models/touch.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { readCase } from '../../src/recovery/read-cases.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aStoredEvent, aWorkspace, failedInvoice, paidInvoice, type TestWorkspace } from '../support/factories.js'
import { RENEWAL, type Renewal } from '../support/invoice-shapes.js'
import nock from '../support/nock.js'
import { aStoredMail } from '../support/stored-cases.js'
import { stripeAnswersOnly, stripeHas } from '../support/stripe-answers.js'

const database = useDatabase()
const { db } = database
const SHAPE = '2026-10-28.endive'
const PERSONAL = ['ada@example.com', 'Ada Example', '0341', 'invoice.stripe.com']
let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  await db('owners').delete()
  context = fakeContext({ db })
  workspace = await aWorkspace(context)
  stripeAnswersOnly(503)
})
afterEach(() => nock.cleanAll())

const store = (type: string, object: Record<string, unknown>) => aStoredEvent(context, workspace, type, object)
const fail = async (overrides: Partial<Renewal> = {}) =>
  processEvent(context, await store('invoice.payment_failed', failedInvoice(`${SHAPE} expanded`, overrides)))
const deliver = () => deliverTouches(context, { workspaceId: workspace.id })
const forget = (stripeCustomerId = 'cus_ada') =>
  forgetCustomer(context, { workspaceId: workspace.id, stripeCustomerId })
const theCase = (invoice = RENEWAL.id) =>
  RecoveryCase.query(db).findOne({ stripe_invoice_id: invoice }).throwIfNotFound()

/** Everything that is stored of all workspaces, mails opened. */
async function everything(): Promise<string> {
  const rows = []
  for (const table of ['recovery_cases', 'case_entries', 'touches', 'mails', 'deliveries', 'stripe_events']) {
    rows.push(...(await db(table).orderBy('id')))
  }
  for (const { id, workspace_id } of await RecoveryCase.query(db)) rows.push(await readCase(context, workspace_id, id))
  return JSON.stringify(rows)
}
async function expectNobody() {
  const stored = await everything()
  expect(PERSONAL.filter((text) => stored.includes(text))).toEqual([])
}

describe('forgetting a customer', () => {
  it('erases name, address, card, mails and payloads, and keeps sums and what happened', async () => {
    await fail()
    await deliver()
    const before = await theCase()
    const kinds = async () => (await CaseEntry.query(db).orderBy('id')).map(({ kind }) => kind)
    const entries = await kinds()
    const stored = await everything()
    for (const text of PERSONAL) expect(stored).toContain(text)

    expect(await forget()).toBe('forgotten')

    await expectNobody()
    const { exposure, currency, recovered, opened_at, outcome } = before
    expect(await theCase()).toMatchObject({ exposure, currency, recovered, opened_at, outcome, closed_at: null })
    expect(await kinds()).toEqual([...entries, 'customer_forgotten'])
    expect(await Mail.query(db)).toMatchObject([{ accepted_at: expect.any(Date), erased_at: expect.any(Date) }])
    const [first, ...later] = await Touch.query(db).orderBy('step')
    expect(first).toMatchObject({ sent_at: expect.any(Date) })
    for (const touch of later) expect(touch).toMatchObject({ reason: 'customer_forgotten', sent_at: null })
  })

  it('cancels what was planned, and nobody is written to any more', async () => {
    await fail()
    await forget()
    await deliver()

    expect(context.outbox).toEqual([])
    for (const touch of await Touch.query(db)) {
      expect(touch).toMatchObject({ reason: 'customer_forgotten', canceled_at: expect.any(Date) })
    }
  })

  it('changes nothing the second time', async () => {
    await fail()
    await forget()
    const before = await everything()
    context.advance(60_000)
    expect(await forget()).toBe('was_forgotten')
    expect(await everything()).toBe(before)
  })

  it('does not bring the person back by later events, or by asking Stripe', async () => {
    await fail()
    await forget()
    nock.cleanAll()
    stripeHas(failedInvoice(`${SHAPE} expanded`, { attemptCount: 2 }), { times: 5 })
    context.advance(3_600_000)

    await enrichCases(context, { workspaceId: workspace.id })
    await fail({ attemptCount: 2 })
    await processEvent(
      context,
      await store('customer.updated', {
        object: 'customer',
        id: 'cus_ada',
        name: 'Ada Example',
        email: 'ada@example.com',
      }),
    )
    await expectNobody()
    expect(await theCase()).toMatchObject({ attempt_count: 2 })

    await processEvent(context, await store('invoice.paid', paidInvoice(`${SHAPE} expanded`)))
    expect(await theCase()).toMatchObject({ outcome: 'recovered', recovered: RENEWAL.amount })
    await expectNobody()
  })

  it('opens the case of a later failure without the person, plans no mail and says why', async () => {
    expect(await forget()).toBe('unknown')

    expect(await fail()).toMatchObject({ touches: false })
    await deliver()

    await expectNobody()
    expect(context.outbox).toEqual([])
    expect(await theCase()).toMatchObject({ exposure: RENEWAL.amount, stripe_customer_id: 'cus_ada' })
    expect((await CaseEntry.query(db)).map(({ kind }) => kind)).toContain('customer_forgotten')
  })

  it('erases an event that names nobody but holds the address', async () => {
    await fail()
    await processEvent(
      context,
      await store('charge.dispute.created', {
        object: 'dispute',
        id: 'dp_1',
        evidence: { customer_email_address: 'ada@example.com', customer_name: 'Ada Example' },
      }),
    )
    await forget()
    await expectNobody()
  })

  it('lets a mail that is on its way go out unchanged, and erases it then', async () => {
    await fail()
    let release: () => void = () => undefined
    context.answers = [
      async () => {
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return { kind: 'answered', mails: [{ accepted: true, providerId: 're-1' }] }
      },
    ]
    const delivering = deliver()
    await eventually(() => context.calls.length === 1)

    await forget()
    expect(await Mail.query(db)).toMatchObject([{ erased_at: null, to_address: 'ada@example.com' }])
    release()
    await delivering

    await expectNobody()
    expect(await Mail.query(db)).toMatchObject([{ accepted_at: expect.any(Date), erased_at: expect.any(Date) }])
  })

  it('does not stand in the way of word of a mail that is fixed at the same moment', async () => {
    await fail()
    const { id, workspace_id } = await theCase()
    const [touch] = await Touch.query(db)
    const aWaiting = async (many: number) => {
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
      await eventually(async () => (await db.raw(waiting)).rows.length === many)
    }
    // The one who fixes holds the case, and the one who forgets waits for it.
    const fixing = await db.transaction()
    await RecoveryCase.query(fixing).findById(id).forUpdate()
    const forgetting = forget()
    await aWaiting(1)
    const mail = await aStoredMail(context, { id, workspace_id } as RecoveryCase, {
      to_address: 'ada@example.com',
      accepted_at: context.now(),
      delivery: { answered_at: context.now() },
    })
    await touch?.$query(db).patch({ mail_id: mail.id, sent_at: context.now() })
    // Word of the mail holds its delivery, and comes to the mail itself a moment later.
    const slow = await db.transaction()
    await Mail.query(slow).findById(mail.id).forUpdate()
    const telling = recordMailEvent(context, {
      kind: 'bounced',
      mailId: mail.id,
      providerId: 're-1',
      at: context.now(),
      acceptedAt: context.now(),
      code: null,
      userAgent: null,
    })
    await aWaiting(2)
    await fixing.commit()
    await aWaiting(2)
    await slow.commit()

    expect(await Promise.all([forgetting, telling])).toEqual(['forgotten', 'recorded'])
    await expectNobody()
    expect(JSON.stringify(await Suppression.query(db))).not.toContain('ada@')
  })

  it('leaves nothing behind when failures are processed at the same moment', async () => {
    const events = []
    for (let n = 0; n < 8; n += 1) {
      const invoice = failedInvoice(`${SHAPE} expanded`, { id: `in_${n}` })
      events.push(await store('invoice.payment_failed', invoice))
    }
    await Promise.all([...events.map((event) => processEvent(context, event)), forget()])
    await Promise.all([deliver(), deliver()])

    await expectNobody()
    expect(await RecoveryCase.query(db).resultSize()).toBe(8)
    expect(await StripeEvent.query(db).where({ outcome: 'processed' }).resultSize()).toBe(8)
    expect(context.outbox).toEqual([])
  })

  it('leaves other customers and other workspaces alone', async () => {
    await fail({ id: 'in_bob', customer: 'cus_bob', email: 'bob@example.com', name: 'Bob' })
    const other = await aWorkspace(context)
    const theirs = failedInvoice(`${SHAPE} expanded`, { id: 'in_theirs' })
    await processEvent(context, await aStoredEvent(context, other, 'invoice.payment_failed', theirs))
    const before = await everything()

    await forget()

    expect(await everything()).toBe(before)
    expect(await theCase('in_theirs')).toMatchObject({ customer_email: 'ada@example.com' })
    await deliver()
    expect(context.outbox.map(({ to }) => to)).toEqual(['bob@example.com'])
  })
})
