import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { chmod, mkdtemp, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { it } from '@jest/globals'
import pg from 'pg'
import { closedTo } from '../../src/embedded/account.js'
import { clusterIn } from '../../src/embedded/cluster.js'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type Places,
  startEmbeddedPostgres,
} from '../../src/embedded/postgres.js'
import { findPostmaster } from '../../src/embedded/postmaster.js'

const repository = new URL('../..', import.meta.url).pathname
const quick = { fsync: 'off' }
/** In memory where there is room: setting up a cluster writes 40 MB. */
const ground = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir()

export const nobody = { name: 'nobody', uid: 65534, gid: 65534 }
const isRoot = process.geteuid?.() === 0
const repositoryIsOpen = isRoot && !(await closedTo(nobody, repository))

/** A test of what root does, or what another user meets; skipped, with the reason, where we are not root. */
export const itAsRoot = withReason(isRoot, 'needs root')
export const itAsAnotherUser = withReason(repositoryIsOpen, 'needs root, and a checkout that other users can read')

function withReason(can: boolean, reason: string) {
  return can ? it : (name: string, _run: () => Promise<void>) => it.skip(`${name} (skipped: ${reason})`, () => {})
}

/** What one test used. */
const folders: string[] = []
const clusters = new Set<string>()
const servers: EmbeddedPostgres[] = []
const children: ChildProcess[] = []

/** A new folder in a place that everybody can reach. */
export async function aFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(ground, 'secondloop-embedded-'))
  await chmod(folder, mode)
  folders.push(folder)
  return folder
}

export async function start(options: EmbeddedPostgresOptions, places?: Places): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ settings: quick, ...options }, places)
  servers.push(postgres)
  clusters.add(postgres.clusterDir)
  return postgres
}

interface Told {
  url: string
  adopted: boolean
  clusterDir: string
  lines: string[]
  error?: { name: string; message: string }
}

/** Starts it in a process of its own, in a group of its own: `kill` signals the group, `stop` ends it in good order. */
export async function startInAProcess(options: { dataDir: string; places?: Places }, uid?: number) {
  const script = new URL('./start-in-a-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify({ settings: quick, ...options })], {
    cwd: repository,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    ...(uid !== undefined && { uid, gid: uid }),
  })
  children.push(child)
  const [line] = await once(createInterface(child.stdout), 'line')
  const told: Told = JSON.parse(line)
  if (told.clusterDir) clusters.add(told.clusterDir)
  const ended = once(child, 'exit')
  return {
    ...told,
    async kill(signal: NodeJS.Signals = 'SIGKILL') {
      process.kill(-child.pid!, signal)
      await ended
    },
    async stop() {
      child.stdin.write('stop\n')
      await ended
    },
  }
}

export async function cleanUp(): Promise<void> {
  for (const postgres of servers.splice(0)) await postgres.stop()
  for (const child of children.splice(0)) {
    if (child.kill('SIGKILL')) await once(child, 'exit')
  }
  for (const clusterDir of clusters) {
    const left = await findPostmaster(clusterIn(clusterDir))
    if (left) await killServer(left.pid)
    await rm(clusterDir, { recursive: true, force: true })
  }
  clusters.clear()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  if (isRoot) await rmdir('/var/lib/secondloop').catch(() => {})
}

/** The server's process id, as Postgres notes it. */
export function serverPid(clusterDir: string): number {
  const file = join(clusterDir, 'data', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
}

/** Kills a server by force and waits until it is gone. */
export async function killServer(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL')
    while (readFileSync(`/proc/${pid}/cmdline`, 'utf8')) await sleep(5)
  } catch {
    // gone
  }
}

export async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 30
}
