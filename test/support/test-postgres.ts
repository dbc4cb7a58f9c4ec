import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openQueueStore } from '../../jobs/queue.js'
import { connect } from '../../src/db/knex.js'
import { migrate } from '../../src/db/migrate.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.js'
import { createLog } from '../../src/log.js'

/** A whole database as a migrated product has it, queues included. Test files copy it. */
export const TEMPLATE = 'template_secondloop'

const run = globalThis as { testPostgres?: { postgres: EmbeddedPostgres; folder: string } }

/** A server of its own for this run, with the durability that only tests can do without. */
export async function startTestPostgres(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'secondloop-test-'))
  await chmod(folder, 0o755) // Root's Postgres runs as nobody and has to get in.
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' },
  })
  run.testPostgres = { postgres, folder }

  const admin = connect(postgres.url, { max: 1 })
  await admin.raw(`create database ${TEMPLATE}`)
  await admin.destroy()

  const templateUrl = databaseUrl(postgres.url, TEMPLATE)
  const db = connect(templateUrl)
  const store = openQueueStore({ databaseUrl: templateUrl, redisUrl: null, log: createLog('silent') })
  await migrate(db)
  await store.migrate()
  await store.close()
  await db.destroy()
  process.env.TEST_DATABASE_URL = postgres.url
}

export async function stopTestPostgres(): Promise<void> {
  await run.testPostgres?.postgres.stop()
  if (run.testPostgres) await rm(run.testPostgres.folder, { recursive: true, force: true })
}

/** The address of another database on the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
