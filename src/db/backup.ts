import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Transform } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import yazl from 'yazl'
import { VERSION } from '../version.js'
import { columnsOf, type Manifest, migrationsOf, tablesOf } from './tables.js'

/** Every table as Postgres's COPY writes it, one file each, and last a manifest: a file that was cut off has none. */
export async function writeBackup(databaseUrl: string, file: string, now: Date): Promise<Manifest> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'secondloop-backup' })
  await client.connect()
  const draft = `${file}.unfinished`
  try {
    // One moment for all tables, whatever goes on meanwhile.
    await client.query('begin transaction isolation level repeatable read read only')
    const manifest = await writeZip(client, draft, now)
    await client.query('commit')
    await rename(draft, file)
    return manifest
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

async function writeZip(client: pg.Client, draft: string, now: Date): Promise<Manifest> {
  const zip = new yazl.ZipFile()
  // It holds addresses of people: for nobody but whoever made it.
  const output = createWriteStream(draft, { mode: 0o600, flags: 'w', flush: true })
  const written = once(output, 'close')
  const failed = new Promise<never>((_, reject) => {
    output.once('error', reject)
    zip.once('error', reject)
  })
  zip.outputStream.pipe(output)
  const tables: Manifest['tables'][number][] = []
  for (const name of await tablesOf(client)) {
    const columns = await columnsOf(client, name)
    tables.push({ name, columns, rows: await Promise.race([copyTable(client, zip, name, columns), failed]) })
  }
  const manifest: Manifest = {
    ...{ product: 'SecondLoop', format: 1, version: VERSION, madeAt: now.toISOString() },
    ...{ migrations: await migrationsOf(client), tables },
  }
  zip.addBuffer(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), MANIFEST)
  zip.end()
  await Promise.race([written, failed])
  return manifest
}

export const MANIFEST = 'manifest.json'
export const fileOf = (table: string) => `tables/${table}`

/** @returns how many rows: in COPY's text form each ends with the only line feeds that are not escaped */
async function copyTable(client: pg.Client, zip: yazl.ZipFile, name: string, columns: readonly string[]) {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ')
  const rows = client.query(copyTo(`copy (select ${list} from ${client.escapeIdentifier(name)}) to stdout`))
  let count = 0
  const counting = new Transform({
    transform(chunk: Buffer, _, done) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1
      done(null, chunk)
    },
  })
  rows.once('error', (error) => counting.destroy(error))
  zip.addReadStream(rows.pipe(counting), fileOf(name))
  await once(counting, 'end')
  return count
}
