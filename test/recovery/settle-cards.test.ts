import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { switchPayment } from '../../src/accounts/switch-payment.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { enrichCases } from '../../src/recovery/enrich-cases.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { forgetCustomer } from '../../src/recovery/forget-customer.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver, type StoredEvent } from '../../src/recovery/receive-events.js'
import { settleCards } from '../../src/recovery/settle-cards.js'
import { needsConfirmation, waitingForCharge } from '../../src/recovery/waiting-for-charge.js'
import { aCrashWorld as aWorld, type CrashWorld, repair } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'

const database = useDatabase()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const AUTHENTICATES = '4000002760003184'
const DECLINES = '4000000000000341'
const ALL = [
  ...['invoice', 'customer', 'subscription', 'payment_method', 'payment_intent', 'charge'].map(
    (name) => `rak_${name}_read`,
  ),
  'rak_invoice_write',
  'rak_subscription_write',
]

let world: CrashWorld
beforeEach(async () => {
  world = await aWorld(database)
})
afterEach(() => world.stop())

async function aCase(request: Parameters<CrashWorld['stripe']['failRenewal']>[0] = {}) {
  const renewal = world.stripe.failRenewal(request)
  world.advance(MINUTE)
  await world.live()
  return renewal
}
/** What the product does by itself with the news. */
async function settle({ context, workspace } = world) {
  await world.live()
  await settleCards(context, { workspaceId: workspace.id })
  await enrichCases(context, { workspaceId: workspace.id })
}
/** Events that arrive after later ones. */
async function receive(events: ReturnType<CrashWorld['news']>) {
  const stored: StoredEvent[] = []
  const receiver = createEventReceiver(world.context, (rows) => void stored.push(...rows))
  await Promise.all(events.map(receiver.receive))
  for (const event of stored) await processEvent(world.context, event)
}
const rightsOnly = (...permissions: string[]) => {
  for (const key of world.stripe.keys.list()) key.permissions = new Set(permissions)
}
const without = (...slugs: string[]) => rightsOnly(...ALL.filter((slug) => !slugs.includes(slug)))
const noteMissing = (permission: string) =>
  StripeConnection.query(database.db)
    .findById(world.workspace.connectionId)
    .patch({ capabilities: JSON.stringify([{ permission, result: 'missing', because: null }]) as never })

const theCase = (invoice: { id: string }) =>
  RecoveryCase.query(database.db).findOne({ stripe_invoice_id: invoice.id }).throwIfNotFound()
const entries = async (invoice: { id: string }) => {
  const { id } = await theCase(invoice)
  return CaseEntry.query(database.db).where({ case_id: id }).orderBy('id')
}
const told = async (invoice: { id: string }) => (await entries(invoice)).map(({ kind }) => kind)
const payments = () => CardPayment.query(database.db).orderBy('id')
const payCalls = () => world.stripe.log.to('POST', /\/pay$/)
const charges = (card: string) =>
  [...world.stripe.account.store.charges].filter(({ payment_method }) => payment_method === card)
const isWaiting = async (invoice: { id: string }) => {
  const row = await theCase(invoice)
  return (await waitingForCharge(database.db, [row])).has(row.id)
}

