import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from '@jest/globals'
import { connect, type Db } from '../../src/db/knex.js'
import { databaseUrl, TEMPLATE } from './test-postgres.js'

/** A fresh database for this test file: a copy of the migrated template. */
export interface TestDatabase {
  readonly db: Db
  readonly url: string
}

/** Call at the top of a test file; the database is there once its tests run, and gone after. */
export function useDatabase(): TestDatabase {
  const server = process.env.TEST_DATABASE_URL ?? ''
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const url = databaseUrl(server, name)
  const db = connect(url)
  beforeAll(async () => onServer(server, `create database ${name} template ${TEMPLATE}`))
  afterAll(async () => {
    await db.destroy()
    await onServer(server, `drop database if exists ${name} with (force)`)
  })
  return { db, url }
}

async function onServer(server: string, statement: string): Promise<void> {
  const admin = connect(server, { max: 1 })
  try {
    await admin.raw(statement)
  } finally {
    await admin.destroy()
  }
}
