import { expect, it } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { aCrashWorld, type CrashWorld, repair } from './crash-world.js'
import { type TestDatabase, useDatabase } from './database.js'
import { type Death, doomed, type Effect } from './doomed.js'
import { type WholePicture, wholePicture } from './whole-picture.js'

/**
 * A use case, and the moment before it. Everything in `arrange` happens in good health; only `run` dies. Where `run` is
 * one event, leave just that one unprocessed (`world.live('invoice.paid')`): a repair may take several in another order,
 * and their fates, as the owner reads them, depend on it.
 */
export interface CrashScenario<Subject = unknown> {
  readonly name: string
  /** Brings the world to the moment before, and gives what `run` needs to know. */
  arrange(world: CrashWorld): Promise<Subject>
  /** The use case. It is given the context of the process that dies. */
  run(context: Context, subject: Subject, world: CrashWorld): Promise<unknown>
  /**
   * Whoever asked for it and heard nothing asks again: the owner who sees an error page, Stripe without its 200. Absent:
   * nobody does, and the product has to find by itself what was left undone.
   */
  readonly isAskedAgain?: boolean
  /** What has to be equal, where that is not everything. */
  matters?(picture: WholePicture): unknown
  /** What must have come of it, so that two worlds in which nothing happened are not taken for two that are equal. */
  expects(picture: WholePicture): void
}

/** Lets a scenario's types be told from its `arrange`. */
export const crashScenario = <Subject>(scenario: CrashScenario<Subject>) => scenario as CrashScenario

const LONGEST_MS = 300_000
const WORLDS_AT_A_TIME = 3

/** A test for each scenario; see `surviveEveryCrash`. Call at the top of a test file or of a `describe`. */
export function itSurvivesEveryCrash(scenarios: readonly CrashScenario[]): void {
  const databases = Array.from({ length: WORLDS_AT_A_TIME }, useDatabase)
  for (const scenario of scenarios) it(scenario.name, () => surviveEveryCrash(databases, scenario), LONGEST_MS)
}

/**
 * Runs a scenario undisturbed and counts its effects; then again and again, each time in a world of its own, killed at
 * one of them. Then the product repairs what is left, and everything in that world must be as in the undisturbed one.
 *
 * @param databases as many worlds are lived through at a time
 */
export async function surviveEveryCrash(databases: readonly TestDatabase[], scenario: CrashScenario): Promise<void> {
  const [first] = databases
  if (!first) throw new Error('A world needs a database')
  const undisturbed = await live(first, scenario)
  scenario.expects(undisturbed.picture)
  const { matters = (picture) => picture } = scenario
  const expected = matters(undisturbed.picture)

  const deaths = deathsOf(undisturbed.effects)
  const dieAgainAndAgain = async (database: TestDatabase) => {
    try {
      for (let death = deaths.shift(); death; death = deaths.shift()) {
        const { picture, isKilled } = await live(database, scenario, death)
        const when = `${death.moment} effect ${death.at}, ${undisturbed.effects[death.at - 1]?.name}`
        if (!isKilled) throw new Error(`It never came to this, so it does not do the same each time: ${when}`)
        expectAfter(when, () => expect(matters(picture)).toEqual(expected))
      }
    } finally {
      deaths.length = 0
    }
  }
  const ends = await Promise.allSettled(databases.map(dieAgainAndAgain))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** The difference alone would not tell where the process died. */
function expectAfter(when: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw new Error(`Killed ${when}\n\n${(error as Error).message}`)
  }
}

/**
 * Right before the first effect that lasts, and right after each. Between two of those a process reads, or writes what
 * Postgres rolls back: whenever it dies there, the same is left. `EVERY_CRASH_POINT=1` does not take that for granted and
 * kills at each single statement.
 */
function deathsOf(effects: readonly Effect[]): Required<Death>[] {
  const isEach = process.env.EVERY_CRASH_POINT === '1'
  const first = effects.findIndex(({ lasts }) => lasts)
  return effects.flatMap(({ lasts }, index) => [
    ...(isEach || index === first ? [{ at: index + 1, moment: 'before' as const }] : []),
    ...(lasts ? [{ at: index + 1, moment: 'after' as const }] : []),
  ])
}

/** One life of the product: what came before, the process, and what the next one makes of it. */
async function live(database: TestDatabase, scenario: CrashScenario, death?: Death) {
  const world = await aCrashWorld(database)
  try {
    const subject = await scenario.arrange(world)
    const dying = doomed(world.context, { databaseUrl: database.url, stripe: world.stripe }, death)
    const fault = await scenario.run(dying.context, subject, world).then(
      () => null,
      (error: unknown) => error,
    )
    const { effects, isKilled } = dying
    await dying.bury()
    if (fault && !isKilled) throw fault
    if (isKilled && scenario.isAskedAgain) await scenario.run(world.context, subject, world)
    await repair(world)
    return { picture: await wholePicture(world), effects, isKilled }
  } finally {
    await world.stop()
  }
}
