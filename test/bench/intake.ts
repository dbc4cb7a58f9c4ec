import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/config.js'
import { openContext } from '../../src/context.js'
import { connect } from '../../src/db/knex.js'
import { createLog } from '../../src/log.js'
import { aWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import { eventOf, failedInvoice } from '../support/invoice-shapes.js'
import type { Benchmark } from './benchmark.js'
import { cpuOf, cpuOfFamily } from './cpu.js'
import { ID, type LoadOrder, type LoadResult } from './load.js'
import { redisVersion } from './machine.js'
import { spreadOf } from './measure.js'
import { memoryOf } from './memory.js'
import { queueStores } from './product.js'
import type { Server, Stage } from './stage.js'
import { decimals, table, whole, withEnds } from './table.js'

const CONNECTIONS = 64
const BODY_BYTES = 7_000
const WARM_UP_S = 2
const WARM_UP_EVENTS = 20_000

/** Something that takes webhooks, and what it runs on. */
interface Subject {
  readonly name: string
  readonly ports: readonly number[]
  readonly path: string
  readonly secret: string
  readonly databaseUrl?: string
  /** CPU time so far, in milliseconds, by process. */
  cpu(): Readonly<Record<string, number>>
  /** The most that any of its processes ever held, in MiB. */
  memory(): number
}

interface Round extends LoadResult {
  readonly accepted: number
  readonly perSecond: number
  /** CPU microseconds for each answer, by process. */
  readonly cpuUs: Readonly<Record<string, number>>
}

/** Webhooks a second: one and two web processes beside bare Koa with the SDK's signature check, in turns. No worker runs. */
export const intake: Benchmark = {
  name: 'intake',
  async run(stage, { seconds, rounds }) {
    const bare = await bareKoa(stage)
    const ours: Subject[] = []
    for (const { name, redis } of await queueStores(stage))
      for (const processes of [1, 2]) ours.push(await webProcesses(stage, { name, redis, processes }))
    const subjects = [bare, ...ours]
    const rows = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]))

    for (const subject of subjects) rows.get(subject)!.push(await load(stage, subject, WARM_UP_S, WARM_UP_EVENTS))
    for (let round = 0; round < rounds; round += 1) {
      // There and back: what the machine does besides hits the first and the last alike.
      for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
        const done = rows.get(subject)!
        const enough = 2 * seconds * Math.max(...done.map(({ perSecond }) => perSecond))
        done.push(await load(stage, subject, seconds, Math.ceil(enough)))
      }
    }

    const bareRounds = rows.get(bare)!.slice(1)
    const measured = await Promise.all(
      [...rows].map(async ([subject, [warmUp, ...kept]]) => ({
        ...summaryOf(subject, kept, bareRounds),
        ...(subject.databaseUrl && {
          accepted: [warmUp!, ...kept].reduce((sum, { accepted }) => sum + accepted, 0),
          stored: await countEvents(subject.databaseUrl),
        }),
      })),
    )
    return {
      text: textOf(measured),
      data: { connections: CONNECTIONS, bodyBytes: Buffer.byteLength(body()), seconds, rounds, measured },
    }
  },
}

type Summary = ReturnType<typeof summaryOf> & { accepted?: number; stored?: number }

function summaryOf({ memory, name }: Subject, rounds: Round[], bare: Round[]) {
  const cpuNames = Object.keys(rounds[0]?.cpuUs ?? {})
  return {
    name,
    perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms)),
    toBareKoa: spreadOf(rounds.map(({ perSecond }, n) => perSecond / bare[n]!.perSecond)),
    peakMiB: memory(),
    refused: rounds.reduce((sum, { answers }) => sum + refusedIn(answers), 0),
    cpuUs: Object.fromEntries(cpuNames.map((key) => [key, spreadOf(rounds.map(({ cpuUs }) => cpuUs[key]!)).median])),
  }
}

function textOf(measured: Summary[]): string {
  const cpu = ['web', 'Postgres', 'Redis', 'load']
  const head = [
    '',
    'accepted/s',
    'p50 ms',
    'p99 ms',
    'of bare Koa',
    ...cpu.map((name) => `${name} µs`),
    'MiB',
    'refused',
  ]
  const rows = measured.map((one) => [
    one.name,
    whole(one.perSecond.median),
    decimals(one.p50Ms.median, 1),
    decimals(one.p99Ms.median, 1),
    withEnds(one.toBareKoa, 2),
    ...cpu.map((name) => whole(one.cpuUs[name] ?? Number.NaN)),
    whole(one.peakMiB),
    String(one.refused),
  ])
  const kept = measured
    .filter(({ stored }) => stored !== undefined)
    .map(({ name, accepted, stored }) => {
      const verdict = accepted === stored ? 'none lost, none twice' : 'NOT EQUAL'
      return `${name}: ${accepted} answered 200, ${stored} rows in stripe_events: ${verdict}`
    })
  return [
    `${CONNECTIONS} connections, ${Buffer.byteLength(body())} bytes each; medians of the rounds; µs are CPU time for each webhook`,
    '',
    table(head, rows),
    '',
    ...kept,
    ...(redisVersion() ? [] : ['Skipped: queues on Redis. They need redis-server: apt-get install redis-server']),
  ].join('\n')
}

