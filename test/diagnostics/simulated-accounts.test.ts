import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { addUp } from '../../src/diagnostics/add-up.js'
import { MemoryKeeper } from '../../src/diagnostics/memory-keeper.js'
import { firstSlices, readLists } from '../../src/diagnostics/read-lists.js'
import { PARTS, WAYS } from '../../src/domain/diagnosis.js'
import { ReportBuilder } from '../../src/domain/diagnostic-report.js'
import { Pace } from '../../src/stripe/pace.js'
import type { StripeSimulator } from '../simulator/index.js'
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

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

describe('the diagnostic of a simulated account', () => {
  it.each([undefined, '2024-09-30.acacia'])('tells the truth to the cent, in version %s', async (version) => {
    const simulator = await accountWithHistory('diagnosed', { customers: 900, failures: 0.2 })
    running.push(simulator)
    const truth = truthOfWindow(simulator)
    const { findings, keeper } = await diagnosed(simulator, version)

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
  })
})
