import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.js'
import type { Account } from './account.js'
import { cannotRun, codeOf } from './cannot-run.js'
import { type Cluster, lastPort, rememberPort } from './cluster.js'
import { findPostmaster } from './postmaster.js'
import { asArguments, surroundings } from './run-program.js'
import { openLog } from './server-log.js'

/** A server that takes connections. */
export interface Server {
  pid: number
  port: number
  /** Somebody else had started it. */
  adopted: boolean
}

export interface ServerPlan {
  cluster: Cluster
  /** The folder that holds `bin/postgres`. */
  binaries: string
  account: Account | undefined
  /** Passed on with -c. */
  settings: Record<string, string>
  /** Without one: the last, if it is free, else any. */
  port?: number | undefined
  say: (line: string) => void
}

/** With their pauses: half a minute. */
const TRIES = 100
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket: its path would be limited to 107 bytes.
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '128MB',
  // The log tells of the server's life. What is wrong with a statement is told to its sender: it may hold their data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** What passes: another start was quicker, another process ended the server, processes of a dead one linger. */
const PASSING =
  /lock file "postmaster\.pid"|database system is shut down|by SIG(INT|KILL)|pre-existing shared memory block/
const PORT_TAKEN = /could not create any TCP\/IP sockets/

/**
 * Brings a cluster's server up, or adopts the one that runs; waits for one that is starting or stopping.
 *
 * Postgres itself guards a cluster against a second server, by `postmaster.pid` and a shared memory block that goes
 * with its processes. So of many starts at once one wins and the others find its server, and there is no lock of ours
 * that could go stale.
 *
 * Throws `StartError` when it cannot; once `signal` says so, it stops what it launched and throws.
 */
export async function bringUp(plan: ServerPlan, signal?: AbortSignal): Promise<Server> {
  const { cluster, say } = plan
  const sayWhyAt = Date.now() + 3_000
  let toldWhy = false
  let launched: Launched | undefined
  let triesLeft = TRIES
  for (;;) {
    const found = await findPostmaster(cluster)
    if (found?.status === 'ready') {
      await rememberPort(cluster, found.port)
      return { pid: found.pid, port: found.port, adopted: found.pid !== launched?.pid }
    }
    if (signal?.aborted) {
      await launched?.stop()
      signal.throwIfAborted()
    }
    if (launched?.hasEnded()) {
      triesLeft -= 1
      insistWorthATry(await launched.said(), triesLeft, plan)
      launched = undefined
      await sleep(200)
    } else if (!found && !launched) {
      launched = await launch(plan)
    } else if (found && !toldWhy && Date.now() > sayWhyAt) {
      say(`Waiting for Postgres, which is ${found.status} (process ${found.pid}, ${cluster.log}).`)
      toldWhy = true
    }
    await sleep(10)
  }
}

interface Launched {
  pid: number | undefined
  hasEnded(): boolean
  said(): Promise<string>
  stop(): Promise<void>
}

async function launch({ cluster, binaries, account, settings, port }: ServerPlan): Promise<Launched> {
  const file = join(binaries, 'bin', 'postgres')
  const all = { ...SETTINGS, port: String(port ?? (await freePort(await lastPort(cluster)))), ...settings }
  const args = ['-D', cluster.data, ...asArguments(all)]
  const log = await openLog(cluster.log)
  try {
    // A session of its own: Ctrl-C at the terminal is ours to hear, and the server is then stopped orderly.
    const child = spawn(file, args, { ...surroundings(account), detached: true, stdio: ['ignore', log.fd, log.fd] })
    await once(child, 'spawn')
    child.unref()
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null
    return {
      pid: child.pid,
      hasEnded,
      said: async () => (child.signalCode ? `by ${child.signalCode}` : log.said()),
      async stop() {
        child.kill('SIGINT')
        while (!hasEnded()) await sleep(10)
      },
    }
  } catch (error) {
    throw cannotRun(`${file} could not be started: ${messageOf(error)}`, 'Mend that')
  } finally {
    await log.close()
  }
}

function insistWorthATry(said: string, triesLeft: number, { port, cluster }: ServerPlan) {
  if (PORT_TAKEN.test(said) && port !== undefined) throw cannotRun(`port ${port} is taken`, 'Free it')
  if (triesLeft > 0 && (PASSING.test(said) || PORT_TAKEN.test(said))) return
  throw cannotRun(`its server ended: ${said} (see ${cluster.log})`, 'Mend that')
}

async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1')
  try {
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (error) {
    if (wanted && codeOf(error) === 'EADDRINUSE') return freePort()
    throw error
  } finally {
    server.close()
  }
}
