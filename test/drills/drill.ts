import { rollFor } from '../simulator/random.js'
import type { Disaster } from './disasters.js'
import { Lives } from './lives.js'
import { judge, type Verdict } from './oracle.js'
import { type Left, settle } from './settle.js'
import { openSite, type Site } from './site.js'

export interface DrillOptions {
  readonly seed: string
  readonly queues: 'postgres' | 'redis'
  /** Renewals that fail. */
  readonly lives: number
  /** Disasters that strike, one in a day of the drill; more than there are begin again with the first. */
  readonly rounds: number
  /** Of these, each in its turn. */
  readonly disasters: readonly Disaster[]
  /** That follow the last disaster. */
  readonly quietDays: number
  readonly tell: (line: string) => void
}

/** One disaster among the failures of half a day, and how long it took until all was done that was left behind. */
export interface Round {
  readonly disaster: string
  /** From when it was over until nothing was left to do. */
  readonly recoveryMs: number
  /** What was not done in all the time that it was given; `null`: nothing. */
  readonly left: Left | null
}

export interface DrillReport {
  readonly queues: 'postgres' | 'redis'
  readonly seed: string
  readonly lives: number
  readonly rounds: readonly Round[]
  readonly seconds: number
  readonly visits: { readonly acted: number; readonly failed: number }
  readonly verdict: Verdict
}

const HOUR = 3_600_000
/** A day has two rounds: reminders keep to working hours, which every second one begins in. */
const LEAP_MS = 12 * HOUR
/** A share of webhooks comes twice, late, in no order, or never. */
const WEBHOOKS = { duplicates: 0.15, losses: 0.02, delays: 0.05, delayMs: 3_000, shuffleMs: 2_000 }
const FAILURES_WITHIN_MS = 4_000
/** A sweep comes every 15 s, the job of a killed worker is noticed within 15, an unanswered mail is repeated after 60. */
const SETTLED_WITHIN_MS = 150_000

/**
 * Days in which renewals fail, customers act, Stripe retries, and something breaks in each; then days in which only the
 * rest of the lives goes on. Afterwards everything is compared with what truly happened.
 */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const began = performance.now()
  const site = await openSite(options)
  try {
    const { clocks, simulators, visits } = site
    simulators.stripe.webhooks.configure({ ...WEBHOOKS, retryMs: [200, 500, 1_000] })
    const lives = new Lives(simulators.stripe, options.seed)
    const disasters = options.disasters.filter(({ needs }) => needs === undefined || site.redis !== null)
    const rounds: Round[] = []
    for (let n = 0; n < options.rounds; n += 1) {
      const disaster = disasters[n % disasters.length]!
      const share = Math.ceil((options.lives * (n + 1)) / options.rounds) - lives.begun
      rounds.push(
        await playRound(
          site,
          disaster,
          lives.begin(share, FAILURES_WITHIN_MS),
          rollFor(options.seed, 'strike', String(n)),
        ),
      )
      options.tell(textOf(rounds.at(-1)!))
      clocks.leap(LEAP_MS)
    }
    for (let half = 0; half < options.quietDays * 2; half += 1) {
      const left = await settle(site, SETTLED_WITHIN_MS)
      if (left) options.tell(`  left on a quiet day: ${JSON.stringify(left)}`)
      clocks.leap(LEAP_MS)
    }
    await lookForGaps(site)
    return {
      ...{ queues: options.queues, seed: options.seed, lives: lives.begun, rounds, visits },
      seconds: (performance.now() - began) / 1_000,
      verdict: await judge(site),
    }
  } finally {
    await site.close()
  }
}

/** The disaster strikes at a moment while renewals fail. */
async function playRound(site: Site, disaster: Disaster, failures: Promise<void>, roll: number): Promise<Round> {
  const [over] = await Promise.all([
    new Promise((resolve) => setTimeout(resolve, roll * FAILURES_WITHIN_MS)).then(async () => {
      await disaster.strike(site)
      return performance.now()
    }),
    failures,
  ])
  const left = await settle(site, SETTLED_WITHIN_MS)
  return { disaster: disaster.name, recoveryMs: performance.now() - over, left }
}

/** A worker that starts asks Stripe for what never arrived; at other times one does every ten minutes. */
async function lookForGaps(site: Site): Promise<void> {
  await Promise.all(site.workers.map((one) => one.stop('SIGTERM')))
  await Promise.all(site.workers.map((one) => one.start()))
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  await settle(site, SETTLED_WITHIN_MS)
}

const textOf = ({ disaster, left, recoveryMs }: Round) =>
  `  ${disaster}: ${left ? `NOT WELL AGAIN, left ${JSON.stringify(left)}` : `well again after ${(recoveryMs / 1_000).toFixed(1)} s`}`