describe('a customer who changes the card', () => {
  it('pays the open invoice by that, once, and the case is recovered', async () => {
    const { customer, invoice } = await aCase()
    const card = world.stripe.saveCard(customer.id)
    await settle()
    await settle()

    expect(world.stripe.invoice(invoice.id).status).toBe('paid')
    expect(charges(card)).toHaveLength(1)
    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered', card_check_at: null })
    expect(await told(invoice)).toEqual(expect.arrayContaining(['card_changed', 'payment_made', 'recovered']))
    expect((await entries(invoice)).find(({ kind }) => kind === 'card_changed')).toMatchObject({
      detail: { by: 'customer', card: 'Visa ending 4242' },
    })
  })

  it('pays every open invoice of theirs', async () => {
    const { customer, invoice } = await aCase()
    const { invoice: second } = await aCase({ customer: customer.id })
    world.stripe.saveCard(customer.id)
    await settle()

    expect([await theCase(invoice), await theCase(second)]).toMatchObject([
      { outcome: 'recovered' },
      { outcome: 'recovered' },
    ])
  })

  it('pays once when two workers settle at the same time', async () => {
    const { customer } = await aCase()
    const card = world.stripe.saveCard(customer.id)
    await world.live()
    const { context, workspace } = world
    await Promise.all([1, 2, 3].map(() => settleCards(context, { workspaceId: workspace.id })))

    expect(payCalls()).toHaveLength(1)
    expect(charges(card)).toHaveLength(1)
  })

  it('pays once although the answer was lost, by the same call again', async () => {
    const { customer, invoice } = await aCase()
    const card = world.stripe.saveCard(customer.id)
    world.stripe.faults.add({ route: 'POST /v1/invoices/:id/pay', kind: 'cut', count: 2 })
    await settle()
    expect(await payments()).toMatchObject([{ result: null }])
    await repair(world)

    expect(await payments()).toMatchObject([{ result: 'paid' }])
    expect(payCalls().length).toBeGreaterThan(1)
    expect(new Set(payCalls().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    expect(charges(card)).toHaveLength(1)
    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered', paid_by: 'us' })
  })

  it.each([429, 500, 503, 409])('tries again while Stripe answers %d', async (status) => {
    const { customer } = await aCase()
    world.stripe.saveCard(customer.id)
    world.stripe.faults.add({ route: 'POST /v1/invoices/:id/pay', kind: 'status', status, count: 2 })
    await settle()
    expect(await payments()).toMatchObject([{ result: null }])
    await repair(world)

    expect(await payments()).toMatchObject([{ result: 'paid' }])
  })

  it('leaves to a human what Stripe did not answer for a day', async () => {
    const { customer, invoice } = await aCase()
    const card = world.stripe.saveCard(customer.id)
    world.stripe.faults.add({ route: 'POST /v1/invoices/:id/pay', kind: 'status', status: 503 })
    await settle()
    world.advance(23 * HOUR + MINUTE)
    world.stripe.faults.clear()
    const before = payCalls().length
    await settle()

    expect(payCalls()).toHaveLength(before)
    expect(await payments()).toMatchObject([{ result: 'unknown', reason: 'no_answer' }])
    expect(await told(invoice)).toContain('payment_unknown')
    expect(charges(card)).toHaveLength(0)
  })

  it('is believed only when Stripe says so: a hint alone pays nothing', async () => {
    const { invoice } = await aCase()
    await RecoveryCase.query(database.db).findOne({ stripe_invoice_id: invoice.id }).patch({
      card_check_at: world.context.now(),
    })
    await settle()

    expect(payCalls()).toHaveLength(0)
    expect(await told(invoice)).not.toContain('card_changed')
    expect((await theCase(invoice)).card_check_at).toBeNull()
  })

  it('is seen later when Stripe does not answer now', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id)
    await world.live()
    const heal = world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })
    await settleCards(world.context, { workspaceId: world.workspace.id })
    heal()
    expect(payCalls()).toHaveLength(0)
    await repair(world)

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
  })

  it('is not charged for a case that was closed before the payment was made', async () => {
    const { customer, invoice } = await aCase()
    const card = world.stripe.saveCard(customer.id)
    const heal = world.stripe.faults.add({ route: 'POST /v1/invoices/:id/pay', kind: 'status', status: 503 })
    await settle()
    await RecoveryCase.query(database.db)
      .findOne({ stripe_invoice_id: invoice.id })
      .patch({ closed_at: world.context.now(), outcome: 'dismissed', dismissed: invoice.amount_remaining, open: 0 })
    heal()
    world.advance(HOUR)
    await settleCards(world.context, { workspaceId: world.workspace.id })

    expect(charges(card)).toHaveLength(0)
    expect(await payments()).toMatchObject([{ result: 'unknown', reason: 'case_closed' }])
  })

  it('is not charged while the owner pauses the case, and is after', async () => {
    const { customer, invoice } = await aCase()
    const pause = (paused_at: Date | null) =>
      RecoveryCase.query(database.db).findOne({ stripe_invoice_id: invoice.id }).patch({ paused_at })
    await pause(world.context.now())
    world.stripe.saveCard(customer.id)
    await settle()
    expect(payCalls()).toHaveLength(0)
    expect(await told(invoice)).toContain('card_changed')

    await pause(null)
    world.advance(HOUR)
    await settle()
    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
  })

  it('is forgotten with the card’s number, and looked at no more', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id, DECLINES)
    await settle()
    await forgetCustomer(world.context, { workspaceId: world.workspace.id, stripeCustomerId: customer.id })
    world.stripe.saveCard(customer.id)
    await settle()

    expect((await entries(invoice)).filter(({ kind }) => kind === 'card_changed')).toMatchObject([
      { detail: { card: null } },
    ])
    expect(payCalls()).toHaveLength(1)
    expect((await theCase(invoice)).card_check_at).toBeNull()
  })

  it('before Stripe’s own retry takes the money is known for it, though we hear of it later', async () => {
    const { customer, invoice } = await aCase()
    world.advance(MINUTE)
    world.stripe.saveCard(customer.id)
    const changed = world.news()
    world.advance(DAY)
    await world.live()
    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
    await receive(changed)
    await settle()

    expect(await told(invoice)).toContain('card_changed')
    expect(payCalls()).toHaveLength(0)
  })

  it('is found by the sweep', async () => {
    const { customer } = await aCase()
    world.stripe.saveCard(customer.id)
    await world.live()
    expect((await findPending(world.context)).cards).toEqual([world.workspace.id])
    await settle()
    expect((await findPending(world.context)).cards).toEqual([])
  })
})

