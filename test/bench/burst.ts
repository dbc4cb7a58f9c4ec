import { randomBytes } from 'node:crypto'
import { setTimeout as sleep, setImmediate as untilNextTurn } from 'node:timers/promises'
import { readConfig } from '../../src/config.js'
import { type Context, openContext } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { createLog } from '../../src/log.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import type { Benchmark } from './benchmark.js'
import { cpuOf, cpuOfFamily } from './cpu.js'
import { redisVersion } from './machine.js'
import { percentile } from './measure.js'
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
}

/**
 * 10,000 renewals of 10,000 customers fail at once, Stripe and the mail provider keep to their limits: until every first
 * mail is taken, one web and one worker process. One round: it takes minutes.
 */
export const burst: Benchmark = {
  name: 'burst',
  async run(stage) {
    const outcomes = [
      await burstOn(stage, 'queues on Postgres', null),
      ...(redisVersion() ? [await burstOn(stage, 'queues on Redis', await stage.redis())] : []),
    ]
    return { text: textOf(outcomes), data: { mailCallsASecond: MAIL_CALLS_A_SECOND, outcomes } }
  },
}

async function burstOn(stage: Stage, name: string, redis: Server | null): Promise<Outcome> {
  const simulators = await startSimulators({
    seed: 'burst',
    stripe: { rateLimits: true },
    mail: { callsPerSecond: MAIL_CALLS_A_SECOND },
  })
  const port = await freePort()
  const databaseUrl = await stage.database()
  const webhookSecret = `whsec_${randomBytes(24).toString('base64')}`
  const environment = {
    NODE_ENV: 'production',
    PORT: String(port),
    APP_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    ...(redis && { REDIS_URL: redis.url }),
    SECRET_KEY: randomBytes(32).toString('base64'),
    STRIPE_API_BASE: simulators.stripe.url,
    RESEND_BASE_URL: simulators.mail.url,
    RESEND_API_KEY: simulators.mail.addKey(),
    RESEND_WEBHOOK_SECRET: webhookSecret,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    TEST_MODE_MAIL: 'customer',
  }
  const context = openContext(readConfig(environment), { databaseUrl, log: createLog('silent') })
  try {
    const workspace = await connected(context, simulators)
    const web = await stage.start('src/web/server', environment, port)
    const worker = await stage.start('jobs/worker', environment)
    simulators.stripe.addWebhookEndpoint({
      url: `${environment.APP_URL}/webhooks/stripe/${workspace.webhookToken}`,
      secret: workspace.signingSecret,
      events: WEBHOOK_EVENTS,
    })
    simulators.mail.addWebhookEndpoint({ url: `${environment.APP_URL}/webhooks/resend`, secret: webhookSecret })

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
    const seconds = (Date.now() - began) / 1_000
    await Promise.all([stage.stop(web), stage.stop(worker)])
    return { name, seconds, cpuSeconds, ...(await outcomeOf(context, simulators)) }
  } finally {
    await context.db.destroy()
    await simulators.stop()
  }
}

async function connected(context: Context, { stripe }: Simulators): Promise<TestWorkspace> {
  const workspace = await aWorkspace(context)
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  await StripeConnection.query(context.db)
    .findById(workspace.connectionId)
    .patch({ api_key_sealed: context.cipher.seal(stripe.addKey(), place) })
  return workspace
}

async function untilAllAccepted({ db }: Context, began: number): Promise<void> {
  while (Date.now() - began < PATIENCE_MS) {
    const [row] = await db('touches').where({ step: 0 }).whereNotNull('sent_at').count<{ count: number }[]>()
    if (row?.count === FAILURES) return
    await sleep(1_000)
  }
}

async function outcomeOf({ db }: Context, { mail }: Simulators) {
  const rows: { ms: number }[] = await db('touches as touch')
    .join('recovery_cases as case', 'case.id', 'touch.case_id')
    .where({ 'touch.step': 0 })
    .whereNotNull('touch.sent_at')
    .select(db.raw('(extract(epoch from touch.sent_at - "case".received_at) * 1000)::float as ms'))
  const times = Float64Array.from(rows, ({ ms }) => ms).sort()
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
  ])
  return [
    `${whole(FAILURES)} renewals of as many customers fail at once; the mail provider takes ${MAIL_CALLS_A_SECOND} calls a second; from webhook to acceptance`,
    '',
    table(head, rows),
  ].join('\n')
}
