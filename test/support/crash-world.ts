import type { JobDefinition, Ring } from '../../jobs/define-job.js'
import { SCHEDULES } from '../../jobs/schedule.js'
import { type Context, createContext } from '../../src/context.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createEventReceiver, type IncomingEvent, type StoredEvent } from '../../src/recovery/receive-events.js'
import { createCipher } from '../../src/secrets/cipher.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { recoveryLink } from '../simulator/customers.js'
import { type MailSimulator, type StripeSimulator, startSimulators } from '../simulator/index.js'
import type { RenewalRequest } from '../simulator/stripe/billing/renewing.js'
import type { RecordedEvent } from '../simulator/stripe/event-log.js'
import { CURRENT_VERSION } from '../simulator/stripe/versions/versions.js'
import { eventJson } from '../simulator/stripe/webhooks/event-json.js'
import { fakeContext } from './context.js'
import type { TestDatabase } from './database.js'
import { aWorkspace, skipDiagnostics, type TestWorkspace } from './factories.js'
import { aRing } from './rings.js'

/** A Monday morning, within everybody's sending hours. */
const MONDAY = Date.UTC(2026, 10, 2, 9)

/** The first seals; a healthy process opens what either sealed. */
export const SECRET_KEYS = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)] as const

/** A workspace in an empty database, connected to a simulated Stripe and mail provider, all by one clock. */
export interface CrashWorld {
  readonly database: TestDatabase
  /** Of a healthy process. */
  readonly context: Context
  readonly stripe: StripeSimulator
  readonly mail: MailSimulator
  readonly workspace: TestWorkspace
  advance(ms: number): void
  /** What happened at Stripe since the last time, as its webhooks would bring it. */
  news(): IncomingEvent[]
  /** The news, processed, but for the first of this type: that one waits. */
  live(): Promise<void>
  live(butFor: (typeof WEBHOOK_EVENTS)[number]): Promise<StoredEvent>
  stop(): Promise<void>
}

/** The same seed in every world: Stripe's ids are the same too, so two worlds can be compared. */
export async function aCrashWorld(database: TestDatabase): Promise<CrashWorld> {
  const { db } = database
  for (const table of ['owners', 'mail_pacing', 'rate_limits']) await db(table).delete()
  const { stripe, mail, stop } = await startSimulators({ seed: 'crash', mail: { now: () => clock.now() } })
  const { clock } = stripe.account
  clock.setTo(MONDAY)
  // Its own would open senders with the keys of the fake.
  const { mailerOf: _, ...fake } = fakeContext({ db, settings: { stripeApiBase: stripe.url, mailBaseUrl: mail.url } })
  const context = createContext({
    ...fake,
    cipher: createCipher(SECRET_KEYS),
    mail: createResendMailer({
      apiKey: mail.addKey(),
      from: 'SecondLoop <mail@secondloop.example>',
      baseUrl: mail.url,
    }),
    now: () => new Date(clock.now()),
    wait: async (ms) => clock.advance(ms),
  })
  const workspace = await aWorkspace(context)
  await shareKey(context, stripe, workspace)
  // Postgres has a clock of its own, and what was before the connection does not count.
  await db('stripe_connections').update({ created_at: context.now() })

  await skipDiagnostics(context, workspace)
  const events = new Set<string>(WEBHOOK_EVENTS)
  let untold: RecordedEvent[] = []
  stripe.account.events.onEvent((event) => void untold.push(event))
  const store = async (news: readonly IncomingEvent[]) => {
    const stored: StoredEvent[] = []
    const receiver = createEventReceiver(context, (rows) => void stored.push(...rows))
    for (const event of news) await receiver.receive(event)
    return stored
  }
  const world: CrashWorld = {
    database,
    context,
    stripe,
    mail,
    workspace,
    stop,
    advance: (ms) => clock.advance(ms),
    news() {
      const told = untold.filter(({ type }) => events.has(type))
      untold = []
      return told.map((event) => ({
        workspaceId: workspace.id,
        connectionId: workspace.connectionId,
        stripeEventId: event.id,
        type: event.type,
        occurredAt: new Date(event.created * 1000),
        payload: Buffer.from(eventJson(event, CURRENT_VERSION, false, stripe.account.store)),
        receivedAt: context.now(),
      }))
    },
    live: (async (butFor?: string) => {
      const news = world.news()
      const stored = await store(news)
      const waits = stored[news.findIndex(({ type }) => type === butFor)]
      for (const event of stored) if (event !== waits) await processEvent(context, event)
      if (butFor && !waits) throw new Error(`Stripe told of no ${butFor}`)
      return waits
    }) as CrashWorld['live'],
  }
  return world
}

/** The simulated Stripe learns of the key that the workspace has. */
async function shareKey({ db, cipher }: Context, stripe: StripeSimulator, { id, connectionId }: TestWorkspace) {
  const connection = await StripeConnection.query(db).findById(connectionId).throwIfNotFound()
  stripe.keys.add(
    cipher.open(connection.api_key_sealed ?? '', { workspaceId: id, field: 'stripe_connections.api_key' }),
    'all',
  )
  await db('signing_secrets').where({ workspace_id: id }).update({ last4: '0000' })
}

/** A renewal failed, and its first touch is due. */
export async function aCase({ stripe, live }: CrashWorld, request: RenewalRequest = {}) {
  const renewal = stripe.failRenewal(request)
  await live()
  return renewal
}

/** The same, and the customer has had the mail for a while. */
export async function aMailedCase(world: CrashWorld, request: RenewalRequest = {}) {
  const renewal = await aCase(world, request)
  await deliverTouches(world.context, { workspaceId: world.workspace.id })
  world.advance(MAIL_READ_MS)
  return renewal
}

const MAIL_READ_MS = 10 * 60_000

/** As the latest mail leads to its case. */
export function linkTokenIn({ mail }: CrashWorld): string {
  const latest = mail.inbox.mails.at(-1)
  const link = latest && recoveryLink(latest)
  if (!link) throw new Error('Nobody got a link')
  return new URL(link).pathname.slice('/r/'.length)
}

/** Behind each of these somebody's lease has run out: a mail's, a case's, a card's. In the end what that left is done. */
const PASSING_MS = [15_000, 60_000, 5 * 60_000, 30 * 60_000, 60_000]

/** What a product that was started again does by itself: what is scheduled, and the jobs which that rings for. */
export async function repair({ context, advance }: CrashWorld): Promise<void> {
  const began = context.now().getTime()
  for (const ms of PASSING_MS) {
    const before = context.now().getTime() - began
    advance(ms)
    const times = (everyMs: number) => Math.floor((before + ms) / everyMs) - Math.floor(before / everyMs)
    for (const { job, everyMs } of SCHEDULES) if (times(everyMs) > 0) await runToTheEnd(context, job)
  }
}

async function runToTheEnd(context: Context, job: JobDefinition): Promise<void> {
  const rung: (() => Promise<void>)[] = []
  const ring: Ring = aRing((next, payload) => void rung.push(() => next.run(context, payload as never, ring)))
  await job.run(context, {}, ring)
  for (let next = rung.shift(); next; next = rung.shift()) await next()
}