async function load(stage: Stage, subject: Subject, seconds: number, events: number): Promise<Round> {
  const { ports, path, secret } = subject
  const order: LoadOrder = {
    ...{ ports, path, secret, seconds, events },
    body: body(),
    prefix: randomBytes(5).toString('hex'),
    connections: CONNECTIONS,
  }
  const before = subject.cpu()
  const result = await stage.ask<LoadResult>('test/bench/load', order)
  const answered = Object.values(result.answers).reduce((sum, count) => sum + count, 0)
  const used = Object.entries(subject.cpu()).map(([name, ms]) => [name, ((ms - before[name]!) * 1_000) / answered])
  const accepted = result.answers['200'] ?? 0
  return {
    ...result,
    accepted,
    perSecond: accepted / result.seconds,
    cpuUs: { ...Object.fromEntries(used), load: (result.cpuMs * 1_000) / answered },
  }
}

const refusedIn = (answers: LoadResult['answers']) =>
  Object.entries(answers).reduce((sum, [status, count]) => sum + (status === '200' ? 0 : count), 0)

async function bareKoa(stage: Stage): Promise<Subject> {
  const port = await freePort()
  const secret = 'whsec_bench'
  const environment = { NODE_ENV: 'production', BENCH_PORT: String(port), BENCH_SECRET: secret }
  const child = await stage.start('test/bench/bare-koa', environment, port)
  return {
    name: 'bare Koa, constructEvent',
    ports: [port],
    path: '/',
    secret,
    cpu: () => ({ web: cpuOf(child.pid) }),
    memory: () => memoryOf(child.pid).peakMiB,
  }
}

interface Webs {
  readonly name: string
  readonly redis: Server | null
  readonly processes: number
}

async function webProcesses(stage: Stage, { name, processes, redis }: Webs): Promise<Subject> {
  const ports = await Promise.all(Array.from({ length: processes }, freePort))
  const databaseUrl = await stage.database()
  const environment = {
    NODE_ENV: 'production',
    APP_URL: `http://127.0.0.1:${ports[0]}`,
    DATABASE_URL: databaseUrl,
    ...(redis && { REDIS_URL: redis.url }),
    SECRET_KEY: randomBytes(32).toString('base64'),
    RESEND_API_KEY: 're_bench',
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
  }
  const context = openContext(readConfig(environment), { databaseUrl, log: createLog('silent') })
  const workspace = await aWorkspace(context)
  await context.db.destroy()

  const children = await Promise.all(
    ports.map((port) => stage.start('src/web/server', { ...environment, PORT: String(port) }, port)),
  )
  return {
    name: `${processes} web, ${name}`,
    ports,
    path: `/webhooks/stripe/${workspace.webhookToken}`,
    secret: workspace.signingSecret,
    databaseUrl,
    cpu: () => ({
      web: children.reduce((sum, { pid }) => sum + cpuOf(pid), 0),
      Postgres: cpuOfFamily(stage.postgres.pid),
      ...(redis && { Redis: cpuOf(redis.pid) }),
    }),
    memory: () => Math.max(...children.map(({ pid }) => memoryOf(pid).peakMiB)),
  }
}

async function countEvents(databaseUrl: string): Promise<number> {
  const db = connect(databaseUrl, { max: 1 })
  const [row] = await db('stripe_events').count<{ count: number }[]>()
  await db.destroy()
  return row?.count ?? Number.NaN
}

/** Indented as Stripe sends it, with as many lines on the invoice as make it as long as a usual one. */
function body(): string {
  const invoice = failedInvoice('2026-10-28.endive') as { lines: { data: unknown[] } }
  const [line] = invoice.lines.data
  for (;;) {
    const text = JSON.stringify(eventOf('invoice.payment_failed', invoice as never, { id: ID }), null, 2)
    if (text.length >= BODY_BYTES) return text
    invoice.lines.data.push(line)
  }
}
