import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver, type IncomingEvent, type StoredEvent } from '../../src/recovery/receive-events.js'
import type { SimulatedInvoice } from '../simulator/stripe/objects/invoice.js'
import { aCrashWorld, type CrashWorld } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'
import { deliverAll } from '../support/deliver.js'
import { aStoredEvent } from '../support/factories.js'

const database = useDatabase()
const HOUR = 3_600_000
const DAY = 24 * HOUR
const AMOUNT = 4900

let world: CrashWorld

beforeEach(async () => {
  world = await aCrashWorld(database)
})
afterEach(() => world.stop())

/** A renewal of 49.00 fails, and its case is open. */
async function aFailure(over = {}): Promise<SimulatedInvoice> {
  const { invoice } = world.stripe.failRenewal({ amount: AMOUNT, ...over })
  await world.live()
  return invoice
}
async function then(...steps: (() => unknown)[]) {
  for (const step of steps) {
    world.advance(HOUR)
    step()
    await world.live()
  }
}
/** One event alone arrives. */
async function hear(event: IncomingEvent) {
  const receiver = createEventReceiver(world.context, (rows) => void stored.push(...rows))
  const stored: StoredEvent[] = []
  await receiver.receive(event)
  for (const row of stored) await processEvent(world.context, row)
}
const theCase = () => RecoveryCase.query(database.db).findOne({ workspace_id: world.workspace.id }).throwIfNotFound()
const kinds = async () =>
  (await CaseEntry.query(database.db).where({ workspace_id: world.workspace.id }).orderBy(['at', 'id'])).map(
    ({ kind }) => kind,
  )
const NOTHING = { recovered: 0, returned: 0, lost: 0, forgiven: 0, dismissed: 0, open: 0 }
const comesTo = (figures: Partial<typeof NOTHING>) => ({ exposure: AMOUNT, ...NOTHING, ...figures })

describe('a payment', () => {
  it('in part is recovered for its part, and the case goes on', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.payPart(id, 1900))

    expect(await theCase()).toMatchObject({
      outcome: null,
      amount_remaining: 3000,
      ...comesTo({ recovered: 1900, open: 3000 }),
    })
    expect(await kinds()).toContain('part_paid')
    await then(() => world.stripe.markUncollectible(id))
    expect(await theCase()).toMatchObject({ outcome: 'lost', ...comesTo({ recovered: 1900, lost: 3000 }) })
  })

  it('outside Stripe recovers the case, and is said to be that', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.payOutOfBand(id))

    expect(await theCase()).toMatchObject({
      outcome: 'recovered',
      paid_by: 'out_of_band',
      assisted: false,
      ...comesTo({ recovered: AMOUNT }),
    })
  })

  it('by Stripe’s own retry is not our doing', async () => {
    const { id } = await aFailure({ worksFromAttempt: 2, declineCode: 'insufficient_funds' })
    await then(() => world.stripe.retry(id))

    expect(await theCase()).toMatchObject({ outcome: 'recovered', paid_by: 'retry', assisted: false })
  })

  it('after Stripe gave the invoice up, or its subscription ended, recovers the case all the same', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.markUncollectible(id))
    expect(await theCase()).toMatchObject({ outcome: 'lost', ...comesTo({ lost: AMOUNT }) })

    await then(() => world.stripe.pay(id))
    expect(await theCase()).toMatchObject({ outcome: 'recovered', ...comesTo({ recovered: AMOUNT }) })
  })
})

