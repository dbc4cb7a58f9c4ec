import { setTimeout as sleep, setImmediate as untilNextTurn } from 'node:timers/promises'
import type { Db } from '../../src/db/knex.js'
import type { Benchmark } from './benchmark.js'
import { cpuOf, cpuOfFamily } from './cpu.js'
import { openProduct, queueStores } from './product.js'
import type { Server, Stage } from './stage.js'
import { decimals, table, whole } from './table.js'

const WORKERS = [1, 2, 4]
/** What fails is looked at in Stripe, which takes 25 calls a second of one operation: its limit, not ours. */
const BACKLOGS = [
  { name: 'renewals that were paid', renewals: 1_500, fail: false },
  { name: 'renewals that failed', renewals: 300, fail: true },
] as const
const AT_ONCE = 25
/** More than the backlog needs: it is not what is measured. */
const MAIL_CALLS_A_SECOND = 100
const PATIENCE_MS = 180_000

interface Outcome {
  readonly name: string
  readonly workers: number
  readonly events: number
  readonly eventsPerSecond: number
  readonly left: number
  readonly cpuUsPerEvent: { readonly worker: number; readonly Postgres: number }
}

/** A backlog that web took in while no worker ran, and how fast workers work it off, first mails beside it. */
export const drain: Benchmark = {
  name: 'drain',
  async run(stage) {
    const outcomes: Outcome[] = []
    for (const { name, redis } of await queueStores(stage))
      for (const backlog of BACKLOGS)
        for (const workers of WORKERS)
          outcomes.push(await drainWith(stage, { name: `${backlog.name}, ${name}`, redis, workers, backlog }))
    return { text: textOf(outcomes), data: { backlogs: BACKLOGS, outcomes } }
  },
}

interface Crew {
  readonly name: string
  readonly redis: Server | null
  readonly workers: number
  readonly backlog: (typeof BACKLOGS)[number]
}

async function drainWith(stage: Stage, { backlog, name, redis, workers }: Crew): Promise<Outcome> {
  const product = await openProduct(stage, { seed: 'drain', redis, mailCallsPerSecond: MAIL_CALLS_A_SECOND })
  const { db } = product.context
  try {
    await product.startWeb()
    const { stripe } = product.simulators
    for (let made = 0; made < backlog.renewals; made += 1) {
      if (backlog.fail) stripe.failRenewal()
      else stripe.renew()
      if (made % AT_ONCE === 0) await untilNextTurn()
    }
    while (stripe.webhooks.pending() > 0) await sleep(100)
    const events = await unprocessed(db)

    const postgresBefore = cpuOfFamily(stage.postgres.pid)
    const crew = await Promise.all(Array.from({ length: workers }, () => product.startWorker()))
    const ready = crew.map(({ pid }) => cpuOf(pid))
    const deadline = performance.now() + PATIENCE_MS
    while ((await unprocessed(db)) > 0 && performance.now() < deadline) await sleep(100)
    const seconds = await processedWithin(db)
    const left = await unprocessed(db)
    const workerMs = crew.reduce((sum, { pid }, n) => sum + cpuOf(pid) - ready[n]!, 0)
    const done = events - left
    return {
      ...{ name, workers, events, left },
      eventsPerSecond: done / seconds,
      cpuUsPerEvent: {
        worker: (workerMs * 1_000) / done,
        Postgres: ((cpuOfFamily(stage.postgres.pid) - postgresBefore) * 1_000) / done,
      },
    }
  } finally {
    await product.close()
  }
}

async function unprocessed(db: Db): Promise<number> {
  const [row] = await db('stripe_events').whereNull('processed_at').count<{ count: number }[]>()
  return row?.count ?? Number.NaN
}

/** Seconds between the first and the last. */
async function processedWithin(db: Db): Promise<number> {
  const row = await db('stripe_events').first<{ seconds: number }>(
    db.raw('extract(epoch from max(processed_at) - min(processed_at))::float as seconds'),
  )
  return row?.seconds ?? Number.NaN
}

function textOf(outcomes: readonly Outcome[]): string {
  const head = ['workers', 'events', 'events/s', 'of one worker', 'left', 'worker µs', 'Postgres µs']
  const alone = (one: Outcome) => outcomes.find(({ name, workers }) => name === one.name && workers === 1)!
  const rows = outcomes.map((one) => [
    `${one.workers}, ${one.name}`,
    whole(one.events),
    whole(one.eventsPerSecond),
    decimals(one.eventsPerSecond / alone(one).eventsPerSecond, 2),
    whole(one.left),
    whole(one.cpuUsPerEvent.worker),
    whole(one.cpuUsPerEvent.Postgres),
  ])
  return [
    'events taken in while no worker ran are worked off, first mails sent beside it; µs are CPU time for each event',
    '',
    table(head, rows),
  ].join('\n')
}
