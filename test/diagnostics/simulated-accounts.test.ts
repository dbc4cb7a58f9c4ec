import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { addUp } from '../../src/diagnostics/add-up.js'
import { MemoryKeeper } from '../../src/diagnostics/memory-keeper.js'
import { firstSlices, readLists } from '../../src/diagnostics/read-lists.js'
import { PARTS, WAYS } from '../../src/domain/diagnosis.js'
import { ReportBuilder } from '../../src/domain/diagnostic-report.js'
import { Pace } from '../../src/stripe/pace.js'
import type { StripeSimulator } from '../simulator/index.js'
import { isNeverRetried } from '../simulator/stripe/declines.js'
import { accountWithHistory, FROM, truthOfWindow, UNTIL } from '../support/diagnosed-account.js'

const running: StripeSimulator[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop()
})

async function diagnosed(simulator: StripeSimulator, version?: string) {
  const stripe = new Stripe(simulator.addKey('all'), {
    ...simulator.sdkOptions,
    ...(version && { apiVersion: version as never }),
    maxNetworkRetries: 0,
  })
  const clock = { now: () => new Date(), wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) }
  let ids = 0
  const newId = () => {
    ids += 1
    return String(ids)
  }
  const slices = firstSlices({ from: FROM, until: UNTIL + 1 }, newId)
  const keeper = new MemoryKeeper(slices)
  await readLists({
    stripe,
    keeper,
    pace: new Pace({ account: Number.POSITIVE_INFINITY, endpoint: Number.POSITIVE_INFINITY }, clock),
    slices,
    wait: clock.wait,
    stopping: new AbortController().signal,
    newId,
  })
  const builder = new ReportBuilder()
  const counting = { livemode: false, timeZone: 'UTC', wasPrompted: () => false }
  const placed = [...addUp(builder, keeper.dossiers(), counting)]
  const findings = placed.filter(({ apart }) => apart === null).map(({ finding }) => finding)
  return { keeper, findings, report: builder.report() }
}

const PLAN = { product: 'Pro', label: 'Pro', interval: 'month', currency: 'usd', amount: 14_900 } as const

/** Asked for in the window, and something was due. */
const renewalsIn = ({ account }: StripeSimulator, currency: string) =>
  [...account.store.invoices].filter(
    ({ billing_reason: reason, created, currency: its, status, total }) =>
      its === currency && created >= FROM && status !== 'draft' && total > 0 && !NOISE.includes(reason ?? ''),
  ).length
const NOISE = ['subscription_create', 'manual', 'quote_accept']

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

