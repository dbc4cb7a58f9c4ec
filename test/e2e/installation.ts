import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { readConfig } from '../../src/config.js'
import { openContext } from '../../src/context.js'
import type { Db } from '../../src/db/knex.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { Touch } from '../../src/db/models/touch.js'
import { createLog } from '../../src/log.js'
import { setDigest } from '../../src/recovery/set-digest.js'
import { isFailureEvent, WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import type { TestDatabase } from '../support/database.js'
import {
  type Ended,
  type Environment,
  freePort,
  isReady,
  type StartedProcess,
  startProcess,
  untilUp,
} from './processes.js'

/** `web` or `worker`: a process that can be ended and started again. */
export interface Part {
  /** Resolves once it does its work. */
  start(): Promise<void>
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended>
  /** What all its processes said. */
  said(): string
}

/** The product in processes of its own, with one connected workspace, beside a simulated Stripe and mail provider. */
export interface Installation {
  readonly seed: string
  readonly db: Db
  readonly simulators: Simulators
  readonly web: Part
  readonly worker: Part
  /** One renewal fails for each address. Gives the invoices' ids. */
  failRenewals(addresses: readonly string[], declineCode?: string): string[]
}

interface Wishes {
  readonly database: TestDatabase
  readonly redisUrl: string | null
  readonly seed: string
}

const SIGNING_SECRET = 'whsec_end_to_end'

/** Web and worker are started, the workspace's prompts are on. All is stopped at the end, whatever becomes of the test. */
export async function withInstallation(
  wishes: Wishes,
  test: (installation: Installation) => Promise<void>,
): Promise<void> {
  const opened: (() => Promise<unknown>)[] = []
  try {
    await test(await install(wishes, opened))
  } finally {
    for (const close of opened.reverse()) await close()
  }
}

async function install(
  { database, redisUrl, seed }: Wishes,
  opened: (() => Promise<unknown>)[],
): Promise<Installation> {
  const simulators = await startSimulators({
    seed,
    stripe: { clock: { manual: true } },
    mail: { port: await freePort() },
  })
  opened.push(() => simulators.stop())
  const { stripe, mail } = simulators
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment: Environment = {
    PORT: String(port),
    APP_URL: url,
    DATABASE_URL: database.url,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    SECRET_KEY: randomBytes(32).toString('base64'),
    RESEND_API_KEY: mail.addKey(),
    RESEND_BASE_URL: mail.url,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: stripe.url,
    TEST_MODE_MAIL: 'customer',
    LOG_LEVEL: 'info',
  }
  const context = openContext(readConfig(environment), { databaseUrl: database.url, log: createLog('silent') })
  opened.push(() => context.db.destroy())
  const { webhookUrl, workspaceId } = await createWorkspace(context, {
    ownerEmail: 'maya@fernhill.example',
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: SIGNING_SECRET,
    promptsOn: true,
  })
  await setDigest(context, workspaceId, 'off') // Or a test on a Monday morning finds one mail more.
  stripe.addWebhookEndpoint({ url: webhookUrl, secret: SIGNING_SECRET, events: WEBHOOK_EVENTS })

  const web = part('src/web/server.ts', environment, () => isReady(url))
  const worker = part('jobs/worker.ts', environment, (started) => started.said().includes('worker started'))
  opened.push(() => Promise.all([web.stop('SIGKILL'), worker.stop('SIGKILL')]))
  await Promise.all([web.start(), worker.start()])
  return {
    seed,
    db: context.db,
    simulators,
    web,
    worker,
    failRenewals: (addresses, declineCode = 'expired_card') =>
      addresses.map((email) => stripe.failRenewal({ email, declineCode }).invoice.id),
  }
}

function part(
  script: string,
  environment: Environment,
  isUp: (started: StartedProcess) => boolean | Promise<boolean>,
): Part {
  const all: StartedProcess[] = []
  return {
    async start() {
      const started = startProcess(script, environment)
      all.push(started)
      await untilUp(started, () => isUp(started))
    },
    stop: (signal) => all.at(-1)!.kill(signal),
    said: () => all.map((one) => one.said()).join(''),
  }
}

/** `count` addresses that no other call gives for another `prefix`. */
export const addresses = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}@customers.example`)

/** Asking is work too, and two cores carry it all. */
const LOOK_EVERY_MS = 250

/**
 * Waits until every webhook was taken, every event processed, every first touch ended and no delivery is under way:
 * nothing is left that could send before the reminders, a day later.
 */
export async function untilSettled(installation: Installation, cases: number, ms: number): Promise<void> {
  const { db, simulators, web, worker } = installation
  const deadline = Date.now() + ms
  for (;;) {
    const [opened, unprocessed, unsent, underWay] = await Promise.all([
      RecoveryCase.query(db).resultSize(),
      StripeEvent.query(db).whereNull('processed_at').resultSize(),
      Touch.query(db).where({ step: 0, sent_at: null, skipped_at: null, canceled_at: null }).resultSize(),
      Delivery.query(db).where({ answered_at: null, dissolved_at: null, abandoned_at: null }).resultSize(),
    ])
    const pending = simulators.stripe.webhooks.pending()
    if (pending + unprocessed + unsent + underWay === 0 && opened >= cases) return
    if (Date.now() > deadline) {
      const seen = JSON.stringify({ pending, opened, unprocessed, unsent, underWay })
      const said = [web, worker].map((part) => part.said().slice(-3_000)).join('\n')
      throw new Error(`Not settled within ${ms} ms: ${seen}\n${said}`)
    }
    await sleep(LOOK_EVERY_MS)
  }
}

/** One case an invoice, one first touch a customer, none twice, none missing, and every event processed. */
export async function expectEachMailedOnce(
  { db, simulators }: Installation,
  invoices: readonly string[],
  customers: readonly string[],
): Promise<void> {
  const { inbox } = simulators.mail
  const cases = await RecoveryCase.query(db).select('id', 'stripe_invoice_id')
  expect(cases.map((row) => row.stripe_invoice_id).sort()).toEqual([...invoices].sort())

  expect(inbox.mails.map(({ to }) => to.join()).sort()).toEqual([...customers].sort())
  const tags = inbox.countByTag('mail')
  expect(tags.size).toBe(customers.length)
  expect(new Set(tags.values())).toEqual(new Set([1]))

  const touches = await Touch.query(db).select('case_id', 'step', 'sent_at')
  const first = touches.filter(({ step }) => step === 0)
  expect(first.map((row) => row.case_id).sort()).toEqual(cases.map((row) => row.id).sort())
  expect(touches.filter(({ step, sent_at }) => (step === 0) !== (sent_at !== null))).toEqual([])

  const delivered = new Set(simulators.stripe.webhooks.deliveries.map(({ event }) => event.id))
  const events = await StripeEvent.query(db).select('stripe_event_id', 'type', 'outcome', 'detail')
  expect(events.map((row) => row.stripe_event_id).sort()).toEqual([...delivered].sort())
  // What is told of a customer or subscription before its failure is processed waits for the case in the inbox.
  const isDone = ({ type, outcome }: StripeEvent) =>
    outcome === 'processed' || (outcome === 'ignored' && !isFailureEvent(type))
  expect(events.filter((row) => !isDone(row))).toEqual([])
}
