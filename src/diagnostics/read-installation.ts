import { availableParallelism, totalmem } from 'node:os'
import type { Context } from '../context.js'
import { appliedMigrations } from '../db/migrate.js'
import { type Waiting, whatWaits } from '../db/queries/what-waits.js'

/** The installation as its database and this process see it. */
export interface Installation {
  readonly database: { readonly version: string; readonly bytes: number }
  readonly migrations: { readonly applied: number; readonly newest: string | null; readonly pending: readonly string[] }
  readonly waiting: readonly Waiting[]
  readonly workspaces: number
  readonly process: { readonly node: string; readonly memoryBytes: number; readonly upSeconds: number }
  readonly machine: { readonly cpus: number; readonly memoryBytes: number }
}

/** For operators: nothing of it is any one workspace's. */
export async function readInstallation({ db, now }: Context): Promise<Installation> {
  const [facts, migrations, waiting] = await Promise.all([
    db.raw<{ rows: [{ version: string; bytes: number; workspaces: number }] }>(
      `select current_setting('server_version') as version, pg_database_size(current_database())::int8 as bytes,
         (select count(*)::int8 from workspaces) as workspaces`,
    ),
    appliedMigrations(db),
    whatWaits(db, now()),
  ])
  const [{ version, bytes, workspaces }] = facts.rows
  return {
    database: { version, bytes },
    migrations,
    waiting,
    workspaces,
    process: { node: process.versions.node, memoryBytes: process.memoryUsage.rss(), upSeconds: process.uptime() },
    machine: { cpus: availableParallelism(), memoryBytes: totalmem() },
  }
}
