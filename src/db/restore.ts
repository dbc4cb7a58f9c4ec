import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Entry, open, type ZipFile } from 'yauzl'
import { z } from 'zod'
import { messageOf, StartError } from '../errors.js'
import { fileOf, MANIFEST } from './backup.js'
import { connect } from './knex.js'
import { migrate, migrateThrough, migrationNames } from './migrate.js'
import { columnsOf, type Manifest, migrationsOf, tablesOf } from './tables.js'

const manifestSchema = z.object({
  product: z.literal('SecondLoop'),
  format: z.literal(1),
  version: z.string(),
  madeAt: z.iso.datetime(),
  migrations: z.array(z.string()).min(1),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1), rows: z.int().nonnegative() })),
})

/** What is done with a restored database before anybody can use it. */
type After = (client: pg.Client, manifest: Manifest) => Promise<void>

/**
 * Puts a backup into an empty database, whole or not at all, and brings it to this version.
 *
 * @param after runs in the transaction that restores: what it throws leaves the database empty
 * @throws StartError that says why not and what to do: no whole backup, one of a newer version, a database that is in use
 *   or not empty
 */
export async function readBackup(databaseUrl: string, file: string, after: After): Promise<Manifest> {
  const backup = await openBackup(file)
  const db = connect(databaseUrl, { max: 2, name: NAME })
  const client = new pg.Client({ connectionString: databaseUrl, application_name: NAME })
  try {
    const { manifest } = backup
    const newest = manifest.migrations.at(-1) ?? ''
    if (!(await migrationNames()).includes(newest)) {
      throw new StartError(
        `The backup was made by a newer SecondLoop, ${manifest.version}: this one does not know its ${newest}. ` +
          'Restore it with that version.',
      )
    }
    await client.connect()
    await insistAlone(client)
    await migrateThrough(db, newest)
    await client.query('begin')
    await insistEmpty(client, manifest)
    await load(client, backup)
    await after(client, manifest)
    await client.query('commit')
    await migrate(db)
    return manifest
  } finally {
    backup.zip.close()
    await client.end()
    await db.destroy()
  }
}

const NAME = 'secondloop-restore'

interface Backup {
  readonly zip: ZipFile
  readonly manifest: Manifest
  read(name: string): Promise<Readable>
}

async function openBackup(file: string): Promise<Backup> {
  const cannot = (why: string, cause?: unknown) =>
    new StartError(`${file} is no whole backup of SecondLoop: ${why}. Take another.`, { cause })
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open(file, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened))),
  ).catch((error: unknown) => {
    throw cannot(messageOf(error), error)
  })
  try {
    const entries = new Map<string, Entry>()
    await new Promise<void>((resolve, reject) => {
      zip.on('entry', (entry: Entry) => {
        entries.set(entry.fileName, entry)
        zip.readEntry()
      })
      zip.once('end', resolve).once('error', reject)
      zip.readEntry()
    })
    const read = (name: string) =>
      new Promise<Readable>((resolve, reject) => {
        const entry = entries.get(name)
        if (!entry) return reject(cannot(`it lacks ${name}`))
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)))
      })
    const manifest = manifestSchema.safeParse(JSON.parse(await text(await read(MANIFEST))))
    if (!manifest.success) throw cannot('its manifest says something else')
    return { zip, manifest: manifest.data, read }
  } catch (error) {
    zip.close()
    throw error instanceof StartError ? error : cannot(messageOf(error), error)
  }
}

/** Processes that run would read half of it, and act on it. */
async function insistAlone(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name like 'secondloop%' and application_name <> $1`,
    [NAME],
  )
  if (rows.length > 0) throw new StartError('SecondLoop runs on this database. Stop all its processes, then restore.')
}

async function insistEmpty(client: pg.Client, { migrations }: Manifest): Promise<void> {
  const { rows } = await client.query('select from owners limit 1')
  if (rows.length > 0) {
    throw new StartError(
      'This database is not empty, and a restore replaces nothing. Set DATA_DIR to a folder that does not exist yet, ' +
        'or move the old one away.',
    )
  }
  if ((await migrationsOf(client)).length !== migrations.length) {
    throw new StartError(
      'This database has the shape of a newer version than the backup. Set DATA_DIR to a folder that does not exist ' +
        'yet: the restore brings it to this version.',
    )
  }
}

/** References are checked when all is there, and by that the order of the tables does not matter. */
async function load(client: pg.Client, { manifest, read }: Backup): Promise<void> {
  const { rows: references } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  )
  for (const { name, table } of references) await client.query(`alter table ${table} drop constraint ${name}`)
  const here = await tablesOf(client)
  for (const { columns, name, rows } of manifest.tables) {
    if (!here.includes(name)) throw new StartError(`The backup holds a table that nobody knows: ${name}`)
    const known = await columnsOf(client, name)
    const unknown = columns.find((column) => !known.includes(column))
    if (unknown) throw new StartError(`The backup holds a column that nobody knows: ${name}.${unknown}`)
    const table = client.escapeIdentifier(name)
    await client.query(`delete from ${table}`) // What migrations put there stands in the backup.
    const list = columns.map((column) => client.escapeIdentifier(column)).join(', ')
    const copy = client.query(copyFrom(`copy ${table} (${list}) from stdin`))
    await pipeline(await read(fileOf(name)), copy)
    if (copy.rowCount !== rows) throw new StartError(`${name} has ${copy.rowCount} rows in the backup, not ${rows}`)
  }
  for (const { definition, name, table } of references)
    await client.query(`alter table ${table} add constraint ${name} ${definition}`)
  await continueSequences(client)
}

/** New rows go on behind the restored ones. */
async function continueSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select owner.relname as table, attname as column, sequence.oid::regclass::text as sequence
     from pg_class sequence
     join pg_depend on pg_depend.objid = sequence.oid and deptype in ('a', 'i') and refclassid = 'pg_class'::regclass
     join pg_class owner on owner.oid = refobjid
     join pg_attribute on attrelid = refobjid and attnum = refobjsubid
     where sequence.relkind = 'S' and sequence.relnamespace = 'public'::regnamespace
       and owner.relname not like 'knex\\_%'`,
  )
  for (const { column, sequence, table } of rows) {
    const [of, key] = [table, column].map((name) => client.escapeIdentifier(name))
    await client.query(`select setval($1, coalesce((select max(${key}) from ${of}), 0) + 1, false)`, [sequence])
  }
}
