import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { describeMachine, redisVersion } from '../bench/machine.js'
import { decimals, table, whole } from '../bench/table.js'
import { type DrillReport, drill } from './drill.js'

/**
 * `npm run drills -- [--short] [--lives 2000] [--rounds 32] [--queues redis|postgres] [--only WORDS] [--seed a] [--json FILE]`
 *
 * Breaks everything that can break while thousands of renewals fail, and compares what the product made of them with what
 * truly happened. Exit status 1 when anything is lost, wrong, sent twice or missing.
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
const lives = Number(values.lives ?? (values.short ? 150 : 2_000))
const rounds = Number(values.rounds ?? (values.short ? 8 : 32))
const onRedis = redisVersion() !== null
const backends = (['redis', 'postgres'] as const).filter(
  (name) => (values.queues === undefined || values.queues === name) && (name === 'postgres' || onRedis),
)

const reports: DrillReport[] = []
for (const queues of backends) {
  console.log(`Queues in ${queues}, seed ${values.seed}, ${lives} lives, ${rounds} disasters:`)
  reports.push(
    await drill({ queues, seed: values.seed, lives, rounds, only: values.only, tell: (line) => console.log(line) }),
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
