import { parseArgs } from 'node:util'
import { startSimulators } from './index.js'

/**
 * Both simulators as a process of their own, so that a drill can kill the product and keep them:
 *
 *     npx tsx test/simulator/main.ts --seed=a --stripe-port=4010 --mail-port=4020 --speed=4320
 *
 * Prints one line of JSON with the addresses and two keys, then runs until it is told to stop. The rest is done over
 * `/_control/…`. Arguments win over SIMULATOR_SEED, SIMULATOR_STRIPE_PORT, SIMULATOR_MAIL_PORT, SIMULATOR_SPEED.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    'stripe-port': { type: 'string' },
    'mail-port': { type: 'string' },
    speed: { type: 'string' },
  },
})

const { env } = process
const simulators = await startSimulators({
  seed: values.seed ?? env.SIMULATOR_SEED ?? 'secondloop',
  stripe: {
    port: Number(values['stripe-port'] ?? env.SIMULATOR_STRIPE_PORT ?? 0),
    clock: { speed: Number(values.speed ?? env.SIMULATOR_SPEED ?? 1) },
  },
  mail: { port: Number(values['mail-port'] ?? env.SIMULATOR_MAIL_PORT ?? 0) },
})

for (const { unbuilt } of [simulators.stripe.log, simulators.mail]) unbuilt.onAsked = complain

console.log(
  JSON.stringify({
    stripe: {
      url: simulators.stripe.url,
      account: simulators.stripe.account.id,
      key: simulators.stripe.addKey(),
    },
    mail: { url: simulators.mail.url, key: simulators.mail.addKey() },
  }),
)

function complain(what: string): void {
  console.error(`Asked for and not simulated: ${what}`)
}

async function stop(): Promise<void> {
  // It rejects when something was asked for in vain, which has been told already.
  const [stopped] = await Promise.allSettled([simulators.stop()])
  process.exit(stopped.status === 'fulfilled' ? 0 : 1)
}
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
