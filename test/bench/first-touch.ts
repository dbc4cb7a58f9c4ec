import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../src/db/knex.js'
import type { Benchmark } from './benchmark.js'
import { firstTouchTimes } from './first-touch-times.js'
import { percentile } from './measure.js'
import { memoryOf } from './memory.js'
import { openProduct, type Product, queueStores } from './product.js'
import type { Server, Stage } from './stage.js'
import { decimals, table, whole } from './table.js'

const RATES = [20, 100, 300]
/** What Resend allows a team by default (resend.com/docs, "Rate limit"); each call carries up to a hundred mails. */
const MAIL_CALLS_A_SECOND = 5
const AIM_MS = 3_000
const WARM_UP_FAILURES = 50
const TICK_MS = 20
const PATIENCE_MS = 60_000

interface Outcome {
  readonly name: string
  /** Events a second that were asked for, and those that came, of the types we listen to. */
  readonly wanted: number
  readonly perSecond: number
  readonly failures: number
  readonly sent: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
  readonly inTime: number
  readonly peakMiB: { readonly web: number; readonly worker: number }
}

/** From webhook to the provider's yes, while renewals fail at an even pace: one web and one worker process. */
export const firstTouch: Benchmark = {
  name: 'first-touch',
  async run(stage, { seconds }) {
    const outcomes: Outcome[] = []
    for (const { name, redis } of await queueStores(stage))
      for (const rate of RATES) outcomes.push(await touchesAt(stage, { name, redis, rate, seconds: 4 * seconds }))
    return { text: textOf(outcomes), data: { mailCallsASecond: MAIL_CALLS_A_SECOND, outcomes } }
  },
}

interface Load {
  readonly name: string
  readonly redis: Server | null
  readonly rate: number
  readonly seconds: number
}

async function touchesAt(stage: Stage, { name, rate, redis, seconds }: Load): Promise<Outcome> {
  const product = await openProduct(stage, { seed: 'touch', redis, mailCallsPerSecond: MAIL_CALLS_A_SECOND })
  const { db } = product.context
  try {
    const web = await product.startWeb()
    const worker = await product.startWorker()
    await failEvenly(product, WARM_UP_FAILURES, 1_000)
    await settled(product, WARM_UP_FAILURES)
    const perFailure = (await eventsOf(db)) / WARM_UP_FAILURES

    const since = new Date()
    const failures = Math.round((rate * seconds) / perFailure)
    const lastedMs = await failEvenly(product, failures, seconds * 1_000)
    await settled(product, WARM_UP_FAILURES + failures)
    const events = (await eventsOf(db)) - perFailure * WARM_UP_FAILURES
    const times = await firstTouchTimes(db, since)
    return {
      ...{ name, wanted: rate, perSecond: events / (lastedMs / 1_000), failures, sent: times.length },
      p50Ms: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
      longestMs: times.at(-1) ?? Number.NaN,
      inTime: times.filter((ms) => ms <= AIM_MS).length / failures,
      peakMiB: { web: memoryOf(web.pid).peakMiB, worker: memoryOf(worker.pid).peakMiB },
    }
  } finally {
    await product.close()
  }
}

/** @returns how long it took: longer than asked for where the machine can't make them as fast */
async function failEvenly({ simulators }: Product, failures: number, ms: number): Promise<number> {
  const began = performance.now()
  for (let made = 0; made < failures; ) {
    const due = Math.min(failures, Math.ceil(((performance.now() - began) / ms) * failures))
    for (; made < due; made += 1) simulators.stripe.failRenewal()
    await sleep(TICK_MS)
  }
  return performance.now() - began
}

/** All webhooks answered, all events processed, and so many first mails taken, or long enough waited for them. */
async function settled({ context: { db }, simulators }: Product, mails: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const [touches] = await db('touches').where({ step: 0 }).whereNotNull('sent_at').count<{ count: number }[]>()
    const unprocessed = await db('stripe_events').whereNull('processed_at').first('id')
    if (touches!.count >= mails && simulators.stripe.webhooks.pending() === 0 && !unprocessed) return
    await sleep(100)
  }
}

async function eventsOf(db: Db): Promise<number> {
  const [row] = await db('stripe_events').count<{ count: number }[]>()
  return row?.count ?? Number.NaN
}

function textOf(outcomes: readonly Outcome[]): string {
  const head = [
    'events/s',
    'came',
    'failures',
    'mailed',
    'p50 s',
    'p99 s',
    'longest s',
    'within 3 s',
    'web MiB',
    'worker MiB',
  ]
  const rows = outcomes.map((one) => [
    `${one.wanted}, ${one.name}`,
    whole(one.perSecond),
    whole(one.failures),
    whole(one.sent),
    ...[one.p50Ms, one.p99Ms, one.longestMs].map((ms) => decimals(ms / 1_000, 2)),
    `${decimals(one.inTime * 100, 1)} %`,
    ...[one.peakMiB.web, one.peakMiB.worker].map((mib) => decimals(mib, 0)),
  ])
  return [
    `from webhook to the mail provider's yes; it takes ${MAIL_CALLS_A_SECOND} calls a second, Stripe takes 100, and 25 of one operation; one web and one worker process; MiB are the most they ever held`,
    '',
    table(head, rows),
  ].join('\n')
}
