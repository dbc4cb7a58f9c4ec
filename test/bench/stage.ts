import { type ChildProcess, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect as connectTo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openQueueStore } from '../../jobs/queue.js'
import { connect } from '../../src/db/knex.js'
import { migrate } from '../../src/db/migrate.js'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js'
import { createLog } from '../../src/log.js'
import { freePort } from '../support/free-port.js'
import { build } from './build.js'

type Environment = Readonly<Record<string, string>>

export interface Server {
  readonly url: string
  readonly pid: number
}

/** What benchmarks run on: a temporary folder and processes, all gone when it closes. */
export interface Stage {
  /** Room for files, gone when it closes. */
  readonly folder: string
  /** As durable as in production. One for the whole run. */
  readonly postgres: Server & { readonly version: string }
  /** Gives the address of a new database, migrated, with the tables of the queues. */
  database(): Promise<string>
  /** A new Redis. */
  redis(): Promise<Server>
  /** Starts a program of the build, such as `src/web/server`. Give a `port` to wait until it listens there. */
  start(program: string, environment: Environment, port?: number): Promise<ChildProcess>
  /** Runs a program of the build that takes one message and answers with one. */
  ask<Answer>(program: string, order: object, environment?: Environment): Promise<Answer>
  /** The same, and leaves it to itself. */
  begin(program: string, order: object): ChildProcess
  stop(child: ChildProcess): Promise<void>
  close(): Promise<void>
}

/** @param profiles a folder for the CPU profiles of what is started, or none are made */
export async function openStage(profiles?: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'secondloop-bench-'))
  await chmod(folder, 0o755) // Root's Postgres runs as nobody and has to get in.
  const built = join(folder, 'build')
  await mkdir(built)
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
  const children = new Set<ChildProcess>()

  const profiling = profiles ? ['--cpu-prof', '--cpu-prof-dir', resolve(profiles)] : []
  const keep = (child: ChildProcess) => {
    children.add(child.once('close', () => children.delete(child)))
    return child
  }
  const surroundings = (environment: Environment) => ({ cwd: folder, env: { PATH: process.env.PATH, ...environment } })
  const stop = async (child: ChildProcess) => {
    if (!children.has(child)) return
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await closed
    clearTimeout(late)
  }
  const close = async () => {
    await Promise.all([...children].map(stop))
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await build(built)
    const postmaster = await readFile(join(postgres.clusterDir, 'data', 'postmaster.pid'), 'utf8')
    return {
      folder,
      postgres: { url: postgres.url, pid: Number(postmaster.split('\n')[0]), version: await versionOf(postgres.url) },
      database: () => newDatabase(postgres.url),
      async redis() {
        const port = await freePort()
        const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
        const child = keep(spawn('redis-server', args, { cwd: folder, stdio: 'ignore' }))
        await untilListening(port, child)
        return { url: `redis://127.0.0.1:${port}`, pid: child.pid! }
      },
      async start(program, environment, port) {
        const options = { ...surroundings(environment), stdio: ['ignore', 'ignore', 'inherit'] as const }
        const child = keep(
          spawn(process.execPath, [...profiling, join(built, `${program}.js`)], {
            ...options,
            stdio: [...options.stdio],
          }),
        )
        if (port) await untilListening(port, child)
        return child
      },
      begin(program, order) {
        const child = keep(fork(join(built, `${program}.js`), { ...surroundings({}), execArgv: [] }))
        child.send(order)
        return child
      },
      async ask<Answer>(program: string, order: object, environment: Environment = {}) {
        const child = keep(fork(join(built, `${program}.js`), { ...surroundings(environment), execArgv: [] }))
        const ended = once(child, 'close')
        child.send(order)
        const [answer] = await Promise.race([once(child, 'message'), ended.then(() => [undefined])])
        if (answer === undefined) throw new Error(`${program} ended before it answered`)
        await ended
        return answer as Answer
      },
      stop,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function versionOf(url: string): Promise<string> {
  const db = connect(url, { max: 1 })
  const { rows } = await db.raw<{ rows: { server_version: string }[] }>('show server_version')
  await db.destroy()
  return rows[0]?.server_version ?? 'unknown'
}

async function newDatabase(serverUrl: string): Promise<string> {
  const address = new URL(serverUrl)
  address.pathname = `/bench_${randomBytes(6).toString('hex')}`
  const admin = connect(serverUrl, { max: 1 })
  await admin.raw(`create database ${address.pathname.slice(1)}`)
  await admin.destroy()

  const db = connect(address.href)
  const store = openQueueStore({ databaseUrl: address.href, redisUrl: null, log: createLog('silent') })
  await migrate(db)
  await store.migrate()
  await store.close()
  await db.destroy()
  return address.href
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs[1]} ended with ${child.exitCode}`)
    if (Date.now() > deadline) throw new Error(`${child.spawnargs[1]} does not listen on port ${port}`)
    await sleep(25)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo({ port, host: '127.0.0.1' })
    const tell = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}
