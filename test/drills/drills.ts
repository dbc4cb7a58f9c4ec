import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { describeMachine, redisVersion } from '../bench/machine.js'
import { decimals, table, whole } from '../bench/table.js'
import { DISASTERS } from './disasters.js'
import { type DrillReport, drill } from './drill.js'

/**
 * `npm run drills -- [--short] [--lives 2000] [--rounds 32] [--queues redis|postgres] [--only WORDS] [--seed a] [--json FILE]`
 *
 * Breaks everything that can break while thousands of renewals fail, and compares what the product made of them with what
 * truly happened. Exit status 1 when anything is lost, wrong, sent twice or missing. In short: fewer of everything, and only
 * on one store, for CI.
 */
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    lives: { type: 'string' },
    rounds: { type: 'string' },
    queues: { type: 'string' },
    seed: { type: 'string', default: 'a' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
})
const disasters = DISASTERS.filter(
  ({ inShort, name }) => (!values.short || inShort) && name.includes(values.only ?? ''),
)
if (disasters.length === 0) {
  console.error(`No disaster is called ${values.only}. There are: ${DISASTERS.map(({ name }) => name).join('; ')}`)
  process.exit(1)
}
const lives = Number(values.lives ?? (values.short ? 60 : 2_000))
const rounds = Number(values.rounds ?? (values.short ? disasters.length : 2 * disasters.length))
/** Reminders go out for a week after a first mail, Stripe retries for two. */
const quietDays = values.short ? 2 : 9
const onRedis = redisVersion() !== null
const possible = (['redis', 'postgres'] as const).filter(
  (name) => (values.queues === undefined || values.queues === name) && (name === 'postgres' || onRedis),
)
const backends = values.short ? possible.slice(0, 1) : possible

const reports: DrillReport[] = []
for (const queues of backends) {
  console.log(`Queues in ${queues}, seed ${values.seed}, ${lives} lives, ${rounds} disasters:`)
  reports.push(
    await drill({ queues, seed: values.seed, lives, rounds, disasters, quietDays, tell: (line) => console.log(line) }),
  )
}
console.log(`\n${textOf(reports)}`)
if (!onRedis) console.log('Skipped: queues in Redis. They need redis-server: apt-get install redis-server')
if (values.json) await writeFile(values.json, `${JSON.stringify({ machine: describeMachine(), reports }, null, 2)}\n`)
process.exitCode = reports.some(isFaulty) ? 1 : 0

function isFaulty({ rounds, verdict }: DrillReport): boolean {
  return verdict.wrong.length > 0 || rounds.some(({ left }) => left !== null)
}

function textOf(all: readonly DrillReport[]): string {
  const head = ['', ...all.map(({ queues }) => `queues in ${queues}`)]
  const line = (name: string, figure: (report: DrillReport) => string) => [name, ...all.map(figure)]
  const count = (name: string, key: Exclude<keyof DrillReport['verdict'], 'wrong'>) =>
    line(name, ({ verdict }) => whole(verdict[key]))
  const longest = ({ rounds }: DrillReport) => rounds.reduce((a, b) => (a.recoveryMs > b.recoveryMs ? a : b))
  return [
    table(head, [
      line('renewals failed', ({ lives }) => whole(lives)),
      count('events sent', 'eventsSent'),
      count('events accepted', 'eventsAccepted'),
      count('  of these, found missing and fetched', 'eventsBackfilled'),
      count('events lost', 'eventsLost'),
      count('events not processed', 'eventsUnprocessed'),
      count('cases', 'cases'),
      count('cases wrong', 'casesWrong'),
      count('touches sent', 'touchesSent'),
      count('touches twice', 'touchesTwice'),
      count('touches missing', 'touchesMissing'),
      count('invoices charged twice', 'chargedTwice'),
      line('links followed by customers', ({ visits }) => whole(visits.acted)),
      line('  in vain', ({ visits }) => whole(visits.failed)),
      line('longest recovery, s', (report) => decimals(longest(report).recoveryMs / 1_000, 1)),
      line('took, s', ({ seconds }) => whole(seconds)),
    ]),
    ...all.flatMap((report) => [
      '',
      `Longest, queues in ${report.queues}: ${longest(report).disaster}`,
      ...report.verdict.wrong.slice(0, 40).map((one) => `  ${one}`),
    ]),
  ].join('\n')
}
