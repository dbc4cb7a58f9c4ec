import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../simulator/faults.js'
import type { Program } from './program.js'
import type { Site } from './site.js'

/** Something that breaks, and is well again when `strike` is over. */
export interface Disaster {
  readonly name: string
  readonly needs?: 'redis'
  /** The short form has it too. */
  readonly inShort?: true
  strike(site: Site): Promise<void>
}

/** How long something is down, in milliseconds: a platform takes about as long to notice. */
const DOWN_MS = 1_500
const OUTAGE_MS = 5_000
const MINUTE = 60_000

const kill = async (programs: readonly Program[], downMs = DOWN_MS) => {
  await Promise.all(programs.map((one) => one.stop('SIGKILL')))
  await sleep(downMs)
  await Promise.all(programs.map((one) => one.start()))
}

/** Every way in which an API of others fails, each for some of the calls, all at once. */
const MISBEHAVIOURS: readonly Omit<Fault, 'route'>[] = [
  { kind: 'status', status: 429, retryAfter: 1, share: 0.2 },
  { kind: 'status', status: 500, share: 0.2 },
  { kind: 'reset', share: 0.2 },
  { kind: 'cut', share: 0.2 },
  { kind: 'hang-after', share: 0.2 },
  { kind: 'drop', share: 0.2 },
  { kind: 'hang', share: 0.2 },
]

const misbehave = async ({ simulators }: Site, who: 'stripe' | 'mail', route: string) => {
  const taken = MISBEHAVIOURS.map((fault) => simulators[who].faults.add({ route, ...fault }))
  await sleep(OUTAGE_MS)
  for (const takeBack of taken) takeBack()
}

export const DISASTERS: readonly Disaster[] = [
  { name: 'one web process killed', strike: ({ webs }) => kill(webs.slice(0, 1)) },
  { name: 'one worker killed', strike: ({ workers }) => kill(workers.slice(0, 1)) },
  { name: 'Stripe answers 429, 500, half a body or nothing', strike: (site) => misbehave(site, 'stripe', '* /v1/*') },
  { name: 'Postgres killed', inShort: true, strike: killPostgres },
  {
    name: 'Redis flushed',
    needs: 'redis',
    inShort: true,
    async strike({ redis }) {
      await redis?.flush()
    },
  },
  {
    name: 'mail provider answers 429, 500, half a body or nothing',
    inShort: true,
    strike: (site) => misbehave(site, 'mail', 'POST /emails*'),
  },
  { name: 'disk writes fail', strike: failWrites },
  { name: 'all workers killed', strike: ({ workers }) => kill(workers) },
  {
    name: 'Redis killed, comes back empty',
    needs: 'redis',
    async strike({ redis }) {
      await redis?.kill()
      await sleep(DOWN_MS)
      await redis?.start()
    },
  },
  { name: 'all clocks leap six hours', strike: async ({ clocks }) => clocks.leap(360 * MINUTE) },
  { name: 'all web processes killed', strike: ({ webs }) => kill(webs) },
  { name: 'Postgres restarted', strike: (site) => site.restartPostgres() },
  { name: "one worker's clock ten minutes fast, then ten slow", strike: (site) => wrongClock(site, 'worker-1') },
  { name: "one web process's clock ten minutes fast, then ten slow", strike: (site) => wrongClock(site, 'web-1') },
  { name: 'web and worker asked to stop', strike: askToStop },
  { name: 'everything killed at once', inShort: true, strike: powerCut },
]

async function killPostgres(site: Site): Promise<void> {
  const pid = await site.postmaster()
  if (pid) process.kill(pid, 'SIGKILL')
  await untilPostgresAnswers(site)
}

async function powerCut(site: Site): Promise<void> {
  const { redis, webs, workers } = site
  const pid = await site.postmaster()
  if (pid) for (const one of familyOf(pid)) killHard(one)
  await Promise.all([redis?.kill(), ...[...webs, ...workers].map((one) => one.stop('SIGKILL'))])
  await sleep(DOWN_MS)
  await redis?.start()
  await untilPostgresAnswers(site)
  await Promise.all([...webs, ...workers].map((one) => one.start()))
}

async function askToStop({ webs, workers }: Site): Promise<void> {
  const both = [...webs.slice(-1), ...workers.slice(-1)]
  await Promise.all(both.map((one) => one.stop('SIGTERM')))
  await Promise.all(both.map((one) => one.start()))
}

async function wrongClock({ clocks }: Site, name: string): Promise<void> {
  for (const off of [10 * MINUTE, -10 * MINUTE, 0]) {
    clocks.set(name, off)
    await sleep(off === 0 ? 0 : OUTAGE_MS / 2)
  }
}

/** So large may a file become for Postgres: less than its log of changes already is. */
const NO_ROOM = 65_536

/** No process of Postgres may write beyond a file's first bytes: a full disk, as Postgres sees it. */
async function failWrites(site: Site): Promise<void> {
  const failedBefore = await failedWrites(site)
  const until = Date.now() + OUTAGE_MS
  while (Date.now() < until) {
    await limitFiles(site, String(NO_ROOM))
    await sleep(100)
  }
  await limitFiles(site, 'unlimited')
  await untilPostgresAnswers(site)
  await limitFiles(site, 'unlimited')
  if ((await failedWrites(site)) === failedBefore) throw new Error('No write of Postgres failed')
}

/** EFBIG, in the words of libc. */
const failedWrites = async (site: Site) => (await site.postgresLog()).split('File too large').length

/** Only whoever a process runs as may limit it, and root's Postgres runs as nobody. */
async function limitFiles(site: Site, size: string): Promise<void> {
  const pid = await site.postmaster()
  for (const one of pid ? familyOf(pid) : []) {
    const account = await stat(`/proc/${one}`).catch(() => null)
    if (!account) continue // It has ended meanwhile.
    const { gid, uid } = account
    const { error } = spawnSync('prlimit', ['--pid', String(one), `--fsize=${size}:unlimited`], { uid, gid })
    if (error) throw new Error('Disk faults need prlimit, of util-linux', { cause: error })
  }
}

/** A process and its living children. */
function familyOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((one) => one > 0 && parentOf(one) === pid)
  return [pid, ...children]
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with its parent.
  }
}

const POSTGRES_BACK_WITHIN_MS = 60_000

async function untilPostgresAnswers({ context }: Site): Promise<void> {
  const deadline = Date.now() + POSTGRES_BACK_WITHIN_MS
  for (;;) {
    try {
      await context.db.raw('select 1')
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}
