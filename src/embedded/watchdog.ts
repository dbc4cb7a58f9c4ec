import { setTimeout as sleep } from 'node:timers/promises'
import { bringUp, type Server, type ServerPlan } from './bring-up.js'
import { cannotRun } from './cannot-run.js'
import type { Cluster } from './cluster.js'
import { isRunning } from './postmaster.js'
import { trimLog } from './server-log.js'

export interface Listeners {
  /** The server died under us and is back, on the same port, at the n-th attempt in a row. */
  onRestart?: (info: { attempt: number }) => void
  /** The server died under us and could not be brought back. */
  onGone?: (error: Error) => void
}

/** A look is a read of /proc on Linux, a run of `ps` elsewhere. */
const LOOK_EVERY = process.platform === 'linux' ? 250 : 1_000
/** Milliseconds before each attempt in a row; after the last we give up. */
const PAUSES = [0, 250, 500, 1_000, 2_000, 4_000]
/** A server that ran this long has earned all attempts again. */
const SOUND_AFTER = 60_000

/**
 * Brings a server that dies back, on its port. Never keeps our process alive by itself.
 * The function it gives ends the watch, waiting for an attempt under way.
 */
export function watch(server: Server, plan: ServerPlan, listeners: Listeners): () => Promise<void> {
  const ending = new AbortController()
  const watching = keepUp(server, { ...plan, port: server.port }, listeners, ending.signal).catch((error: Error) => {
    if (!ending.signal.aborted) listeners.onGone?.(error)
  })
  return async () => {
    ending.abort()
    await watching
  }
}

async function keepUp(server: Server, plan: ServerPlan, { onRestart }: Listeners, signal: AbortSignal): Promise<never> {
  let fault: unknown = new Error('Postgres died again after every restart')
  await untilDead(server, plan.cluster, signal)
  for (let attempt = 1; attempt <= PAUSES.length; attempt += 1) {
    await sleep(PAUSES[attempt - 1], undefined, { ref: false, signal })
    try {
      server = await bringUp(plan, signal)
    } catch (error) {
      fault = error
      continue
    }
    if (server.port !== plan.port) throw cannotRun(`its server came back on port ${server.port}`, 'Start again')
    onRestart?.({ attempt })
    if ((await untilDead(server, plan.cluster, signal)) > SOUND_AFTER) attempt = 0
  }
  throw fault
}

/** Gives how long it took, in milliseconds. */
async function untilDead(server: Server, cluster: Cluster, signal: AbortSignal): Promise<number> {
  const since = Date.now()
  // A look that fails (no file handle left) tells nothing of the server.
  while (await isRunning(server, cluster).catch(() => true)) {
    await sleep(LOOK_EVERY, undefined, { ref: false, signal })
    await trimLog(cluster.log).catch(() => {})
  }
  return Date.now() - since
}