describe('what the owner does in Stripe', () => {
  it('voiding the invoice forgives it', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.voidInvoice(id))
    expect(await theCase()).toMatchObject({ outcome: 'forgiven', ...comesTo({ forgiven: AMOUNT }) })
  })

  it('crediting all of it forgives it', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.creditNote(id))
    expect(await theCase()).toMatchObject({ outcome: 'forgiven', ...comesTo({ forgiven: AMOUNT }) })
  })

  it('crediting a part forgives the part, and taking the credit back takes that back', async () => {
    const { id } = await aFailure()
    let note = ''
    await then(() => {
      note = world.stripe.creditNote(id, { amount: 1900 }).id
    })
    expect(await theCase()).toMatchObject({ outcome: null, ...comesTo({ forgiven: 1900, open: 3000 }) })

    await then(() => world.stripe.voidCreditNote(note))
    expect(await theCase()).toMatchObject({ outcome: null, ...comesTo({ open: AMOUNT }) })
    expect(await kinds()).toEqual(expect.arrayContaining(['credited', 'credit_voided']))
  })

  it.each([
    ['to the balance', {}],
    ['as a refund', { refund: true }],
    ['another way', { outOfBand: true }],
  ])('crediting after payment %s returns the money once', async (_, way) => {
    const { id } = await aFailure()
    await then(
      () => world.stripe.pay(id),
      () => world.stripe.creditNote(id, { amount: 900, ...way }),
    )
    expect(await theCase()).toMatchObject({ outcome: 'recovered', ...comesTo({ recovered: 4000, returned: 900 }) })
  })

  it('refunding returns the money, and a refund that fails brings it back', async () => {
    const { id } = await aFailure()
    let refund = ''
    await then(
      () => world.stripe.pay(id),
      () => {
        refund = world.stripe.refund(id, { amount: 1000 }).id
      },
    )
    expect(await theCase()).toMatchObject({ outcome: 'recovered', ...comesTo({ recovered: 3900, returned: 1000 }) })

    await then(
      () => world.stripe.failRefund(refund),
      () => world.stripe.refund(id, { amount: 300 }),
    )
    expect(await theCase()).toMatchObject(comesTo({ recovered: 4600, returned: 300 }))
    expect(await kinds()).toEqual(expect.arrayContaining(['refunded', 'refund_failed']))
  })
})

describe('a dispute', () => {
  it.each([
    ['won', { recovered: AMOUNT }],
    ['lost', { returned: AMOUNT }],
  ] as const)('takes the money, and %s it decides', async (verdict, figures) => {
    const { id } = await aFailure()
    let dispute = ''
    await then(
      () => world.stripe.pay(id),
      () => {
        dispute = world.stripe.dispute(id).id
      },
    )
    expect(await theCase()).toMatchObject({ outcome: 'recovered', ...comesTo({ returned: AMOUNT }) })

    await then(() => world.stripe.closeDispute(dispute, verdict))
    expect(await theCase()).toMatchObject(comesTo(figures))
    expect(await kinds()).toEqual(expect.arrayContaining(['disputed', `dispute_${verdict}`]))
  })
})

describe('the subscription', () => {
  const subscriptionOf = ({ parent }: SimulatedInvoice) => parent.subscription_details.subscription

  it('that ends loses the case, and drops what was planned', async () => {
    const invoice = await aFailure()
    await then(() => world.stripe.cancelSubscription(subscriptionOf(invoice)))

    expect(await theCase()).toMatchObject({ outcome: 'lost', ...comesTo({ lost: AMOUNT }) })
    expect(await Touch.query(database.db).orderBy('step')).toMatchObject(
      [0, 1, 2, 3].map((step) => ({ step, reason: 'case_closed', canceled_at: expect.any(Date), mail_id: null })),
    )
    expect(await kinds()).toContain('subscription_ended')
  })

  it('that ends with its customer, deleted in Stripe, loses the case too', async () => {
    const { customer } = await aFailure()
    world.advance(HOUR)
    world.stripe.deleteCustomer(customer)
    const [deleted] = world.news().filter(({ type }) => type === 'customer.deleted')
    expect(deleted).toBeDefined()
    await hear(deleted!)

    expect(await theCase()).toMatchObject({ outcome: 'lost', ...comesTo({ lost: AMOUNT }) })
    expect(await kinds()).toContain('customer_deleted')
  })

  it.each([
    ['the subscription', 'pauseSubscription', 'resumeSubscription'],
    ['the collection of its invoices', 'pauseCollection', 'resumeCollection'],
  ] as const)('with %s paused holds the mail, and resumed sends it', async (_, pause, resume) => {
    const invoice = world.stripe.failRenewal({ amount: AMOUNT }).invoice
    world.stripe[pause](subscriptionOf(invoice))
    await world.live()
    await deliverAll(world.context, { workspaceId: world.workspace.id })
    expect(world.mail.inbox.find({})).toHaveLength(0)

    await then(() => world.stripe[resume](subscriptionOf(invoice)))
    await deliverAll(world.context, { workspaceId: world.workspace.id })
    expect(world.mail.inbox.find({})).toHaveLength(1)
    expect(await kinds()).toEqual(
      expect.arrayContaining(['subscription_paused', 'subscription_resumed', 'mail_accepted']),
    )
  })
})

