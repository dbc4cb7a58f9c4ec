import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createContext } from '../../src/context.js'
import { CardPayment } from '../../src/db/models/card-payment.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { linkPlace } from '../../src/recovery/open-case.js'
import { aCrashWorld as aWorld, type CrashWorld } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const MINUTE = 60_000
const WORKS = '4242424242424242'
const AUTHENTICATES = '4000002760003184'
const DECLINES = '4000000000000341'

let world: CrashWorld
let web: TestWeb
beforeEach(async () => {
  world = await aWorld(database)
  const { settings, ...context } = world.context
  web = await serveApp((appUrl) => createContext({ ...context, settings: { ...settings, appUrl } }))
})
afterEach(async () => {
  await web.close()
  await world.stop()
})

/** A failed renewal and the address to which Stripe sends its customer back. */
async function aCase() {
  const { customer, invoice } = world.stripe.failRenewal()
  await world.live()
  world.advance(MINUTE)
  const { link_token_sealed } = await theCase()
  const token = world.context.cipher.open(link_token_sealed, linkPlace(world.workspace.id))
  return { customer, invoice, link: `${web.url}/r/${token}` }
}
const theCase = () => RecoveryCase.query(database.db).first().throwIfNotFound()
async function open(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return { status: response.status, to: response.headers.get('Location'), text: await response.text() }
}
const charged = () => world.stripe.log.to('POST', /\/pay$/)

describe('a customer who comes back from the card page', () => {
  it('is thanked for the payment, which was made with the new card meanwhile', async () => {
    const { customer, invoice, link } = await aCase()
    world.stripe.saveCard(customer.id, WORKS)

    const page = await open(`${link}/done`)

    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('it is paid') })
    expect(world.stripe.invoice(invoice.id).status).toBe('paid')
  })

  it('pays once, however often the page is loaded', async () => {
    const { customer, link } = await aCase()
    world.stripe.saveCard(customer.id, WORKS)
    await Promise.all([open(`${link}/done`), open(`${link}/done`)])
    world.advance(MINUTE)

    expect(await open(`${link}/done`)).toMatchObject({ text: expect.stringContaining('it is paid') })
    expect(charged()).toHaveLength(1)
  })

  it('is led to the hosted invoice when the bank wants a confirmation', async () => {
    const { customer, invoice, link } = await aCase()
    world.stripe.saveCard(customer.id, AUTHENTICATES)

    expect(await open(`${link}/done`)).toMatchObject({
      status: 302,
      to: world.stripe.invoice(invoice.id).hosted_invoice_url,
    })
  })

  it('is told that the card was not accepted, and led back to try another', async () => {
    const { customer, link } = await aCase()
    world.stripe.saveCard(customer.id, DECLINES)

    const page = await open(`${link}/done`)
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('This card was not accepted') })
    expect(page.text).toContain(`href="${new URL(link).pathname}"`)
    expect(await CardPayment.query(database.db)).toMatchObject([{ result: 'declined' }])
  })

  it('changes nothing when no card was changed', async () => {
    const { link } = await aCase()

    expect(await open(`${link}/done`)).toMatchObject({ status: 200 })
    expect(charged()).toEqual([])
    expect(await theCase()).toMatchObject({ outcome: null, card_check_at: null })
  })

  it('makes no call to Stripe for a scanner that asks by HEAD, and few for one that asks again and again', async () => {
    const { link } = await aCase()
    const asked = () => world.stripe.log.calls.length
    const before = asked()
    await open(`${link}/done`, { method: 'HEAD' })
    expect(asked()).toBe(before)

    for (let n = 0; n < 5; n += 1) await open(`${link}/done`)
    expect(asked()).toBe(before + 1)
  })

  it('does not wait for a Stripe that hangs, and is paid for later', async () => {
    const { customer, link } = await aCase()
    world.stripe.saveCard(customer.id, WORKS)
    world.stripe.faults.add({ route: 'GET /v1/invoices/:id', kind: 'hang', count: 1 })
    const began = Date.now()

    expect(await open(`${link}/done`)).toMatchObject({
      status: 200,
      text: expect.stringContaining('we take care of the payment'),
    })
    expect(Date.now() - began).toBeLessThan(7_000)
    expect((await theCase()).card_check_at).not.toBeNull()
  })

  it('finds the page of a closed case closed', async () => {
    const { invoice, link } = await aCase()
    world.stripe.voidInvoice(invoice.id)
    await world.live()

    expect(await open(`${link}/done`)).toMatchObject({ status: 200, text: expect.stringContaining('Nothing to pay') })
  })
})