describe('what counts as a new card', () => {
  it('is not a card that was merely attached', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id)
    world.stripe.account.store.customers.require(customer.id).invoice_settings.default_payment_method = (
      await world.stripe.account.store.paymentMethods.of(customer.id)[0]!
    ).id
    await settle()

    expect(payCalls()).toHaveLength(0)
    expect(await told(invoice)).not.toContain('card_changed')
  })

  it('is a card that the network renewed', async () => {
    const { customer, invoice } = await aCase({ declineCode: 'expired_card' })
    world.advance(MINUTE)
    world.stripe.updateCardAutomatically(customer.id)
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
    expect((await entries(invoice)).find(({ kind }) => kind === 'card_changed')).toMatchObject({
      detail: { by: 'network' },
    })
  })

  it('is not a card of which only the postal address was changed', async () => {
    const { customer, invoice } = await aCase()
    const [card] = world.stripe.account.store.paymentMethods.of(customer.id)
    world.advance(MINUTE)
    world.stripe.account.events.emit('payment_method.updated', card!, { billing_details: {} })
    await settle()

    expect(payCalls()).toHaveLength(0)
    expect(await told(invoice)).not.toContain('card_changed')
  })

  it('is another one each time: after a declined card the next is tried', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id, DECLINES)
    await settle()
    expect(await theCase(invoice)).toMatchObject({ outcome: null })
    expect(await told(invoice)).toContain('payment_declined')
    world.advance(MINUTE)
    world.stripe.saveCard(customer.id)
    await settle()

    expect(await payments()).toMatchObject([{ result: 'declined', reason: 'generic_decline' }, { result: 'paid' }])
    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
  })

  it('is not the old card again when another one failed on the hosted page', async () => {
    const { customer } = world.stripe.renew()
    world.advance(30 * DAY)
    const { invoice } = await aCase({ customer: customer.id })
    world.stripe.pay(invoice.id, DECLINES)
    await RecoveryCase.query(database.db).findOne({ stripe_invoice_id: invoice.id }).patch({
      card_check_at: world.context.now(),
    })
    await settle()

    expect(payCalls()).toHaveLength(0)
  })

  it('is seen by its event alone where the key may not read cards and payments', async () => {
    without('rak_payment_method_read', 'rak_payment_intent_read', 'rak_charge_read')
    const { customer, invoice } = await aCase()
    world.advance(MINUTE)
    world.stripe.saveCard(customer.id)
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
  })
})

describe('a bank that wants the customer', () => {
  it('leads to the hosted invoice and is not asked again with the same card', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id, AUTHENTICATES)
    await settle()
    await repair(world)
    await settle()

    expect(payCalls()).toHaveLength(1)
    expect(await told(invoice)).toContain('payment_authentication')
    expect(await needsConfirmation(database.db, await theCase(invoice))).toBe(true)
    expect(await isWaiting(invoice)).toBe(false)
  })

  it('no longer does once the customer has saved another card', async () => {
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id, AUTHENTICATES)
    await settle()
    world.advance(MINUTE)
    world.stripe.saveCard(customer.id)
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
    expect(await needsConfirmation(database.db, await theCase(invoice))).toBe(false)
  })
})

