import { type MailOptions, type MailSimulator, startMail } from './mail/index.js'
import { type StripeOptions, type StripeSimulator, startStripe } from './stripe/index.js'

export { MailSimulator, startMail } from './mail/index.js'
export { StripeSimulator, startStripe } from './stripe/index.js'

export interface SimulatorOptions {
  /** The same seed gives the same customers, ids, events and misfortunes. */
  readonly seed?: string
  readonly stripe?: StripeOptions
  readonly mail?: MailOptions
}

export interface Simulators {
  readonly stripe: StripeSimulator
  readonly mail: MailSimulator
  stop(): Promise<void>
}

/** A simulated Stripe account and a simulated mail provider, each on a port of its own on 127.0.0.1. */
export async function startSimulators({ seed, stripe, mail }: SimulatorOptions = {}): Promise<Simulators> {
  const started = await Promise.all([startStripe({ seed, ...stripe }), startMail({ seed, ...mail })])
  return {
    stripe: started[0],
    mail: started[1],
    async stop() {
      const stopped = await Promise.allSettled(started.map((simulator) => simulator.stop()))
      for (const result of stopped) if (result.status === 'rejected') throw result.reason
    },
  }
}
