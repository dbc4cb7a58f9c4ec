import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeSimulator, startStripe } from './index.js'
import { openPage, submitForm } from './visitor.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

const SECRET = 'whsec_pages'
const MINUTE = 60_000

let simulator: StripeSimulator
let back: WebhookReceiver

beforeEach(async () => {
  simulator = await startStripe({ seed: 'pages', clock: { manual: true } })
  back = await startReceiver()
})
afterEach(async () => {
  await simulator.stop()
  await back.stop()
})

async function openSession(customer: string): Promise<string> {
  const sdk = new Stripe(simulator.addKey(['rak_customer_portal_write']), simulator.sdkOptions)
  const session = await sdk.billingPortal.sessions.create({
    customer,
    flow_data: {
      type: 'payment_method_update',
      after_completion: { type: 'redirect', redirect: { return_url: back.url } },
    },
  })
  return session.url
}

describe('the portal page', () => {
  it('saves a card, leads back, and Stripe’s retry brings the money home', async () => {
    simulator.addWebhookEndpoint({ url: back.url, secret: SECRET, events: ['invoice.paid', 'customer.updated'] })
    const { customer, invoice } = simulator.failRenewal({ declineCode: 'expired_card' })
    const old = customer.invoice_settings.default_payment_method

    const page = await openPage(await openSession(customer.id))
    expect(page.html).toContain('Simulated Stripe')
    const after = await submitForm(page, 'card', '4242424242424242')
    expect(after.url).toBe(back.url)
    expect(customer.invoice_settings.default_payment_method).not.toBe(old)
    expect(invoice.status).toBe('open')

    simulator.account.clock.advanceToNext()
    await simulator.webhooks.settled()

    const events = back.received
      .filter(({ headers }) => headers['stripe-signature'])
      .map(({ body, headers }) =>
        new Stripe('rk_test_x').webhooks.constructEvent(body, String(headers['stripe-signature']), SECRET),
      )
    expect(events.map(({ type }) => type).sort()).toEqual(['customer.updated', 'invoice.paid'])
    const updated = events.find(({ type }) => type === 'customer.updated')
    expect(updated?.data.previous_attributes).toEqual({ invoice_settings: { default_payment_method: old } })
    expect(events.find(({ type }) => type === 'invoice.paid')?.data.object).toMatchObject({
      id: invoice.id,
      status: 'paid',
    })
  })

  it('refuses a card that is declined, and lets the customer try another one', async () => {
    const { customer } = simulator.failRenewal()
    const page = await openPage(await openSession(customer.id))

    const refused = await submitForm(page, 'card', '4000000000000002')
    expect([refused.status, refused.html.includes('Your card was declined')]).toEqual([402, true])
    const after = await submitForm(refused, 'card', '5555555555554444')
    expect(after.url).toBe(back.url)
  })

  it('dies five minutes after it was made, unless it is used', async () => {
    const { customer } = simulator.failRenewal()
    const [unused, used] = [await openSession(customer.id), await openSession(customer.id)]
    await openPage(used)

    simulator.account.clock.advance(6 * MINUTE)
    const [dead, alive] = [await openPage(unused), await openPage(used)]
    expect([dead.status, dead.forms]).toEqual([410, []])
    expect(dead.html).toContain('expired')
    expect(alive.status).toBe(200)

    simulator.account.clock.advance(59 * MINUTE)
    expect((await openPage(used)).status).toBe(200)
    simulator.account.clock.advance(61 * MINUTE)
    expect((await openPage(used)).status).toBe(410)
  })

  it('knows nothing of a session that never was', async () => {
    expect((await openPage(`${simulator.url}/p/session/test_nothing`)).status).toBe(404)
  })
})

