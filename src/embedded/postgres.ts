import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { messageOf } from '../errors.js'
import { makeFolder, self, serverAccount } from './account.js'
import { type Binaries, findBinaries, readyBinaries } from './binaries.js'
import { bringUp, type Server, type ServerPlan } from './bring-up.js'
import { removeAbandonedDrafts } from './build-folder.js'
import { cannotRun, inWords } from './cannot-run.js'
import { clusterIn, createCluster, insistUsable, urlOf } from './cluster.js'
import { locateCluster, settleCluster } from './cluster-location.js'
import { takeHold } from './holders.js'
import { packageFor, thisPlatform } from './platform.js'
import { shutDown } from './postmaster.js'
import { type Listeners, watch } from './watchdog.js'

export interface EmbeddedPostgres {
  /** `postgres://secondloop:<password>@127.0.0.1:<port>/secondloop`. Holds a secret. */
  readonly url: string
  /** True when a living server, of an earlier process or of one that runs beside us, was taken over. */
  readonly adopted: boolean
  /** Where the cluster really lives. */
  readonly clusterDir: string
  /**
   * Lets go of the server and stops it, unless another living process still uses it: whoever started it, the last
   * to let go stops it. `leaveRunning` only lets go.
   */
  stop(options?: { leaveRunning?: boolean }): Promise<void>
}

export interface EmbeddedPostgresOptions extends Listeners {
  /** Made when missing; data stay in it between starts. */
  dataDir: string
  /** Takes words for the person at the terminal. */
  say?: (line: string) => void
  /** More settings for Postgres, for a server that this start launches. */
  settings?: Record<string, string>
  /** Default: the port used last if it is free, else a free one. A server that already runs keeps its own. */
  port?: number
}

/** Places outside the data directory; others than these in tests only. */
export interface Places {
  /** Holds clusters and binaries that root's Postgres cannot reach where they are. */
  shared: string
  /** The binaries; default: those of the installed package. */
  binaries?: Binaries
}

/**
 * Starts Postgres from npm's binaries on a data directory, or adopts the server that already runs there, and brings
 * it back when it dies. It outlives our process unless stopped; the next start then adopts it.
 *
 * Throws `StartError`, naming `DATABASE_URL` as the way out, when Postgres cannot run here.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  places: Places = { shared: '/var/lib/secondloop' },
): Promise<EmbeddedPostgres> {
  try {
    return await start(options, places)
  } catch (error) {
    throw inWords(error, options.dataDir)
  }
}

async function start(options: EmbeddedPostgresOptions, { shared, binaries }: Places): Promise<EmbeddedPostgres> {
  const { say = () => {}, settings = {}, port } = options
  const found = binaries ?? (await findBinaries(packageFor(thisPlatform())))
  const account = serverAccount(self())

  await makeFolder(resolve(options.dataDir), account)
  const dataDir = await realpath(options.dataDir)
  let folder = await locateCluster(dataDir, account, shared, say)
  const copies = account ? join(shared, 'bin') : join(dataDir, 'postgres-binaries')
  const program = { binaries: await readyBinaries(found, account, copies, say), account, settings }

  await removeAbandonedDrafts(dirname(folder))
  if (!existsSync(folder)) {
    say(`Setting up Postgres in ${folder}.`)
    await createCluster(clusterIn(folder), program)
    folder = await settleCluster(folder, dataDir)
  }
  const cluster = clusterIn(folder)
  await insistUsable(cluster, found.version, account)
  return hold({ ...program, cluster, port, say }, options)
}

async function hold(plan: ServerPlan, listeners: Listeners): Promise<EmbeddedPostgres> {
  const { cluster, say } = plan
  const held = await takeHold(cluster.holders)
  const letGo = async (leaveRunning: boolean) => {
    const last = await held.letGo()
    if (last && !leaveRunning) await shutDown(cluster)
  }
  try {
    const { server, url } = await bringUpAnswering(plan)
    if (server.adopted) say('Postgres was already running: using that.')
    const endWatch = watch(server, plan, listeners)
    let stopped: Promise<void> | undefined
    return {
      url,
      adopted: server.adopted,
      clusterDir: cluster.folder,
      stop({ leaveRunning = false } = {}) {
        stopped ??= endWatch().then(() => letGo(leaveRunning))
        return stopped
      },
    }
  } catch (error) {
    await letGo(false)
    throw error
  }
}

/** Tries a few times: the server that we found may be on its way down, stopped by the last process to hold it. */
async function bringUpAnswering(plan: ServerPlan): Promise<{ server: Server; url: string }> {
  for (let triesLeft = 10; ; triesLeft -= 1) {
    const server = await bringUp(plan)
    const url = await urlOf(plan.cluster, server.port)
    const refusal = await refusalOf(url)
    if (!refusal) return { server, url }
    if (!triesLeft) throw cannotRun(`its server runs and refuses us, saying: ${refusal}`, `See ${plan.cluster.log}`)
    await sleep(200)
  }
}

async function refusalOf(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return undefined
  } catch (error) {
    const busy = messageOf(error).includes('too many clients')
    return busy ? undefined : messageOf(error)
  } finally {
    await client.end()
  }
}
