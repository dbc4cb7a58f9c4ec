import type { ClientBase } from 'pg'

/** What a backup says of itself. */
export interface Manifest {
  readonly product: 'SecondLoop'
  readonly format: 1
  /** Of the program that made it. */
  readonly version: string
  /** ISO 8601, UTC. */
  readonly madeAt: string
  /** By name, oldest first: the shape that the tables had. */
  readonly migrations: readonly string[]
  readonly tables: readonly {
    readonly name: string
    readonly columns: readonly string[]
    readonly rows: number
  }[]
}

/** Our own tables; not those that say which migrations ran, nor the queues', which are bells. */
export async function tablesOf(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'knex\\_%'
     order by relname`,
  )
  return rows.map(({ name }) => name)
}

/** Without those that Postgres computes. */
export async function columnsOf(client: ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = format('public.%I', $1::text)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
     order by attnum`,
    [table],
  )
  return rows.map(({ name }) => name)
}

export async function migrationsOf(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from knex_migrations order by id')
  return rows.map(({ name }) => name)
}
