import { readFileSync, unlinkSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './cannot-run.js'
import { type Cluster, textOf } from './cluster.js'
import { commandLine } from './processes.js'

/** A living server, by what it wrote in `postmaster.pid`. */
export interface Postmaster {
  pid: number
  port: number
  /** `starting`, `ready` or `stopping`. */
  status: string
}

/** A server makes the file and writes it at once: an older empty one is the remnant of a crash. */
const EMPTY_FOR_AT_MOST = 2_000
const STOPPING: [signal: NodeJS.Signals, patience: number][] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 10_000],
]

/** The server that runs on a cluster, if one does. A stale `postmaster.pid` is removed. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const file = join(cluster.data, 'postmaster.pid')
  let text = await textOf(file)
  while (text === '' && (await isFresh(file))) {
    await sleep(20)
    text = await textOf(file)
  }
  if (text === undefined) return undefined
  const [pid, , , port, , , , status] = text.split('\n')
  const postmaster = { pid: Math.abs(Number(pid)), port: Number(port), status: status?.trim() || 'starting' }
  if (await isRunning(postmaster, cluster)) return postmaster
  removeStale(file, text)
  return undefined
}

/** Whether a process is the server of a cluster: alive, no zombie, and none that merely got the dead server's pid. */
export async function isRunning({ pid }: { pid: number }, cluster: Cluster): Promise<boolean> {
  return (await commandLine(pid)).includes(` -D ${cluster.data} `)
}

/** Stops the server of a cluster: orderly, or else at once, for Postgres to mend at its next start. */
export async function shutDown(cluster: Cluster): Promise<void> {
  const postmaster = await findPostmaster(cluster)
  if (!postmaster) return
  for (const [signal, patience] of STOPPING) {
    kill(postmaster.pid, signal)
    for (const giveUpAt = Date.now() + patience; Date.now() < giveUpAt; await sleep(10)) {
      if (!(await isRunning(postmaster, cluster))) return
    }
  }
  throw new Error(`Postgres (process ${postmaster.pid}) does not stop`)
}

function kill(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

async function isFresh(file: string): Promise<boolean> {
  const made = (await stat(file).catch(() => undefined))?.mtimeMs
  return made !== undefined && Date.now() - made < EMPTY_FOR_AT_MOST
}

/** Read and removed in one go: another start may have brought up a server in the meantime, and the file is its own. */
function removeStale(file: string, text: string) {
  try {
    if (readFileSync(file, 'utf8') === text) unlinkSync(file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
