import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSignInLink } from '../../src/accounts/sign-in.js'
import { readConfig } from '../../src/config.js'
import { formatMoney } from '../../src/domain/money.js'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import { StartError } from '../../src/errors.js'
import { createLog } from '../../src/log.js'
import { runEverything } from '../../src/run-everything.js'
import { runProcess } from '../../src/shutdown.js'
import { STRIPE_API_VERSION } from '../../src/stripe/client.js'
import { WEBHOOK_EVENTS } from '../../src/stripe/event-types.js'
import { startCustomers } from '../simulator/customers.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { Random } from '../simulator/random.js'
import { freePortNear } from '../support/free-port.js'
import { type DemoTally, watchCases } from './watch-cases.js'
import { liveThroughWeek } from './week.js'

/**
 * `npm run demo`: the product as `npm start` runs it, from source, beside a simulated Stripe account that loses
 * renewals, a simulated mail provider, and customers who read their mail. Nothing leaves this machine.
 *
 * `DEMO_SECONDS=90` ends after that time, with status 0 only if a case that opened since the start was recovered.
 */

/** The same customers and moods at each start: the first one acts at once. */
const SEED = 'autumn'
const OWNER = {
  email: 'maya@fernhill.example',
  signingSecret: 'whsec_demo',
  events: WEBHOOK_EVENTS,
} as const
const MAIL_SECRET = `whsec_${Buffer.from('the demo').toString('base64')}`
/** A day of Stripe's retry schedule takes twenty seconds. */
const SPEED = 4_320
const BETWEEN_FAILURES_MS = { atFirst: [6_000, 14_000], later: [5_000, 75_000] } as const
/** So many failures come quickly, for somebody who has just started it and looks. */
const AT_FIRST = 6

/** Each has its own way back: a new card, a confirmation, or money that has come in by Stripe's next attempt. */
const DECLINES = [
  { declineCode: 'expired_card' },
  { declineCode: 'authentication_required' },
  { declineCode: 'insufficient_funds', worksFromAttempt: 2 },
  { declineCode: 'lost_card' },
  { declineCode: 'generic_decline' },
]

/**
 * Some act on the first mail, some later, some on a reminder, some never. They take longer than ten seconds: whoever
 * opens a link faster is taken for a scanner.
 */
const BEHAVIOUR = {
  atOnce: 0.5,
  atOnceMs: [10_500, 15_000],
  later: 0.15,
  laterMs: [22_000, 90_000],
  onReminder: 0.2,
  scanned: 0.3,
  clumsy: 0.15,
} as const

const say = (line: string) => process.stdout.write(`${line}\n`)

await runProcess(async (stopping) => {
  const seconds = readSeconds()
  const dataDir = join(readConfig({ DATA_DIR: process.env.DATA_DIR }).dataDir, 'demo')
  await removeEmbeddedPostgres(dataDir)
  const simulators: Simulators = await startSimulators({
    seed: SEED,
    stripe: { clock: { speed: SPEED }, afterRetries: 'cancel' },
    mail: { now: () => simulators.stripe.account.clock.now() },
  })
  const config = demoConfig(dataDir, simulators, await choosePort())
  const log = createLog(readConfig({ LOG_LEVEL: process.env.LOG_LEVEL || 'error' }).logLevel, process.stderr)
  say('Living through three months of a small business ...')
  const week = await liveThroughWeek(config, log, simulators, OWNER)
  const running = await runEverything(config, { log, stopping })
  const { context } = running
  const link = await createSignInLink(context, week.ownerId)
  simulators.stripe.addWebhookEndpoint({
    url: week.webhookUrl,
    secret: OWNER.signingSecret,
    events: OWNER.events,
    apiVersion: STRIPE_API_VERSION,
  })
  simulators.mail.addWebhookEndpoint({ url: `${config.appUrl}/webhooks/resend`, secret: MAIL_SECRET })
  const customers = startCustomers({
    inboxUrl: simulators.mail.url,
    seed: SEED,
    behaviour: BEHAVIOUR,
    seen: simulators.mail.inbox.delivered.length,
  })

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
      if (seconds && tally.recovered.size === 0)
        throw new StartError('No case that opened since the start was recovered.')
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
    RESEND_WEBHOOK_SECRET: MAIL_SECRET,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: stripe.url,
    TEST_MODE_MAIL: 'customer',
  })
}

/** Every few seconds to every minute a renewal fails. */
async function failRenewals({ stripe }: Simulators, over: AbortSignal): Promise<void> {
  const random = new Random(`${SEED}/failures`)
  for (let n = 0; !over.aborted; n += 1) {
    stripe.failRenewal(DECLINES[n % DECLINES.length])
    const [least, most] = n < AT_FIRST ? BETWEEN_FAILURES_MS.atFirst : BETWEEN_FAILURES_MS.later
    await sleep(least + random.next() * (most - least), undefined, { signal: over }).catch(() => undefined)
  }
}

function summarise({ mailed, opened, recovered, sums, toFirstTouch }: DemoTally): void {
  const slowest =
    toFirstTouch.length > 0 ? `, the slowest ${(Math.max(...toFirstTouch) / 1_000).toFixed(1)}s after its webhook` : ''
  say('')
  say(
    `${count(opened.size, 'case')} opened, ${count(mailed, 'first mail')} accepted${slowest}, ${count(recovered.size, 'case')} recovered.`,
  )
  say('With the week before:')
  for (const { cases, currency, exposed, recovered: back, recoveredCases } of sums) {
    const money = (amount: number) => formatMoney({ amount, currency }, 'en-US')
    say(
      `  ${money(back).padStart(14)} recovered from ${money(exposed).padStart(14)} exposed · ${recoveredCases} of ${count(cases, 'case')}`,
    )
  }
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
