import { readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import { messageOf, StartError } from '../errors.js'
import type { Db } from './knex.js'

const FOLDER = new URL('../../migrations/', import.meta.url)

/**
 * Names migrations without their file ending: Knex stores the name, and the same database takes migrations from source
 * (`.ts`) and from the build (`.js`).
 */
export const migrationSource: Knex.MigrationSource<string> = {
  async getMigrations() {
    const files = await readdir(fileURLToPath(FOLDER))
    return files.filter((file) => /^\d{4}-.*(?<!\.d)\.(ts|js)$/.test(file)).sort()
  },
  getMigrationName: (file) => file.slice(0, -extname(file).length),
  getMigration: (file) => import(pathToFileURL(fileURLToPath(new URL(file, FOLDER))).href),
}

// "SecondLoop migrates", as a number of our own.
const ADVISORY_LOCK = 5_310_117

/**
 * Brings the database to the newest shape. Safe to run from several processes at once: one migrates, the others wait.
 * Knex marks its lock in a row that a killed process leaves behind; ours goes with the connection, so whoever holds it
 * may clear that row.
 *
 * @returns the names of what was applied
 * @throws StartError that names the migration that failed; what had been applied before it stays.
 */
export async function migrate(db: Db): Promise<string[]> {
  try {
    return await db.transaction(async (lock) => {
      await lock.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK])
      await db.migrate.forceFreeMigrationsLock({ migrationSource })
      return await upToDate(db)
    })
  } catch (error) {
    const pending = await pendingMigration(db)
    throw new StartError(
      `Migration ${pending ?? 'of the database'} failed: ${messageOf(error)}\n` +
        'The database stays as it was before this migration. Mend the cause and start again.',
      { cause: error },
    )
  }
}

/** Of this version, oldest first. */
export async function migrationNames(): Promise<string[]> {
  return (await migrationSource.getMigrations([])).map((file) => migrationSource.getMigrationName(file))
}

/** Brings an empty database to the shape that it had with this migration, and no further. */
export async function migrateThrough(db: Db, last: string): Promise<void> {
  for (const name of await migrationNames()) {
    const { applied } = await appliedMigrations(db)
    if ((await migrationNames()).indexOf(last) < applied) return
    await db.migrate.up({ migrationSource })
    if (name === last) return
  }
}

/** One at a time, each in a transaction of its own: what failed is then the first that is left. */
async function upToDate(db: Db): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    // Knex gives names here, without endings.
    const [, applied] = (await db.migrate.up({ migrationSource })) as [number, string[]]
    if (applied.length === 0) return names
    names.push(...applied)
  }
}

/** The next migration that the database lacks. `undefined`: none, or the database can't be asked. */
export async function pendingMigration(db: Db): Promise<string | undefined> {
  try {
    const [, pending] = (await db.migrate.list({ migrationSource })) as [unknown, string[]]
    const first = pending[0]
    return first && migrationSource.getMigrationName(first)
  } catch {
    return undefined // The database is out of reach: the first error says why.
  }
}

/** How many migrations the database has, its newest, and those of this version that it lacks; by name. */
export async function appliedMigrations(
  db: Db,
): Promise<{ readonly applied: number; readonly newest: string | null; readonly pending: readonly string[] }> {
  const [applied, pending] = (await db.migrate.list({ migrationSource })) as [{ name: string }[], string[]]
  return {
    applied: applied.length,
    newest: applied.at(-1)?.name ?? null,
    pending: pending.map((file) => migrationSource.getMigrationName(file)),
  }
}
