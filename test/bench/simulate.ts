import { performance } from 'node:perf_hooks'
import { setImmediate as untilNextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startStripe } from '../simulator/index.js'

/** The simulated Stripe in a process of its own: fails renewals and delivers their events, once, and answers. */

export interface SimulateOrder {
  readonly renewals: number
  /** Where events go; nowhere when absent. */
  readonly endpoint?: { readonly url: string; readonly apiVersion: string }
}

export interface SimulateResult {
  readonly events: number
  readonly delivered: number
  /** From the first renewal until the last event was taken. */
  readonly seconds: number
  readonly cpuMs: number
  /** Growth of the process, and of what the garbage collector leaves. */
  readonly rssBytes: number
  readonly keptBytes: number
}

/** Renewals that fail in a row before anything else gets its turn: a drill fails them in bursts too. */
const BURST = 50

process.on('message', async (order: SimulateOrder) => {
  process.send?.(await simulate(order))
  process.disconnect()
})

async function simulate({ renewals, endpoint }: SimulateOrder): Promise<SimulateResult> {
  const simulator = await startStripe({ seed: 'bench', clock: { manual: true } })
  if (endpoint) simulator.addWebhookEndpoint(endpoint)
  const before = memory()
  const cpuBefore = process.cpuUsage()
  const began = performance.now()
  for (let made = 0; made < renewals; made += 1) {
    simulator.failRenewal()
    if (made % BURST === 0) await untilNextTurn()
  }
  await simulator.webhooks.settled()
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  const after = memory()
  const delivered = simulator.webhooks.deliveries.filter(({ state }) => state === 'delivered').length
  const events = simulator.account.events.events.size
  await simulator.stop()
  return {
    events,
    delivered,
    seconds,
    cpuMs: (user + system) / 1_000,
    rssBytes: after.rss - before.rss,
    keptBytes: after.kept - before.kept,
  }
}

function memory(): { rss: number; kept: number } {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  const { external, heapUsed, rss } = process.memoryUsage()
  return { rss, kept: heapUsed + external }
}
