import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/config.js'
import { type Context, openContext } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { createLog } from '../../src/log.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import { redisVersion } from './machine.js'
import type { Server, Stage } from './stage.js'

/** The build as it runs in earnest, with one connected workspace and a Stripe account that posts its events to it. */
export interface Product {
  readonly context: Context
  readonly simulators: Simulators
  readonly workspace: TestWorkspace
  startWeb(): Promise<ChildProcess>
  startWorker(): Promise<ChildProcess>
  close(): Promise<void>
}

export interface ProductOptions {
  readonly seed: string
  /** `null`: queues in Postgres. */
  readonly redis: Server | null
  /** The mail provider's limit. */
  readonly mailCallsPerSecond: number
}

/** Where queues can live on this machine, each with a new store. */
export async function queueStores(stage: Stage): Promise<{ name: string; redis: Server | null }[]> {
  const inPostgres = { name: 'queues on Postgres', redis: null }
  return redisVersion() ? [inPostgres, { name: 'queues on Redis', redis: await stage.redis() }] : [inPostgres]
}

export async function openProduct(stage: Stage, options: ProductOptions): Promise<Product> {
  const { mailCallsPerSecond, redis, seed } = options
  const simulators = await startSimulators({
    seed,
    stripe: { livemode: true, rateLimits: true },
    mail: { callsPerSecond: mailCallsPerSecond },
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
  }
  const context = openContext(readConfig(environment), { databaseUrl, log: createLog('silent') })
  const workspace = await connected(context, simulators)
  simulators.stripe.addWebhookEndpoint({
    url: `${environment.APP_URL}/webhooks/stripe/${workspace.webhookToken}`,
    secret: workspace.signingSecret,
    events: WEBHOOK_EVENTS,
  })
  simulators.mail.addWebhookEndpoint({ url: `${environment.APP_URL}/webhooks/resend`, secret: webhookSecret })
  const children: ChildProcess[] = []
  const keep = async (starting: Promise<ChildProcess>) => {
    const child = await starting
    children.push(child)
    return child
  }
  return {
    ...{ context, simulators, workspace },
    startWeb: () => keep(stage.start('src/web/server', environment, port)),
    async startWorker() {
      const vitals = await freePort()
      return keep(stage.start('jobs/worker', { ...environment, WORKER_PORT: String(vitals) }, vitals))
    },
    async close() {
      await Promise.all(children.map((child) => stage.stop(child)))
      await context.db.destroy()
      await simulators.stop()
    },
  }
}

async function connected(context: Context, { stripe }: Simulators): Promise<TestWorkspace> {
  const workspace = await aWorkspace(context, { mode: 'live' })
  const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
  await StripeConnection.query(context.db)
    .findById(workspace.connectionId)
    .patch({ api_key_sealed: context.cipher.seal(stripe.addKey(), place) })
  return workspace
}
