import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import Stripe from 'stripe'
import { type Simulators, startSimulators } from './index.js'

let simulators: Simulators
let stripe: Stripe
let resend: Resend

beforeEach(async () => {
  simulators = await startSimulators({ seed: 'faults', stripe: { clock: { manual: true } } })
  const options = { ...simulators.stripe.sdkOptions, maxNetworkRetries: 0, timeout: 300 }
  stripe = new Stripe(simulators.stripe.addKey(), options)
  resend = new Resend(simulators.mail.addKey(), { baseUrl: simulators.mail.url })
})
afterEach(() => simulators.stop())

const pay = 'POST /v1/invoices/:id/pay'
const mail = { from: 'a@b.example', to: 'c@d.example', subject: 'Hi', text: 'Hi' }

async function failedPayment(): Promise<{ error: Stripe.errors.StripeError; status: string | null }> {
  const { customer, invoice } = simulators.stripe.failRenewal()
  const card = simulators.stripe.saveCard(customer.id)
  const error = await stripe.invoices.pay(invoice.id, { payment_method: card }).then(
    () => new Error('not refused'),
    (reason) => reason,
  )
  return { error: error as Stripe.errors.StripeError, status: invoice.status }
}

describe('a fault', () => {
  it.each([
    [{ status: 500 }, Stripe.errors.StripeAPIError],
    [{ status: 503 }, Stripe.errors.StripeAPIError],
    [{ status: 429, retryAfter: 2 }, Stripe.errors.StripeRateLimitError],
  ])('answers with a status and does nothing: %o', async (answer, kind) => {
    simulators.stripe.faults.add({ route: pay, kind: 'status', ...answer })

    const { error, status } = await failedPayment()

    expect(error).toBeInstanceOf(kind)
    expect(status).toBe('open')
  })

  it.each(['drop', 'hang'] as const)('loses the call before it acted: %s', async (kind) => {
    simulators.stripe.faults.add({ route: pay, kind })

    const { error, status } = await failedPayment()

    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    expect(status).toBe('open')
  })

  it.each(['cut', 'reset', 'hang-after'] as const)('acts and loses the answer: %s', async (kind) => {
    simulators.stripe.faults.add({ route: pay, kind })

    const { error, status } = await failedPayment()

    expect(error).toBeInstanceOf(Stripe.errors.StripeError)
    expect(status).toBe('paid')
    expect(simulators.stripe.log.to('POST', /pay$/)[0]?.fault).toBe(kind)
  })

  it('heals after its count, so that the SDK’s own retry finds the kept answer', async () => {
    simulators.stripe.faults.add({ route: pay, kind: 'cut', count: 1 })
    const retrying = new Stripe(simulators.stripe.addKey(), { ...simulators.stripe.sdkOptions, maxNetworkRetries: 2 })
    const { customer, invoice } = simulators.stripe.failRenewal()

    const paid = await retrying.invoices.pay(invoice.id, {
      payment_method: simulators.stripe.saveCard(customer.id),
    })

    expect(paid.status).toBe('paid')
    expect(simulators.stripe.log.to('POST', /pay$/).map(({ replayed }) => replayed)).toEqual([false, true])
    expect([...simulators.stripe.account.store.charges]).toHaveLength(2)
  })

  it('hits a share of calls', async () => {
    simulators.stripe.faults.add({ route: 'GET *', kind: 'status', status: 503, share: 0.5 })

    const results = await Promise.allSettled(Array.from({ length: 60 }, () => stripe.customers.list()))

    const hit = results.filter(({ status }) => status === 'rejected').length
    expect(hit).toBeGreaterThan(15)
    expect(hit).toBeLessThan(45)
  })

  it('leaves other routes alone and can be taken back', async () => {
    const heal = simulators.stripe.faults.add({ route: 'GET /v1/invoices', kind: 'status' })

    await expect(stripe.customers.list()).resolves.toBeDefined()
    await expect(stripe.invoices.list()).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError)
    heal()
    await expect(stripe.invoices.list()).resolves.toBeDefined()
  })

  it('accepts a mail and cuts the line: sent once, whatever is repeated under its key', async () => {
    simulators.mail.faults.add({ route: 'POST /emails', kind: 'cut', count: 2 })

    const answers = []
    for (let attempt = 0; attempt < 3; attempt += 1) {
      answers.push(await resend.emails.send(mail, { idempotencyKey: 'k' }))
    }

    expect(answers.map(({ error }) => error?.statusCode)).toEqual([null, null, undefined])
    expect(simulators.mail.inbox.mails).toHaveLength(1)
    expect(simulators.mail.calls.map(({ fault }) => fault)).toEqual(['cut', 'cut', undefined])
  })

  it('speaks each API’s own language', async () => {
    simulators.mail.faults.add({ route: 'POST /emails/batch', kind: 'status', status: 429, retryAfter: 3 })

    const { error, headers } = await resend.batch.send([mail])

    expect([error?.statusCode, error?.name, headers?.['retry-after']]).toEqual([429, 'rate_limit_exceeded', '3'])
  })
})
