import { parseArgs } from 'node:util'
import { connect, type Db } from '../../src/db/knex.js'
import { decimals, table, whole } from '../bench/table.js'
import { databaseUrl, startTestPostgres, stopTestPostgres, TEMPLATE } from '../support/test-postgres.js'
import { facts } from './facts.js'
import { mailWebhook } from './mail-webhook.js'
import { grows, type Report, runTarget } from './run-target.js'
import { stripeFamilies } from './seeds.js'
import { stripeWebhook } from './stripe-webhook.js'
import type { Target } from './target.js'

/**
 * `npm run fuzz [-- --cases 100000 --seed N --only facts|stripe|mail]`
 *
 * Sends what no honest sender would to everything that reads what strangers send, and looks at what comes of it. Exit
 * status 1 when anything breaks, with the smallest case that breaks it, or when memory grows.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: '' },
  },
})
const [cases, seed] = [Number(values.cases), Number(values.seed)]
if (!(cases >= 10) || !Number.isSafeInteger(seed)) {
  console.error('--cases takes a number of at least 10, --seed a whole number')
  process.exit(1)
}

/** What needs a database costs more: most cases are of what does not. */
const families = await stripeFamilies()
const TARGETS: Readonly<Record<string, { share: number; open(db: Db): Promise<Target<never>> | Target<never> }>> = {
  facts: { share: 0.8, open: () => facts(families) as Target<never> },
  stripe: { share: 0.1, open: (db) => stripeWebhook(db, families) as Promise<Target<never>> },
  mail: { share: 0.1, open: (db) => mailWebhook(db) as Promise<Target<never>> },
}

console.log(`${whole(cases)} cases of seed ${seed}, from ${families.length} families of events`)
await startTestPostgres()
/** Whoever breaks it off hears what was found so far. */
const brokenOff = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => brokenOff.abort())
const reports: Report[] = []
try {
  for (const [name, { share, open }] of Object.entries(TARGETS)) {
    if (brokenOff.signal.aborted || !name.includes(values.only)) continue
    const db = connect(await freshDatabase(`fuzz_${name}`))
    const target = await open(db)
    console.log(`${target.name}…`)
    try {
      reports.push(await runTarget(target, { cases: Math.ceil(cases * share), seed, until: brokenOff.signal }))
    } finally {
      await target.close()
      await db.destroy()
    }
  }
} finally {
  await stopTestPostgres()
}
console.log(`\n${textOf(reports)}`)
const broken = reports.filter(({ fault, heap }) => fault !== null || grows(heap))
for (const { name, fault } of broken) console.error(`\n${fault ?? `${name}: memory grows`}`)
process.exitCode = broken.length > 0 || brokenOff.signal.aborted ? 1 : 0

async function freshDatabase(name: string): Promise<string> {
  const server = process.env.TEST_DATABASE_URL ?? ''
  const admin = connect(server, { max: 1 })
  await admin.raw(`create database ${name} template ${TEMPLATE}`)
  await admin.destroy()
  return databaseUrl(server, name)
}

function textOf(all: readonly Report[]): string {
  const head = ['target', 'cases', 'seconds', 'slowest ms', 'MiB at 10 %', '50 %', '100 %', 'faults']
  const rows = all.map(({ name, cases: tried, seconds, slowestMs, heap, fault }) => [
    name,
    whole(tried),
    whole(seconds),
    whole(slowestMs),
    ...[heap[0], heap[4], heap[9]].map((mib) => decimals(mib ?? Number.NaN, 1)),
    fault ? '1' : '0',
  ])
  const counts = all.map(({ name, counts }) => {
    const each = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, count]) => `${word} ${whole(count)}`)
    return `${name}: ${each.join(', ')}`
  })
  return [table(head, rows), '', ...counts].join('\n')
}
