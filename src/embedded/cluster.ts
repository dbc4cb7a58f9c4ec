import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './account.js'
import { buildFolder } from './build-folder.js'
import { cannotRun, codeOf } from './cannot-run.js'
import { asArguments, runProgram } from './run-program.js'

/** A Postgres cluster, in a folder with what we keep beside it. Only `data` belongs to whom Postgres runs as. */
export interface Cluster {
  folder: string
  data: string
  log: string
  holders: string
}

/** Name of the role and of its database. */
const NAME = 'secondloop'

export function clusterIn(folder: string): Cluster {
  return { folder, data: join(folder, 'data'), log: join(folder, 'server.log'), holders: join(folder, 'holders') }
}

/**
 * Makes a cluster with a role, its database and a generated password. With `settings.fsync` off it is not waited for
 * until all is on the disk.
 */
export async function createCluster(
  cluster: Cluster,
  { binaries, account, settings }: { binaries: string; account: Account | undefined; settings: Record<string, string> },
): Promise<void> {
  await buildFolder(cluster.folder, async (folder) => {
    const { data, holders } = clusterIn(folder)
    const password = passwordFile(folder)
    await writeFile(password, randomBytes(24).toString('hex'), { mode: 0o600 })
    await mkdir(holders, { mode: 0o700 })
    await mkdir(data, { mode: 0o700 })
    if (account) {
      await chmod(folder, 0o711)
      await chown(data, account.uid, account.gid)
      await chown(password, account.uid, account.gid)
    }
    await runProgram(
      join(binaries, 'bin', 'initdb'),
      [
        `--pgdata=${data}`,
        `--username=${NAME}`,
        `--pwfile=${password}`,
        '--auth-host=scram-sha-256',
        '--auth-local=scram-sha-256',
        '--encoding=UTF8',
        // Postgres's own collation: alike on every system, whichever locales that has.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
        ...(settings.fsync === 'off' ? ['--no-sync'] : []),
      ],
      account,
    )
    const alone = ['--single', '-D', data, ...asArguments({ exit_on_error: 'on', ...settings }), 'postgres']
    await runProgram(join(binaries, 'bin', 'postgres'), alone, account, `CREATE DATABASE ${NAME}\n`)
    if (account) await chown(password, 0, 0)
  })
}

/** Throws `StartError` unless the cluster is whole, of our version, and its data belong to whom Postgres will run as. */
export async function insistUsable(cluster: Cluster, version: string, account: Account | undefined): Promise<void> {
  const uid = (await stat(cluster.data).catch(() => undefined))?.uid
  if (uid === undefined) {
    throw cannotRun(`${cluster.folder} holds no whole database`, 'Move it away to start with an empty one')
  }
  if (uid !== (account?.uid ?? process.geteuid?.())) {
    throw cannotRun(`${cluster.data} belongs to user id ${uid}`, 'Start SecondLoop as the user that made it')
  }
  const made = (await textOf(join(cluster.data, 'PG_VERSION')))?.trim()
  const major = version.split('.')[0]
  if (made !== major) {
    throw cannotRun(
      `the data in ${cluster.data} are of Postgres ${made ?? '(unknown)'}, this SecondLoop brings ${major}`,
      'Dump them with the SecondLoop that made them and restore them in a new DATA_DIR',
    )
  }
}

/** The connection string for the server on `port`. */
export async function urlOf(cluster: Cluster, port: number): Promise<string> {
  return `postgres://${NAME}:${await readFile(passwordFile(cluster.folder), 'utf8')}@127.0.0.1:${port}/${NAME}`
}

/** The port used last: kept so that a connection string noted somewhere stays good. */
export async function lastPort(cluster: Cluster): Promise<number | undefined> {
  return Number(await textOf(join(cluster.folder, 'port'))) || undefined
}

export async function rememberPort(cluster: Cluster, port: number): Promise<void> {
  if (port !== (await lastPort(cluster))) await writeFile(join(cluster.folder, 'port'), `${port}\n`)
}

const passwordFile = (folder: string) => join(folder, 'password')

/** The text of a file; undefined when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}