describe('the diagnostic of a simulated account', () => {
  it.each([undefined, '2024-09-30.acacia'])('tells the truth to the cent, in version %s', async (version) => {
    const simulator = await accountWithHistory('diagnosed', { customers: 900, failures: 0.2 })
    running.push(simulator)
    const truth = truthOfWindow(simulator)
    // Noise: what fails and is no renewal.
    for (const billingReason of ['subscription_create', 'manual', 'manual', 'quote_accept'] as const) {
      simulator.failRenewal({ billingReason, amount: 7_700, plan: PLAN })
    }
    simulator.renew({ amount: 0, plan: PLAN })

    const { findings, keeper, report } = await diagnosed(simulator, version)

    expect(keeper.unread).toEqual([])
    const rows = findings.map(({ atRisk, currency, declineCode, firstFailedAt, invoiceId, parts }) => ({
      invoice: invoiceId,
      currency,
      decline: declineCode,
      exposed_at: firstFailedAt,
      exposed: atRisk,
      recovered: sum(WAYS.map((way) => parts[way])),
      returned: parts.returned,
      lost: parts.lost,
      forgiven: parts.forgiven,
      open: parts.open,
    }))
    const byInvoice = (a: { invoice: string }, b: { invoice: string }) => (a.invoice < b.invoice ? -1 : 1)
    const expected = truth.map(
      ({ invoice, currency, decline, exposed_at, exposed, recovered, returned, lost, forgiven, open }) => {
        return { invoice, currency, decline, exposed_at, exposed, recovered, returned, lost, forgiven, open }
      },
    )
    expect(expected.length).toBeGreaterThan(100)
    expect(rows.sort(byInvoice)).toEqual(expected.sort(byInvoice))
    for (const { atRisk, parts } of findings) expect(sum(PARTS.map((part) => parts[part]))).toBe(atRisk)

    const currencies = [...new Set(truth.map(({ currency }) => currency))]
    expect(currencies.length).toBeGreaterThan(5)
    expect(
      report.currencies
        .filter(({ invoices }) => invoices > 0)
        .map(({ currency }) => currency)
        .sort(),
    ).toEqual(currencies.sort())
    for (const told of report.currencies) {
      const ofCurrency = truth.filter(({ currency }) => currency === told.currency)
      expect(told.atRisk).toBe(sum(ofCurrency.map(({ exposed }) => exposed)))
      expect(told.parts.lost.amount).toBe(sum(ofCurrency.map(({ lost }) => lost)))
      expect(told.parts.lost.invoices).toBe(ofCurrency.filter(({ lost }) => lost > 0).length)
      expect(told.renewals).toBe(renewalsIn(simulator, told.currency))
      for (const rows of [told.byDecline, told.byWeek, told.byPlan, told.byReason]) {
        expect(sum(rows.map(({ atRisk }) => atRisk))).toBe(told.atRisk)
        expect(sum(rows.map(({ invoices }) => invoices))).toBe(told.invoices)
        for (const part of PARTS) {
          expect(sum(rows.map(({ parts }) => parts[part].amount))).toBe(told.parts[part].amount)
        }
      }
      const blocked = ofCurrency.filter(({ decline }) => isNeverRetried(decline))
      expect(sum(told.neverRetried.map(({ atRisk }) => atRisk))).toBe(sum(blocked.map(({ exposed }) => exposed)))
      expect(told.estimate.atLeast).toBeLessThanOrEqual(told.estimate.atMost)
      expect(told.estimate.atMost).toBeLessThanOrEqual(told.parts.lost.amount)
    }
    expect(report.apart).toEqual(
      expect.arrayContaining([
        { because: 'first_invoice', currency: 'usd', invoices: 1, atRisk: 7_700 },
        { because: 'one_off', currency: 'usd', invoices: 3, atRisk: 23_100 },
      ]),
    )
    expect(report.leftOut).toEqual(expect.arrayContaining([{ because: 'nothing_due', invoices: 1 }]))
  })

  it('tells how each came back', async () => {
    const simulator = await accountWithHistory('ways', { customers: 0 })
    running.push(simulator)
    const { clock } = simulator.account
    const fail = (name: string, more: object = {}) =>
      simulator.failRenewal({ name, plan: PLAN, declineCode: 'insufficient_funds', ...more }).invoice
    clock.setTo((UNTIL - 60 * 86_400) * 1_000)
    const retried = fail('retried', { worksFromAttempt: 2 })
    const newCard = fail('new card')
    const byHand = fail('by hand', { declineCode: 'authentication_required' })
    const outside = fail('outside')
    const late = fail('late')
    clock.setTo((UNTIL - 57 * 86_400) * 1_000)
    simulator.retry(retried.id)
    simulator.saveCard(newCard.customer)
    simulator.retry(newCard.id)
    simulator.pay(byHand.id)
    simulator.payOutOfBand(outside.id)
    clock.setTo((UNTIL - 30 * 86_400) * 1_000)
    simulator.pay(late.id)
    clock.setTo(UNTIL * 1_000)

    const { findings } = await diagnosed(simulator)
    const ways = findings.map(({ customerName, parts }) => [customerName, WAYS.filter((way) => parts[way] > 0)])
    expect(Object.fromEntries(ways)).toEqual({
      retried: ['retried'],
      'new card': ['paid'],
      'by hand': ['paid'],
      outside: ['outOfBand'],
      late: ['late'],
    })
  })
})
