import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { switchPayment } from '../../src/accounts/switch-payment.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { retryPayment } from '../../src/recovery/retry-payment.js'
import { settleCards } from '../../src/recovery/settle-cards.js'
import { aCrashWorld as aWorld, type CrashWorld, repair } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'

const database = useDatabase()
const MINUTE = 60_000
const PAY = 'POST /v1/invoices/:id/pay'

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
/** The account behind the card has money again. */
function funds({ customer }: { customer: { id: string } }) {
  const { cards, store } = world.stripe.account
  for (const { id } of store.paymentMethods.of(customer.id)) cards.set(id, { decline: null })
}
const theCase = () => RecoveryCase.query(database.db).first().throwIfNotFound()
async function retry(requestId = 'first-click', caseId?: string) {
  const { id: workspaceId, owner } = world.workspace
  const id = caseId ?? (await theCase()).id
  return retryPayment(world.context, { workspaceId, ownerId: owner.id, caseId: id, requestId })
}
const charged = () => world.stripe.log.to('POST', /\/pay$/).filter(({ replayed }) => !replayed)
const told = async (kind: string) => CaseEntry.query(database.db).where({ kind })

describe('an owner who has an invoice charged again', () => {
  it('hears at once that it was paid, and stands on the timeline', async () => {
    funds(await aCase())

    expect(await retry()).toEqual({ kind: 'paid' })
    expect(await told('payment_retried')).toMatchObject([{ detail: { by: world.workspace.owner.id } }])
    await repair(world)
    expect(await theCase()).toMatchObject({ outcome: 'recovered' })
  })

  it('charges once by a double click, and hears the same twice', async () => {
    await aCase()

    expect(await retry()).toEqual({ kind: 'declined', code: 'insufficient_funds' })
    expect(await retry()).toEqual({ kind: 'declined', code: 'insufficient_funds' })
    expect(charged()).toHaveLength(1)
    expect(await told('payment_retried')).toHaveLength(1)
  })

  it('charges once by two clicks that arrive together', async () => {
    await aCase()
    const answers = await Promise.all([retry('one'), retry('one'), retry('other')])

    expect(charged()).toHaveLength(1)
    expect(answers.filter(({ kind }) => kind === 'declined').length).toBeGreaterThan(0)
  })

  it('charges again by another click', async () => {
    await aCase()
    await retry('one')
    await retry('other')

    expect(charged()).toHaveLength(2)
  })

  it('charges the new card where we may not by ourselves', async () => {
    const { customer } = await aCase({ ownCard: true })
    await switchPayment(world.context, world.workspace.id, false)
    const card = world.stripe.saveCard(customer.id)
    await world.live()
    await settleCards(world.context, { workspaceId: world.workspace.id })

    expect(await retry()).toEqual({ kind: 'paid' })
    expect(await CardPayment.query(database.db).orderBy('id')).toMatchObject([
      { result: 'not_allowed', payment_method_id: card },
      { result: 'paid', payment_method_id: card },
    ])
  })

  it('is told that the bank wants the customer', async () => {
    await aCase({ declineCode: 'authentication_required' })
    expect(await retry()).toEqual({ kind: 'authentication' })
  })

  it('is told while nobody knows, and the payment comes to its end by itself', async () => {
    funds(await aCase())
    world.stripe.faults.add({ route: PAY, kind: 'cut', count: 2 })

    expect(await retry()).toEqual({ kind: 'under_way' })
    await repair(world)
    expect(await retry()).toEqual({ kind: 'paid' })
    expect(charged().filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('charges nothing where the key does not allow it, and hears so', async () => {
    await aCase()
    for (const key of world.stripe.keys.list())
      key.permissions = new Set(['rak_invoice_read', 'rak_customer_read', 'rak_payment_intent_read'])

    expect(await retry()).toEqual({ kind: 'not_allowed' })
  })

  it('charges nothing when there is no card', async () => {
    const { customer } = await aCase()
    const { store } = world.stripe.account
    for (const card of [...store.paymentMethods.of(customer.id)]) world.stripe.detachCard(card.id)

    expect(await retry()).toEqual({ kind: 'no_card' })
    expect(charged()).toEqual([])
  })

  it('is told when Stripe can not be reached', async () => {
    await aCase()
    world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'status', status: 503 })

    expect(await retry()).toEqual({ kind: 'unreachable' })
    expect(await told('payment_retried')).toEqual([])
  })

  it('charges nothing for a case that is closed', async () => {
    const { invoice } = await aCase()
    world.stripe.pay(invoice.id)
    await world.live()

    expect(await retry()).toEqual({ kind: 'closed' })
    expect(charged()).toEqual([])
  })

  it('reaches no case of another workspace', async () => {
    await aCase()
    expect(await retry('one', world.workspace.id)).toEqual({ kind: 'unknown' })
  })
})
