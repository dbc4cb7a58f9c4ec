import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.js'
import { burst } from './burst.js'
import { diagnostic } from './diagnostic.js'
import { drain } from './drain.js'
import { firstTouch } from './first-touch.js'
import { intake } from './intake.js'
import { describeMachine } from './machine.js'
import { mail } from './mail.js'
import { panel } from './panel.js'
import { summarizeProfiles } from './profile.js'
import { simulator } from './simulator.js'
import { openStage } from './stage.js'
import { startUp } from './start-up.js'

/**
 * `npm run bench -- [name…] [--seconds 5] [--rounds 5] [--json FILE] [--profile FOLDER]`
 *
 * Tables on standard output. Nothing here passes or fails: machines differ, so compare ratios of one run, or runs of
 * one machine.
 */

const BENCHMARKS: readonly Benchmark[] = [intake, startUp, mail, firstTouch, drain, burst, simulator, panel, diagnostic]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    profile: { type: 'string' },
  },
})
const unknown = positionals.filter((name) => !BENCHMARKS.some((one) => one.name === name))
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`,
  )
  process.exit(1)
}
const wanted = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const options = { seconds: atLeast(0.5, values.seconds), rounds: Math.round(atLeast(1, values.rounds)) }

const described = describeMachine()
const stage = await openStage(values.profile)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void stage.close().then(() => process.exit(1)))
try {
  const machine = { ...described, versions: { ...described.versions, postgres: stage.postgres.version } }
  console.log(`${machine.cpus} × ${machine.model}, ${machine.memoryMiB} MiB, ${machine.platform}, ${machine.commit}`)
  console.log(
    Object.entries(machine.versions)
      .map((pair) => pair.join(' '))
      .join(', '),
  )
  if (machine.load > machine.cpus / 2)
    console.log(`The machine is busy (load ${machine.load.toFixed(1)}): trust the CPU times more than the rates.`)
  const results: Record<string, object> = {}
  for (const { name, run } of wanted) {
    const { text, data } = await run(stage, options)
    results[name] = data
    console.log(`\n${name}: ${text}`)
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify({ at: new Date(), machine, results }, null, 2)}\n`)
} finally {
  await stage.close()
}
if (values.profile) console.log(`\nWhere the time went:\n\n${await summarizeProfiles(values.profile)}`)

function atLeast(least: number, text: string): number {
  const value = Number(text)
  if (!(value >= least)) {
    console.error(`--seconds and --rounds take numbers, not ${text}`)
    process.exit(1)
  }
  return value
}