describe('where we may not pay', () => {
  it.each([
    ['the owner has switched it off', () => switchPayment(world.context, world.workspace.id, false), 'switched_off'],
    ['the key is known not to allow it', () => noteMissing('rak_invoice_write'), 'permission_missing'],
    ['the key turns out not to allow it', async () => without('rak_invoice_write'), 'permission_missing'],
  ])('nothing is charged when %s, the case says so, and nobody is reminded', async (_, forbid, reason) => {
    const { customer, invoice } = await aCase()
    await forbid()
    const card = world.stripe.saveCard(customer.id)
    await settle()
    await settle()

    expect(charges(card)).toHaveLength(0)
    expect(await payments()).toMatchObject([{ result: 'not_allowed', reason }])
    expect((await entries(invoice)).filter(({ kind }) => kind === 'payment_withheld')).toMatchObject([
      { detail: { reason } },
    ])
    expect(await isWaiting(invoice)).toBe(true)
  })

  it('reminders go on once Stripe has tried the new card in vain', async () => {
    await switchPayment(world.context, world.workspace.id, false)
    const { customer, invoice } = await aCase()
    world.stripe.saveCard(customer.id, DECLINES)
    await settle()
    expect(await isWaiting(invoice)).toBe(true)
    world.advance(DAY)
    world.stripe.retry(invoice.id)
    await settle()

    expect(await isWaiting(invoice)).toBe(false)
  })
})

describe('a subscription that has a card of its own', () => {
  const own = ({ id }: { id: string }) => world.stripe.subscription(id).default_payment_method

  it('is paid with the customer’s new card, and changed to it for the next renewals', async () => {
    const { customer, invoice, subscription } = await aCase({ ownCard: true })
    world.advance(MINUTE)
    const card = world.stripe.saveCard(customer.id)
    await settle()
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered', pinned_at: null })
    expect(own(subscription)).toBe(card)
    expect(await told(invoice)).toContain('subscription_card_changed')
    expect(world.stripe.log.to('POST', /\/subscriptions\//)).toHaveLength(1)
  })

  it('is noted as pinned where the key does not allow that, until the owner has changed it', async () => {
    without('rak_subscription_write')
    const { customer, invoice, subscription } = await aCase({ ownCard: true })
    world.advance(MINUTE)
    const card = world.stripe.saveCard(customer.id)
    await settle()
    await settle()
    const pinned = await theCase(invoice)
    expect(pinned).toMatchObject({ outcome: 'recovered' })
    expect(pinned.pinned_at).not.toBeNull()

    world.stripe.subscription(subscription.id).default_payment_method = card
    world.advance(DAY + MINUTE)
    await settle()
    expect((await theCase(invoice)).pinned_at).toBeNull()
    expect((await theCase(invoice)).card_check_at).toBeNull()
  })

  it('is changed for Stripe’s next attempt when we may not pay', async () => {
    await switchPayment(world.context, world.workspace.id, false)
    const { customer, invoice, subscription } = await aCase({ ownCard: true })
    world.advance(MINUTE)
    const card = world.stripe.saveCard(customer.id)
    await settle()
    expect(own(subscription)).toBe(card)
    world.stripe.retry(invoice.id)
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
  })

  it('keeps its card when the new one is declined', async () => {
    const { customer, invoice, subscription } = await aCase({ ownCard: true })
    world.advance(MINUTE)
    const before = own(subscription)
    world.stripe.saveCard(customer.id, DECLINES)
    await settle()
    await settle()

    expect(own(subscription)).toBe(before)
    expect((await theCase(invoice)).pinned_at).toBeNull()
  })

  it('is paid with the card that it was given itself', async () => {
    const { customer, invoice, subscription } = await aCase({ ownCard: true })
    world.advance(MINUTE)
    const card = world.stripe.saveCard(customer.id)
    world.news()
    await world.context
      .stripe(await StripeConnection.query(database.db).findById(world.workspace.connectionId).throwIfNotFound())
      .subscriptions.update(subscription.id, { default_payment_method: card })
    await settle()

    expect(await theCase(invoice)).toMatchObject({ outcome: 'recovered' })
    expect(charges(card)).toHaveLength(1)
  })
})

describe('waiting for the charge', () => {
  it('begins with the new card and ends when it was declined', async () => {
    const { customer, invoice } = await aCase()
    expect(await isWaiting(invoice)).toBe(false)
    world.stripe.saveCard(customer.id, DECLINES)
    const heal = world.stripe.faults.add({ route: 'POST /v1/invoices/:id/pay', kind: 'status', status: 503 })
    await settle()
    expect(await isWaiting(invoice)).toBe(true)
    heal()
    world.advance(MINUTE)
    await settle()

    expect(await isWaiting(invoice)).toBe(false)
  })
})
