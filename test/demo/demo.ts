import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { readConfig } from '../../src/config.js'
import type { Context } from '../../src/context.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import { StartError } from '../../src/errors.js'
import { createLog } from '../../src/log.js'
import { runEverything } from '../../src/run-everything.js'
import { runProcess } from '../../src/shutdown.js'
import { FAILURE_EVENTS, INVOICE_EVENTS } from '../../src/stripe/event-types.js'
import { startCustomers } from '../simulator/customers.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { Random } from '../simulator/random.js'
import { freePortNear } from '../support/free-port.js'
import { type DemoTally, watchCases } from './watch-cases.js'

/**
 * `npm run demo`: the product as `npm start` runs it, from source, beside a simulated Stripe account that loses
 * renewals, a simulated mail provider, and customers who read their mail. Nothing leaves this machine.
 *
 * `DEMO_SECONDS=90` ends after that time, with status 0 only if a case that opened since the start was recovered.
 */

/** The same customers and moods at each start: the first one acts at once. */
const SEED = 'autumn'
const SIGNING_SECRET = 'whsec_demo'
const OWNER = 'maya@fernhill.example'
/** A day of Stripe's retry schedule takes twenty seconds. */
const SPEED = 4_320
const BETWEEN_FAILURES_MS = [6_000, 14_000] as const

/** Each has its own way back: a new card, a confirmation, or money that has come in by Stripe's next attempt. */
const DECLINES = [
  { declineCode: 'expired_card' },
  { declineCode: 'authentication_required' },
  { declineCode: 'insufficient_funds', worksFromAttempt: 2 },
  { declineCode: 'lost_card' },
  { declineCode: 'generic_decline' },
]

/** They take longer than ten seconds: whoever opens a link faster is taken for a scanner. */
const BEHAVIOUR = {
  atOnce: 0.7,
  atOnceMs: [10_500, 15_000],
  later: 0.15,
  laterMs: [22_000, 35_000],
  scanned: 0.3,
  clumsy: 0.15,
} as const

const say = (line: string) => process.stdout.write(`${line}\n`)

await runProcess(async (stopping) => {
  const seconds = readSeconds()
  const dataDir = join(readConfig({ DATA_DIR: process.env.DATA_DIR }).dataDir, 'demo')
  await removeEmbeddedPostgres(dataDir)
  const simulators = await startSimulators({ seed: SEED, stripe: { clock: { speed: SPEED } } })
  const running = await runEverything(demoConfig(dataDir, simulators, await choosePort()), {
    log: createLog(readConfig({ LOG_LEVEL: process.env.LOG_LEVEL || 'error' }).logLevel, process.stderr),
    stopping,
  })
  const { context } = running
  const link = await connectWorkspace(context, simulators)
  const customers = startCustomers({ inboxUrl: simulators.mail.url, seed: SEED, behaviour: BEHAVIOUR })

  say('')
  say('SecondLoop runs, with a simulated Stripe account. Nothing leaves this machine.')
  say('')
  say(`  Sign in   ${link}`)
  say('            works once, for ten minutes')
  say(`  Panel     ${context.settings.appUrl}/app`)
  say(`  Inbox     ${simulators.mail.url}`)
  say(`  Stripe    ${simulators.stripe.url}`)
  say('')
  say(seconds ? `It ends by itself after ${seconds} seconds.` : 'Ctrl-C ends it.')
  say('')

  const over = new AbortController()
  const failing = failRenewals(simulators, over.signal)
  const watching = watchCases(context, say, over.signal)
  if (seconds) setTimeout(() => process.kill(process.pid, 'SIGTERM'), seconds * 1_000)

  return {
    async stop() {
      over.abort()
      customers.stop()
      await failing
      const tally = await watching
      await running.stop()
      await simulators.stop()
      summarise(tally)
      if (seconds && tally.recovered === 0) throw new StartError('No case that opened since the start was recovered.')
    },
  }
})

function readSeconds(): number | null {
  const given = process.env.DEMO_SECONDS
  if (!given) return null
  const seconds = Number(given)
  if (!(seconds > 0 && seconds <= 86_400))
    throw new StartError('DEMO_SECONDS must be a number of seconds, at most a day')
  return seconds
}

/** A port that was asked for is taken as it is; the default gives way when somebody else has it. */
async function choosePort(): Promise<number> {
  const asked = process.env.PORT
  return asked ? readConfig({ PORT: asked }).port : freePortNear(readConfig({}).port)
}

function demoConfig(dataDir: string, { stripe, mail }: Simulators, port: number) {
  return readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    RESEND_API_KEY: mail.addKey(),
    RESEND_BASE_URL: mail.url,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: stripe.url,
    TEST_MODE_MAIL: 'customer',
  })
}

/** The owner's part of the way in, done for them. */
async function connectWorkspace(context: Context, { stripe }: Simulators): Promise<string> {
  const { workspaceId, webhookUrl } = await createWorkspace(context, {
    ownerEmail: OWNER,
    name: 'Fernhill',
    stripeKey: stripe.addKey(),
    webhookSecret: SIGNING_SECRET,
    promptsOn: true,
  })
  const workspace = await Workspace.query(context.db).patchAndFetchById(workspaceId, {
    sender_name: 'Maya',
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  stripe.addWebhookEndpoint({ url: webhookUrl, secret: SIGNING_SECRET, events: [...FAILURE_EVENTS, ...INVOICE_EVENTS] })
  return createSignInLink(context, workspace.owner_id)
}

/** A few renewals fail every minute. */
async function failRenewals({ stripe }: Simulators, over: AbortSignal): Promise<void> {
  const random = new Random(`${SEED}/failures`)
  for (let n = 0; !over.aborted; n += 1) {
    stripe.failRenewal(DECLINES[n % DECLINES.length])
    const [least, most] = BETWEEN_FAILURES_MS
    await sleep(least + random.next() * (most - least), undefined, { signal: over }).catch(() => undefined)
  }
}

function summarise({ opened, mailed, recovered, toFirstTouch }: DemoTally): void {
  const slowest =
    toFirstTouch.length > 0 ? `, the slowest ${(Math.max(...toFirstTouch) / 1_000).toFixed(1)}s after its webhook` : ''
  say('')
  say(
    `${count(opened, 'case')} opened, ${count(mailed, 'first mail')} accepted${slowest}, ${count(recovered, 'case')} recovered.`,
  )
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
