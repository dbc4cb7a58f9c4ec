import Stripe from 'stripe'
import { connect } from '../../src/db/knex.js'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { runDiagnostic } from '../../src/diagnostics/run-diagnostic.js'
import type { RateLimits } from '../../src/stripe/pace.js'
import { fakeContext } from '../support/context.js'

/** One reading of a large account in a process of its own: the product's, or the SDK's page after page. */

export interface DiagnoseOrder {
  readonly databaseUrl: string
  readonly workspaceId: string
  readonly stripeBase: string
  readonly limits?: RateLimits
  readonly sequential?: boolean
}

export interface DiagnoseResult {
  readonly seconds: number
  /** Until all lists were read; the rest is adding up. */
  readonly readSeconds: number
  readonly cpuSeconds: number
  readonly peakRssMiB: number
  readonly failed: number
  readonly renewals: number
}

process.on('message', async (order: DiagnoseOrder) => {
  process.send?.(await (order.sequential ? readSequentially(order) : diagnose(order)))
  process.disconnect()
})

async function diagnose({ databaseUrl, limits, stripeBase, workspaceId }: DiagnoseOrder): Promise<DiagnoseResult> {
  const db = connect(databaseUrl, { max: 20 })
  const context = {
    ...fakeContext({ db, settings: { stripeApiBase: stripeBase } }),
    now: () => new Date(),
    wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  }
  const measured = await measure(async () => {
    await runDiagnostic(context, { workspaceId }, limits)
  })
  const run = await Diagnostic.query(db).where({ workspace_id: workspaceId }).orderBy('asked_at', 'desc').first()
  const [usd] = run?.report?.currencies ?? []
  await db.destroy()
  return {
    ...measured,
    readSeconds: ((run?.read_at?.getTime() ?? 0) - (run?.began_at?.getTime() ?? 0)) / 1_000,
    failed: usd?.invoices ?? 0,
    renewals: usd?.renewals ?? 0,
  }
}

async function readSequentially({ stripeBase }: DiagnoseOrder): Promise<DiagnoseResult> {
  const base = new URL(stripeBase)
  const stripe = new Stripe('rk_test_bench', { host: base.hostname, port: base.port, protocol: 'http' })
  const created = { gte: Math.floor(Date.now() / 1_000) - 90 * 86_400 }
  let seen = 0
  const measured = await measure(async () => {
    for (const list of [stripe.invoices, stripe.invoicePayments, stripe.charges]) {
      for await (const _ of list.list({ created, limit: 100 }) as AsyncIterable<unknown>) seen += 1
    }
  })
  return { ...measured, readSeconds: measured.seconds, failed: 0, renewals: seen }
}

async function measure(act: () => Promise<unknown>) {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  const cpu = process.cpuUsage()
  const began = performance.now()
  await act()
  look()
  clearInterval(timer)
  const { system, user } = process.cpuUsage(cpu)
  return {
    seconds: (performance.now() - began) / 1_000,
    cpuSeconds: (system + user) / 1_000_000,
    peakRssMiB: peak / 2 ** 20,
  }
}
