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

    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    expect(status).toBe('paid')
    expect(simulators.stripe.log.to('POST', /pay$/)[0]).toMatchObject({ fault: kind, status: 200 })
  })

  it('answers late: the SDK has given up by then, and the call acts all the same', async () => {
    simulators.stripe.faults.add({ route: pay, kind: 'slow', ms: 400 })
    const { customer, invoice } = simulators.stripe.failRenewal()
    const card = simulators.stripe.saveCard(customer.id)

    const late = stripe.invoices.pay(invoice.id, { payment_method: card })
    await expect(late).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError)
    expect(invoice.status).toBe('open')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(invoice.status).toBe('paid')
  })

  it('is met once more by an SDK told not to retry, where the connection was cut, and under one key', async () => {
    simulators.stripe.faults.add({ route: pay, kind: 'cut', count: 1 })
    const { customer, invoice } = simulators.stripe.failRenewal()

    await stripe.invoices.pay(invoice.id, { payment_method: simulators.stripe.saveCard(customer.id) })

    const calls = simulators.stripe.log.to('POST', /pay$/)
    expect(calls.map(({ replayed }) => replayed)).toEqual([false, true])
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  })

  it.each(['status', 'drop', 'hang', 'hang-after', 'cut', 'reset', 'slow'] as const)(
    'spoils no other call on a kept connection: %s',
    async (kind) => {
      await stripe.customers.list()
      simulators.stripe.faults.add({ route: 'GET /v1/invoices', kind, ms: 400 })

      await expect(stripe.invoices.list()).rejects.toBeInstanceOf(Stripe.errors.StripeError)
      await expect(stripe.customers.list()).resolves.toBeDefined()
    },
  )

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

  it('lets the first calls pass', async () => {
    simulators.stripe.faults.add({ route: 'GET /v1/customers', kind: 'status', skip: 2, count: 1 })

    const outcomes = []
    for (let call = 0; call < 4; call += 1) {
      outcomes.push(
        await stripe.customers.list().then(
          () => 'answered',
          () => 'failed',
        ),
      )
    }

    expect(outcomes).toEqual(['answered', 'answered', 'failed', 'answered'])
  })

  it('hits a share of calls, the same ones of its route whatever else is called', async () => {
    const outcomesBeside = async (others: number) => {
      const { stripe: simulator, stop } = await startSimulators({ seed: 'share' })
      const sdk = new Stripe(simulator.addKey(), { ...simulator.sdkOptions, maxNetworkRetries: 0 })
      for (const route of ['GET /v1/customers', 'GET /v1/invoices']) {
        simulator.faults.add({ route, kind: 'status', status: 503, share: 0.5 })
      }
      const outcomes: boolean[] = []
      for (let call = 0; call < 40; call += 1) {
        for (let other = 0; other < others; other += 1) await sdk.invoices.list().catch(() => {})
        outcomes.push(
          await sdk.customers.list().then(
            () => true,
            () => false,
          ),
        )
      }
      await stop()
      return outcomes
    }

    const alone = await outcomesBeside(0)

    expect(alone.filter(Boolean).length).toBeGreaterThan(8)
    expect(alone.filter(Boolean).length).toBeLessThan(32)
    expect(await outcomesBeside(2)).toEqual(alone)
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

  it.each([
    ['drop', 0],
    ['cut', 1],
    ['reset', 1],
  ] as const)('tells the mail SDK nothing of a call that it broke: %s', async (kind, sent) => {
    await resend.emails.list()
    simulators.mail.faults.add({ route: 'POST /emails', kind })

    const { data, error } = await resend.emails.send(mail, { idempotencyKey: 'k' })

    expect([data, error?.name, error?.statusCode]).toEqual([null, 'application_error', null])
    expect(simulators.mail.inbox.mails).toHaveLength(sent)
  })

  it('speaks each API’s own language', async () => {
    simulators.mail.faults.add({ route: 'POST /emails/batch', kind: 'status', status: 429, retryAfter: 3 })

    const { error, headers } = await resend.batch.send([mail])

    expect([error?.statusCode, error?.name, headers?.['retry-after']]).toEqual([429, 'rate_limit_exceeded', '3'])
  })
})
