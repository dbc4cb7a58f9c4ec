import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Db } from '../../src/db/knex.js'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { DiagnosticSlice } from '../../src/db/models/diagnostic-slice.js'
import { askForDiagnostic } from '../../src/diagnostics/ask-for-diagnostic.js'
import type { RateLimits } from '../../src/stripe/pace.js'
import { fakeContext } from '../support/context.js'
import { aWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import type { Benchmark } from './benchmark.js'
import type { DiagnoseOrder, DiagnoseResult } from './diagnose-once.js'
import type { Stage } from './stage.js'
import { decimals, table, whole } from './table.js'

const INVOICES = 100_000
/** For the comparison with one page after the other, which takes as many times longer. */
const COMPARED = 30_000
const LATENCY_MS = 100
const PER_SECOND = 25
/** Of a live account. */
const LIMITS: RateLimits = { account: 75, endpoint: 22 }
const UNLIMITED: RateLimits = { account: 100_000, endpoint: 100_000 }

interface Calls {
  readonly pages: Readonly<Record<string, number>>
  readonly refused: number
}

/**
 * The 90-day diagnostic of a large account behind a slow, limited Stripe: against the time that the rate limit sets,
 * killed in the middle, and against the SDK's page after page without a limit. The account is a stand-in that answers
 * fast; all processes share the machine.
 */
export const diagnostic: Benchmark = {
  name: 'diagnostic',
  async run(stage) {
    const limited = await measureLimited(stage)
    const killed = await measureKilled(stage, limited.pages)
    const compared = await compare(stage)
    const rows = [
      ['invoices', whole(INVOICES)],
      ['seconds that 25 calls a second take', decimals(limited.boundSeconds, 1)],
      ['seconds to the report', decimals(limited.seconds, 1)],
      ['ratio', decimals(limited.seconds / limited.boundSeconds, 2)],
      ['of them adding up', decimals(limited.seconds - limited.readSeconds, 1)],
      ['CPU seconds of the worker', decimals(limited.cpuSeconds, 1)],
      ['memory at its highest, MiB', whole(limited.peakRssMiB)],
      ['pages, refused calls', `${whole(limited.pages)}, ${whole(limited.refused)}`],
      ['pages read again after kill -9 in the middle', whole(killed.again)],
      ['pages of an average slice', decimals(killed.pagesASlice, 1)],
      [`${whole(COMPARED)} invoices without a limit: SDK one by one, s`, decimals(compared.sequential, 1)],
      ['the same by slices, s', decimals(compared.parallel, 1)],
      ['times faster', decimals(compared.sequential / compared.parallel, 1)],
    ]
    return { text: `${LATENCY_MS} ms a call\n${table(['', ''], rows)}`, data: { limited, killed, compared } }
  },
}

async function measureLimited(stage: Stage) {
  const world = await aWorld(stage, INVOICES, PER_SECOND)
  const result = await stage.ask<DiagnoseResult>('test/bench/diagnose-once', { ...world.order, limits: LIMITS })
  const calls = await world.calls()
  await world.close()
  expectReport(result, INVOICES)
  const boundSeconds = Math.max(...Object.values(calls.pages)) / PER_SECOND
  return { ...result, boundSeconds, pages: sumOf(calls), refused: calls.refused }
}

async function measureKilled(stage: Stage, undisturbed: number) {
  const world = await aWorld(stage, INVOICES, PER_SECOND)
  const first = stage.begin('test/bench/diagnose-once', { ...world.order, limits: LIMITS })
  while (sumOf(await world.calls()) < undisturbed / 2) await sleep(250)
  first.kill('SIGKILL')
  await sleep(500)
  // Its lease would run out by itself.
  await Diagnostic.query(world.db).where({ workspace_id: world.order.workspaceId }).patch({ leased_until: null })
  const result = await stage.ask<DiagnoseResult>('test/bench/diagnose-once', { ...world.order, limits: LIMITS })
  expectReport(result, INVOICES)
  const calls = await world.calls()
  const slices = await DiagnosticSlice.query(world.db).where({
    workspace_id: world.order.workspaceId,
    listing: 'charges',
  })
  const pagesASlice = slices.reduce((sum, { pages }) => sum + pages, 0) / slices.length
  await world.close()
  return { again: sumOf(calls) - undisturbed, pagesASlice, slices: slices.length }
}

async function compare(stage: Stage) {
  const world = await aWorld(stage, COMPARED, null)
  const sequential = await stage.ask<DiagnoseResult>('test/bench/diagnose-once', { ...world.order, sequential: true })
  const parallel = await stage.ask<DiagnoseResult>('test/bench/diagnose-once', { ...world.order, limits: UNLIMITED })
  expectReport(parallel, COMPARED)
  await world.close()
  return { sequential: sequential.seconds, parallel: parallel.seconds, cpuSeconds: parallel.cpuSeconds }
}

async function aWorld(stage: Stage, invoices: number, perSecond: number | null) {
  const port = await freePort()
  const environment = {
    PORT: String(port),
    INVOICES: String(invoices),
    LATENCY_MS: String(LATENCY_MS),
    ...(perSecond !== null && { PER_SECOND: String(perSecond) }),
  }
  const server = await stage.start('test/bench/list-server', environment, port)
  const stripeBase = `http://127.0.0.1:${port}`
  const databaseUrl = await stage.database()
  const db: Db = connect(databaseUrl)
  const context = fakeContext({ db, settings: { stripeApiBase: stripeBase } })
  const workspace = await aWorkspace(context)
  await askForDiagnostic(context, workspace.id)
  const order: DiagnoseOrder = { databaseUrl, stripeBase, workspaceId: workspace.id }
  return {
    db,
    order,
    calls: async () => (await (await fetch(`${stripeBase}/calls`)).json()) as Calls,
    async close() {
      await db.destroy()
      await stage.stop(server)
    },
  }
}

const sumOf = ({ pages }: Calls) => Object.values(pages).reduce((sum, each) => sum + each, 0)

/** What is fast and wrong is not measured. The newest may be drawn after the window's end. */
function expectReport({ failed, renewals }: DiagnoseResult, invoices: number): void {
  if (Math.abs(renewals - invoices) > 5 || Math.abs(failed - invoices / 12) > 5) {
    throw new Error(`The report knows ${renewals} renewals and ${failed} failures of ${invoices} invoices`)
  }
}