describe('the hosted invoice page', () => {
  it('takes a card for this invoice and leaves the customer’s default alone', async () => {
    const { customer, invoice, subscription } = simulator.failRenewal()
    const old = customer.invoice_settings.default_payment_method

    const after = await submitForm(await openPage(invoice.hosted_invoice_url!), 'card', '4242424242424242')

    expect(after.html).toContain('Invoice paid')
    expect([invoice.status, subscription.status]).toEqual(['paid', 'active'])
    expect(customer.invoice_settings.default_payment_method).toBe(old)
  })

  it('lets the customer confirm with the bank', async () => {
    const { invoice } = simulator.failRenewal({ declineCode: 'authentication_required' })
    const page = await openPage(invoice.hosted_invoice_url!)
    expect(page.html).toContain('Confirm with your bank')

    const refused = await submitForm(page, 'bank', 'refuse')
    expect([refused.status, invoice.status]).toEqual([402, 'open'])
    await submitForm(refused, 'bank', 'approve')
    expect(invoice.status).toBe('paid')
  })

  it('asks for confirmation of a new card that needs it', async () => {
    const { invoice } = simulator.failRenewal()
    const asked = await submitForm(await openPage(invoice.hosted_invoice_url!), 'card', '4000002760003184')
    expect([invoice.status, asked.html.includes('Confirm with your bank')]).toEqual(['open', true])

    await submitForm(asked, 'bank', 'approve')
    expect(invoice.status).toBe('paid')
  })

  it('says so when the card is declined, and counts no attempt', async () => {
    const { invoice } = simulator.failRenewal()
    const after = await submitForm(await openPage(invoice.hosted_invoice_url!), 'card', '4000000000000341')

    expect([after.status, invoice.status, invoice.attempt_count]).toEqual([402, 'open', 1])
  })

  it('expires after thirty days', async () => {
    const { invoice } = simulator.failRenewal()
    simulator.account.clock.advance(31 * 24 * 60 * MINUTE)

    expect((await openPage(invoice.hosted_invoice_url!)).status).toBe(410)
  })
})

describe('the control page', () => {
  it('fails a renewal and pays it at the press of a button', async () => {
    const page = await openPage(simulator.url)
    const failed = await submitForm(page, 'declineCode', 'expired_card')
    expect(failed.html).toContain('expired_card')
    const [invoice] = [...simulator.account.store.invoices]

    await fetch(`${simulator.url}/_control/pay`, { method: 'POST', body: JSON.stringify({ invoice: invoice?.id }) })
    const state = (await fetch(`${simulator.url}/_control/state`).then((answer) => answer.json())) as object
    expect(state).toMatchObject({ customers: 1, invoices: { paid: 1 } })
  })

  it('moves the clock, as life counts it, and shows the account’s truth as a table', async () => {
    const { invoice } = simulator.failRenewal({ worksFromAttempt: 2 })
    const page = await openPage(simulator.url)

    await submitForm(page, 'unit', 'days')
    const asked = { method: 'POST', body: JSON.stringify({ amount: 1, unit: 'days' }) }
    await fetch(`${simulator.url}/_control/move-clock`, asked)

    expect(invoice.status).toBe('paid')
    const truth = await fetch(`${simulator.url}/_control/truth`).then((answer) => answer.text())
    expect(truth.split('\n')[1]).toContain(invoice.id)
  })

  it('makes a history and tells what truly happened', async () => {
    const asked = { method: 'POST', body: JSON.stringify({ days: 60, customers: 100 }) }
    const rows = (await fetch(`${simulator.url}/_control/history`, asked).then((answer) => answer.json())) as object[]

    expect(rows.length).toBeGreaterThan(5)
    expect(rows[0]).toMatchObject({ exposed: expect.any(Number), recovered: expect.any(Number) })
  })

  it('says what is wrong with a command', async () => {
    const answer = await fetch(`${simulator.url}/_control/fail-renewal`, {
      method: 'POST',
      body: JSON.stringify({ declineCode: 'no_such_code' }),
    })
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('No such decline: no_such_code'),
    ])
  })
})
