import { afterEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { addUp } from '../../src/diagnostics/add-up.js'
import { MemoryKeeper } from '../../src/diagnostics/memory-keeper.js'
import { firstSlices, readLists } from '../../src/diagnostics/read-lists.js'
import { PARTS, WAYS } from '../../src/domain/diagnosis.js'
import { ReportBuilder } from '../../src/domain/diagnostic-report.js'
import { Pace } from '../../src/stripe/pace.js'
import { History, type HistoryOptions } from '../simulator/history/history.js'
import { truthOf } from '../simulator/history/truth.js'
import { type StripeSimulator, startStripe } from '../simulator/index.js'

const DAY = 86_400
const UNTIL = Date.UTC(2026, 9, 1) / 1_000

const running: StripeSimulator[] = []
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop()
})

async function account(seed: string, options: Partial<HistoryOptions> = {}): Promise<StripeSimulator> {
  const simulator = await startStripe({
    seed,
    afterRetries: 'cancel',
    clock: { manual: true, now: () => UNTIL * 1_000 },
  })
  running.push(simulator)
  const history = new History(simulator, { from: (UNTIL - 120 * DAY) * 1_000, until: UNTIL * 1_000, ...options })
  while (history.step());
  history.end()
  return simulator
}

async function diagnosed(simulator: StripeSimulator, version?: string) {
  const stripe = new Stripe(simulator.addKey('all'), {
    ...simulator.sdkOptions,
    ...(version && { apiVersion: version as never }),
    maxNetworkRetries: 0,
  })
  const keeper = new MemoryKeeper()
  const clock = { now: () => new Date(), wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) }
  let ids = 0
  const newId = () => {
    ids += 1
    return String(ids)
  }
  await readLists({
    stripe,
    keeper,
    pace: new Pace({ account: Number.POSITIVE_INFINITY, endpoint: Number.POSITIVE_INFINITY }, clock),
    slices: firstSlices({ from: UNTIL - 90 * DAY, until: UNTIL + 1 }, newId),
    wait: clock.wait,
    stopping: new AbortController().signal,
    newId,
  })
  const builder = new ReportBuilder()
  const counting = { livemode: false, timeZone: 'UTC', wasPrompted: () => false }
  const findings = [...addUp(builder, keeper.dossiers(), counting)].map(({ finding }) => finding)
  return { keeper, findings, report: builder.report() }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

describe('the diagnostic of a simulated account', () => {
  it.each([undefined, '2024-09-30.acacia'])('tells the truth to the cent, in version %s', async (version) => {
    const simulator = await account('diagnosed', { customers: 900, failures: 0.2 })
    const truth = truthOf(simulator.account).filter(({ invoice }) => {
      return simulator.account.store.invoices.require(invoice).created >= UNTIL - 90 * DAY
    })
    const { findings, report, keeper } = await diagnosed(simulator, version)

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
