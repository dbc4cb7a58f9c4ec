import { setTimeout as sleep, setImmediate as untilNextTurn } from 'node:timers/promises'
import type { Context } from '../../src/context.js'
import type { Simulators } from '../simulator/index.js'
import type { Benchmark } from './benchmark.js'
import { cpuOf, cpuOfFamily } from './cpu.js'
import { firstTouchTimes } from './first-touch-times.js'
import { percentile } from './measure.js'
import { memoryOf } from './memory.js'
import { openProduct, queueStores } from './product.js'
import type { Server, Stage } from './stage.js'
import { decimals, table, whole } from './table.js'

const FAILURES = 10_000
/** The lowest limit that Resend ever named, for all workers together. */
const MAIL_CALLS_A_SECOND = 2
const PROMISE_MS = 5 * 60_000
const PATIENCE_MS = 2 * PROMISE_MS
/** Renewals that fail in a row before anything else gets its turn. */
const AT_ONCE = 25

interface Outcome {
  readonly name: string
  readonly failures: number
  /** From receipt of the webhook that opened the case until the provider took its first mail. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
  readonly accepted: number
  readonly late: number
  /** Customers who got more than one mail. */
  readonly twice: number
  readonly seconds: number
  readonly events: number
  readonly mailCalls: number
  readonly mailCallsRefused: number
  readonly cpuSeconds: Readonly<Record<string, number>>
  /** The most that each process ever held. */
  readonly peakMiB: Readonly<Record<string, number>>
}

/**
 * 10,000 renewals of 10,000 customers fail at once, Stripe and the mail provider keep to their limits: until every first
 * mail is taken, one web and one worker process. One round: it takes minutes.
 */
export const burst: Benchmark = {
  name: 'burst',
  async run(stage) {
    const outcomes: Outcome[] = []
    for (const { name, redis } of await queueStores(stage)) outcomes.push(await burstOn(stage, name, redis))
    return { text: textOf(outcomes), data: { mailCallsASecond: MAIL_CALLS_A_SECOND, outcomes } }
  },
}

async function burstOn(stage: Stage, name: string, redis: Server | null): Promise<Outcome> {
  const product = await openProduct(stage, { seed: 'burst', redis, mailCallsPerSecond: MAIL_CALLS_A_SECOND })
  try {
    const { context, simulators } = product
    const web = await product.startWeb()
    const worker = await product.startWorker()
    const postgresBefore = cpuOfFamily(stage.postgres.pid)
    const began = Date.now()
    for (let made = 0; made < FAILURES; made += 1) {
      simulators.stripe.failRenewal({ email: `customer${made}@customer.example` })
      if (made % AT_ONCE === 0) await untilNextTurn()
    }
    await untilAllAccepted(context, began)
    const cpuSeconds = {
      web: cpuOf(web.pid) / 1_000,
      worker: cpuOf(worker.pid) / 1_000,
      Postgres: (cpuOfFamily(stage.postgres.pid) - postgresBefore) / 1_000,
    }
    const peakMiB = { web: memoryOf(web.pid).peakMiB, worker: memoryOf(worker.pid).peakMiB }
    const seconds = (Date.now() - began) / 1_000
    return { name, seconds, cpuSeconds, peakMiB, ...(await outcomeOf(context, simulators)) }
  } finally {
    await product.close()
  }
}

async function untilAllAccepted({ db }: Context, began: number): Promise<void> {
  while (Date.now() - began < PATIENCE_MS) {
    const [row] = await db('touches').where({ step: 0 }).whereNotNull('sent_at').count<{ count: number }[]>()
    if (row?.count === FAILURES) return
    await sleep(1_000)
  }
}

async function outcomeOf({ db }: Context, { mail }: Simulators) {
  const times = await firstTouchTimes(db)
  const [events] = await db('stripe_events').count<{ count: number }[]>()
  const counts = new Map<string, number>()
  for (const { to } of mail.inbox.mails) for (const address of to) counts.set(address, (counts.get(address) ?? 0) + 1)
  const sends = mail.calls.filter(({ path }) => path === '/emails/batch')
  return {
    failures: FAILURES,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    longestMs: times.at(-1) ?? Number.NaN,
    accepted: times.length,
    late: times.filter((ms) => ms > PROMISE_MS).length,
    twice: [...counts.values()].filter((count) => count > 1).length,
    events: events?.count ?? Number.NaN,
    mailCalls: sends.length,
    mailCallsRefused: sends.filter(({ status }) => status === 429).length,
  }
}

function textOf(outcomes: readonly Outcome[]): string {
  const head = [
    '',
    'accepted',
    'p50 s',
    'p99 s',
    'longest s',
    'late',
    'twice',
    'events',
    'mail calls',
    'refused',
    'web CPU s',
    'worker CPU s',
    'Postgres CPU s',
    'web MiB',
    'worker MiB',
  ]
  const rows = outcomes.map((one) => [
    one.name,
    whole(one.accepted),
    decimals(one.p50Ms / 1_000, 1),
    decimals(one.p99Ms / 1_000, 1),
    decimals(one.longestMs / 1_000, 1),
    whole(one.late),
    whole(one.twice),
    whole(one.events),
    whole(one.mailCalls),
    whole(one.mailCallsRefused),
    ...Object.values(one.cpuSeconds).map((seconds) => decimals(seconds, 1)),
    ...Object.values(one.peakMiB).map(whole),
  ])
  return [
    `${whole(FAILURES)} renewals of as many customers fail at once; the mail provider takes ${MAIL_CALLS_A_SECOND} calls a second; from webhook to acceptance`,
    '',
    table(head, rows),
  ].join('\n')
}
