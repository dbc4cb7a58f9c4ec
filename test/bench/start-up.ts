import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isReady } from '../e2e/processes.js'
import { freePort } from '../support/free-port.js'
import type { Benchmark } from './benchmark.js'
import { type Spread, spreadOf } from './measure.js'
import { memoryOf } from './memory.js'
import { queueStores } from './product.js'
import type { Stage } from './stage.js'
import { table, withEnds } from './table.js'

/** By then a process has loaded what it loads by itself. */
const REST_MS = 3_000

interface Round {
  readonly readyMs: number
  readonly restMiB: number
}

interface Subject {
  readonly name: string
  start(): Promise<{ readonly child: ChildProcess; readonly readyMs: number }>
}

/** From the start of a process until `/readyz` says yes, and what it then holds at rest. Under load: see first-touch, burst. */
export const startUp: Benchmark = {
  name: 'start-up',
  async run(stage, { rounds }) {
    const measured: { name: string; readyMs: Spread; restMiB: Spread }[] = []
    for (const subject of await subjectsOn(stage)) {
      const done: Round[] = []
      await startOnce(stage, subject) // Files are read from memory from then on, and the known folder has its Postgres.
      for (let round = 0; round < rounds; round += 1) done.push(await startOnce(stage, subject))
      measured.push({
        name: subject.name,
        readyMs: spreadOf(done.map(({ readyMs }) => readyMs)),
        restMiB: spreadOf(done.map(({ restMiB }) => restMiB)),
      })
    }
    const rows = measured.map((one) => [one.name, withEnds(one.readyMs, 0), withEnds(one.restMiB, 0)])
    return {
      text: ['', table(['', 'ms until ready', 'MiB at rest'], rows)].join('\n'),
      data: { rounds, measured },
    }
  },
}

async function startOnce(stage: Stage, subject: Subject): Promise<Round> {
  const { child, readyMs } = await subject.start()
  await sleep(REST_MS)
  const restMiB = memoryOf(child.pid).nowMiB
  await stage.stop(child)
  return { readyMs, restMiB }
}

async function subjectsOn(stage: Stage): Promise<Subject[]> {
  const subjects: Subject[] = []
  for (const { name, redis } of await queueStores(stage)) {
    const shared = { ...environment(), DATABASE_URL: await stage.database(), ...(redis && { REDIS_URL: redis.url }) }
    subjects.push(
      { name: `web, ${name}`, start: () => startOn(stage, 'src/web/server', 'PORT', shared) },
      { name: `worker, ${name}`, start: () => startOn(stage, 'jobs/worker', 'WORKER_PORT', shared) },
    )
  }
  const known = await newFolder(stage)
  const everything = {
    name: 'npm start',
    start: () => startOn(stage, 'src/start', 'PORT', { ...environment(), DATA_DIR: known }),
  }
  const anew = {
    name: 'npm start, setting up its Postgres',
    start: async () => startOn(stage, 'src/start', 'PORT', { ...environment(), DATA_DIR: await newFolder(stage) }),
  }
  return [...subjects, everything, anew]
}

/** One that root's Postgres, which runs as nobody, can get into. */
async function newFolder({ folder }: Stage): Promise<string> {
  const made = join(folder, randomBytes(6).toString('hex'))
  await mkdir(made)
  return made
}

const environment = () => ({
  NODE_ENV: 'production',
  SECRET_KEY: randomBytes(32).toString('base64'),
  RESEND_API_KEY: 're_bench',
  EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
  LOG_LEVEL: 'warn',
})

async function startOn(stage: Stage, program: string, portName: string, of: Readonly<Record<string, string>>) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const child = await stage.start(program, { ...of, APP_URL: url, [portName]: String(port) }, port)
  while (!(await isReady(url))) await sleep(5)
  return { child, readyMs: performance.now() - began }
}
