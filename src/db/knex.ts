import knex, { type Knex } from 'knex'
import pg from 'pg'

/** A connection pool, or a transaction of it: whatever a query can run on. */
export type Db = Knex

const INT8 = 20

/**
 * int8 as a number: amounts are minor units and counts, both far below 2^53. Anything larger is a fault, never rounded.
 * Set on our own connections only: other users of `pg` in this process keep the driver's strings.
 */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid !== INT8) return pg.types.getTypeParser(oid, format as 'text')
    return (text: string) => {
      const value = Number(text)
      if (!Number.isSafeInteger(value)) throw new RangeError('A number from the database is too large to be exact')
      return value
    }
  },
}

const silent = () => undefined

/**
 * @param url postgres://...
 * @param max connections at most
 */
export function connect(url: string, { max = 10, name = 'secondloop' } = {}): Db {
  return knex({
    client: 'pg',
    connection: { connectionString: url, application_name: name, types } as Knex.PgConnectionConfig,
    pool: { min: 0, max },
    acquireConnectionTimeout: 10_000,
    // Faults reach the caller as errors; Knex would print them a second time, past our own log.
    log: { warn: silent, error: silent, deprecate: silent, debug: silent },
  })
}