describe('whatever Stripe was not asked in time', () => {
  it('is asked again, until the case stands as Stripe has it', async () => {
    world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })
    const { id } = await aFailure()
    await then(() => world.stripe.pay(id))
    expect(await theCase()).toMatchObject({ outcome: 'recovered', checked_at: null })

    world.stripe.faults.clear()
    world.advance(DAY)
    await enrichCases(world.context, { workspaceId: world.workspace.id })
    expect(await theCase()).toMatchObject({ outcome: 'recovered', enrich_at: null, paid_by: 'customer' })
    expect((await theCase()).checked_at).not.toBeNull()
  })
})

describe('a refund that was told before anybody knew whose payment it was', () => {
  it('counts once Stripe has told of the payment', async () => {
    world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })
    const { id } = await aFailure()
    world.advance(HOUR)
    world.stripe.pay(id)
    world.stripe.refund(id, { amount: 900 })
    for (const event of world.news()) if (event.type !== 'invoice_payment.paid') await hear(event)
    expect(await theCase()).toMatchObject({ outcome: 'recovered', ...comesTo({ recovered: AMOUNT }) })

    world.stripe.faults.clear()
    world.advance(DAY)
    await enrichCases(world.context, { workspaceId: world.workspace.id })
    expect(await theCase()).toMatchObject(comesTo({ recovered: 4000, returned: 900 }))
  })
})

describe('what can not be understood', () => {
  const aRefund = (over: Record<string, unknown>) => ({
    object: 'charge',
    id: 'ch_1',
    payment_intent: 'pi_1',
    amount_refunded: 100,
    currency: 'usd',
    ...over,
  })
  const eventOf = (id: string) => StripeEvent.query(database.db).findOne({ id }).throwIfNotFound()

  it.each([
    ['an unknown type', 'invoice.sang', { object: 'invoice' }, 'ignored', /No recovery step/],
    ['a refund of nothing', 'charge.refunded', { object: 'charge', id: 'ch_1' }, 'failed', /charge\.refunded/],
    ['a dispute without a state', 'charge.dispute.created', { object: 'dispute', id: 'du_1' }, 'failed', /dispute/],
    [
      'a credit note for no invoice',
      'credit_note.created',
      { object: 'credit_note', id: 'cn_1' },
      'failed',
      /credit_note/,
    ],
    ['a subscription that is none', 'customer.subscription.updated', { object: 'sub' }, 'failed', /subscription/],
    ['a refund of a payment that is none of ours', 'charge.refunded', aRefund({}), 'ignored', /no recovery case/],
  ])('%s ends %s with a reason', async (_, type, object, outcome, reason) => {
    const key = await aStoredEvent(world.context, world.workspace, type, object)
    await processEvent(world.context, key)
    expect(await eventOf(key.eventId)).toMatchObject({ outcome, detail: expect.stringMatching(reason) })
  })

  it('mixes no currencies: a refund in another one than the invoice ends as failed', async () => {
    const { id } = await aFailure()
    await then(() => world.stripe.pay(id))
    const intent = world.stripe.account.store.intentOf(id)
    const refund = aRefund({ payment_intent: intent?.id, currency: 'xyz' })
    const key = await aStoredEvent(world.context, world.workspace, 'charge.refunded', refund)
    await processEvent(world.context, key)

    expect(await eventOf(key.eventId)).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('xyz') })
    expect(await theCase()).toMatchObject(comesTo({ recovered: AMOUNT }))
  })
})
