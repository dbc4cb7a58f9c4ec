import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openQueueStore } from '../../jobs/queue.js'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { readConfig } from '../../src/config.js'
import { type Context, openContext } from '../../src/context.js'
import { migrate } from '../../src/db/migrate.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.js'
import { createLog } from '../../src/log.js'
import { setDigest } from '../../src/recovery/set-digest.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { build } from '../bench/build.js'
import { freePort, isReady } from '../e2e/processes.js'
import { type CustomerBehaviour, startCustomers } from '../simulator/customers.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { createTestRedis, type TestRedis } from '../support/test-redis.js'
import { startBalancer } from './balancer.js'
import { Clocks } from './clocks.js'
import { Program } from './program.js'

/** The product as it runs in earnest, on machines that can be broken: processes, Postgres, Redis, Stripe, mail provider. */
export interface Site {
  readonly context: Context
  readonly simulators: Simulators
  readonly clocks: Clocks
  readonly webs: readonly Program[]
  readonly workers: readonly Program[]
  /** `null`: queues in Postgres. */
  readonly redis: TestRedis | null
  /** Of the process that all of Postgres's others come from; `null` while there is none. */
  postmaster(): Promise<number | null>
  restartPostgres(): Promise<void>
  /** What Postgres logged since the drill began. */
  postgresLog(): Promise<string>
  /** What customers met when they opened their links. */
  readonly visits: { acted: number; failed: number }
  /** Where everything is, logs too. */
  readonly folder: string
  close(): Promise<void>
}

interface Wishes {
  readonly seed: string
  readonly queues: 'postgres' | 'redis'
}

const SIGNING_SECRET = 'whsec_drill'
const PROCESSES_OF_A_KIND = 2
/** Room for every process that is being killed while the next one connects. */
const POSTGRES = { max_connections: '300' }
/** Half of those who get a mail never act on it: their lives go on as Stripe's own stories tell. */
const CUSTOMERS: CustomerBehaviour = {
  atOnce: 0.2,
  atOnceMs: [500, 4_000],
  later: 0.1,
  laterMs: [10_000, 20_000],
  onReminder: 0.2,
  scanned: 0.3,
  clumsy: 0.15,
}

export async function openSite({ queues, seed }: Wishes): Promise<Site> {
  const closing: (() => unknown)[] = []
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    return { ...(await set({ queues, seed }, closing)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function set({ queues, seed }: Wishes, closing: (() => unknown)[]): Promise<Omit<Site, 'close'>> {
  const folder = await mkdtemp(join(tmpdir(), 'secondloop-drill-'))
  await chmod(folder, 0o755) // Root's Postgres runs as nobody and has to get in.
  closing.push(() => rm(folder, { recursive: true, force: true }))
  await build(folder)
  const data = join(folder, 'postgres')
  await mkdir(data)
  const clocks = new Clocks(folder)

  // It gives up where Postgres dies again and again: then somebody starts it anew, as a platform does with the whole.
  const launch = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: data, settings: POSTGRES, onGone: () => void relaunch() })
  const relaunch = async () => {
    await postgres.stop()
    for (let tries = 1; ; tries += 1) {
      try {
        postgres = await launch()
        return
      } catch (error) {
        if (tries === 20) throw error
        await sleep(500)
      }
    }
  }
  let postgres: EmbeddedPostgres = await launch()
  closing.push(() => postgres.stop())
  const redis = queues === 'redis' ? await createTestRedis() : null
  await redis?.start()
  closing.push(() => redis?.kill())

  const simulators = await startSimulators({
    seed,
    stripe: { clock: { now: clocks.now }, afterRetries: 'cancel', rateLimits: true },
    mail: { now: clocks.now, callsPerSecond: 10, port: await freePort() },
  })
  closing.push(() => simulators.stop())
  const { mail, stripe } = simulators

  const ports = await Promise.all(Array.from({ length: PROCESSES_OF_A_KIND }, freePort))
  const balancer = await startBalancer(ports)
  closing.push(() => balancer.close())
  const mailSecret = `whsec_${randomBytes(24).toString('base64')}`
  const environment = {
    NODE_ENV: 'production',
    APP_URL: balancer.url,
    DATABASE_URL: postgres.url,
    ...(redis && { REDIS_URL: redis.url }),
    SECRET_KEY: randomBytes(32).toString('base64'),
    RESEND_API_KEY: mail.addKey(),
    RESEND_BASE_URL: mail.url,
    RESEND_WEBHOOK_SECRET: mailSecret,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: stripe.url,
    TEST_MODE_MAIL: 'customer',
    LOG_LEVEL: 'info',
  }
  const context: Context = {
    ...openContext(readConfig(environment), { databaseUrl: postgres.url, log: createLog('silent') }),
    now: () => new Date(clocks.now()),
  }
  closing.push(() => context.db.destroy())
  const store = openQueueStore({ databaseUrl: postgres.url, redisUrl: redis?.url ?? null, log: context.log })
  await migrate(context.db)
  await store.migrate()
  await store.close()

  const { webhookUrl, workspaceId } = await createWorkspace(context, {
    ownerEmail: 'maya@fernhill.example',
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: SIGNING_SECRET,
    promptsOn: true,
  })
  await Workspace.query(context.db)
    .findById(workspaceId)
    .patch({ time_zone: zoneWhereItIsMorning(context.now()) })
  await setDigest(context, workspaceId, 'off')
  stripe.addWebhookEndpoint({ url: webhookUrl, secret: SIGNING_SECRET, events: WEBHOOK_EVENTS })
  mail.addWebhookEndpoint({ url: `${balancer.url}/webhooks/resend`, secret: mailSecret })

  const visits = { acted: 0, failed: 0 }
  const customers = startCustomers({
    inboxUrl: mail.url,
    seed,
    behaviour: CUSTOMERS,
    onAct() {
      visits.acted += 1
    },
    onError() {
      visits.failed += 1
    },
  })
  closing.push(() => customers.stop())

  const program = (name: string, script: string, port: number | null) =>
    new Program({
      name,
      folder,
      script,
      environment: { ...environment, DRILL_CLOCK: clocks.fileOf(name), ...(port && { PORT: String(port) }) },
      isUp: port ? () => isReady(`http://127.0.0.1:${port}`) : (said) => said.includes('worker started'),
    })
  const webs = ports.map((port, n) => program(`web-${n + 1}`, 'src/web/server', port))
  const workers = ports.map((_, n) => program(`worker-${n + 1}`, 'jobs/worker', null))
  closing.push(() => Promise.all([...webs, ...workers].map((one) => one.stop('SIGKILL'))))
  await Promise.all([...webs, ...workers].map((one) => one.start()))

  return {
    ...{ context, simulators, clocks, webs, workers, redis, visits, folder },
    async postmaster() {
      const text = await readFile(join(postgres.clusterDir, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
      return Number(text.split('\n')[0]) || null
    },
    postgresLog: () => readFile(join(postgres.clusterDir, 'server.log'), 'utf8'),
    restartPostgres: relaunch,
  }
}

/** A zone in which working hours have just begun: reminders keep to them. */
function zoneWhereItIsMorning(now: Date): string {
  const east = (9 - now.getUTCHours() + 24) % 24
  // The signs of these names are turned round: Etc/GMT-5 is five hours east.
  return east === 0 ? 'Etc/GMT' : east <= 14 ? `Etc/GMT-${east}` : `Etc/GMT+${24 - east}`
}
