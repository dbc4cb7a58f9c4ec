import type { Db } from '../../src/db/knex.js'

/** Text of one row of one table, all columns of it. */
export interface StoredRow {
  /** `schema.table` */
  readonly table: string
  readonly text: string
}

/** Every row of every table in the given schemas, as Postgres writes rows out. */
export async function everythingStored(db: Db, schemas: readonly string[]): Promise<StoredRow[]> {
  const tables: { table_schema: string; table_name: string }[] = await db('information_schema.tables')
    .whereIn('table_schema', schemas)
    .where({ table_type: 'BASE TABLE' })
    .orderBy(['table_schema', 'table_name'])
    .select('table_schema', 'table_name')
  const stored: StoredRow[] = []
  for (const { table_name, table_schema } of tables) {
    const { rows } = await db.raw<{ rows: { text: string }[] }>('select t::text as text from ??.?? as t', [
      table_schema,
      table_name,
    ])
    stored.push(...rows.map(({ text }) => ({ table: `${table_schema}.${table_name}`, text })))
  }
  return stored
}

/** A secret, under a name that may be told. */
export type Secrets = ReadonlyMap<string, string>

/** Which secrets stand where, by name and never by value: plain, in base64, in hex, or escaped for a URL. */
export function findSecrets(secrets: Secrets, texts: readonly StoredRow[]): string[] {
  const found = new Set<string>()
  for (const [name, secret] of secrets) {
    const bytes = Buffer.from(secret)
    const spellings = [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')]
    spellings.push(encodeURIComponent(secret))
    for (const { table, text } of texts) {
      if (spellings.some((spelling) => text.includes(spelling))) found.add(`${name} in ${table}`)
    }
  }
  return [...found].sort()
}
