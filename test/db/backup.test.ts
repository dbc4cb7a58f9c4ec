import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeBackup } from '../../src/db/backup.js'
import { connect } from '../../src/db/knex.js'
import { migrateThrough, migrationNames } from '../../src/db/migrate.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { readBackup } from '../../src/db/restore.js'
import type { Manifest } from '../../src/db/tables.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { everythingStored } from '../e2e/everything-stored.js'
import { fakeContext, STRIPE_BASE } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice } from '../support/factories.js'
import nock from '../support/nock.js'
import { databaseUrl } from '../support/test-postgres.js'

const database = useDatabase()
const NOW = new Date('2026-11-23T10:00:00Z')
const nothingMore = async () => undefined

let folder: string
let file: string
let manifest: Manifest
const emptied: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secondloop-backup-'))
  file = join(folder, 'all.backup')
  nock(STRIPE_BASE).persist().get(/.*/).reply(503)
  const context = fakeContext({ db: database.db })
  for (const name of ['Zoë\n\t\\N "x"', '見積もり']) {
    const workspace = await aWorkspace(context)
    const invoice = failedInvoice('2026-10-28.endive', { id: `in_${randomUUID()}` })
    const key = await aStoredEvent(context, workspace, 'invoice.payment_failed', { ...invoice, customer_name: name })
    await processEvent(context, key)
    await deliverTouches(context, { workspaceId: workspace.id })
  }
  manifest = await writeBackup(database.url, file, NOW)
}, 60_000)
afterAll(async () => {
  await rm(folder, { recursive: true })
  for (const name of emptied) await onServer(`drop database if exists ${name} with (force)`)
})

async function onServer(statement: string) {
  const admin = connect(process.env.TEST_DATABASE_URL ?? '', { max: 1 })
  await admin.raw(statement).finally(() => admin.destroy())
}

/** A database with nothing in it, not even tables. */
async function anEmptyDatabase(): Promise<string> {
  const name = `empty_${randomUUID().replaceAll('-', '')}`
  emptied.push(name)
  await onServer(`create database ${name}`)
  return databaseUrl(process.env.TEST_DATABASE_URL ?? '', name)
}

async function storedIn(url: string) {
  const db = connect(url, { max: 1, name: 'looks' })
  const rows = await everythingStored(db, ['public']).finally(() => db.destroy())
  return rows.filter(({ table }) => !table.includes('knex_')).map(({ table, text }) => `${table} ${text}`)
}

describe('a backup', () => {
  it('is one file for its maker only, that says what is in it', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}.unfinished`)).toBe(false)
    expect(manifest).toMatchObject({ product: 'SecondLoop', madeAt: NOW.toISOString() })
    expect(manifest.migrations).toEqual(await migrationNames())
    const rowsOf = (name: string) => manifest.tables.find((table) => table.name === name)?.rows
    expect([rowsOf('workspaces'), rowsOf('stripe_events'), rowsOf('recovery_cases')]).toEqual([2, 2, 2])
    expect(manifest.tables.map(({ name }) => name)).not.toContain('knex_migrations')
  })

  it('comes back whole into an empty database: every row, every reference, and new rows go on behind them', async () => {
    const url = await anEmptyDatabase()
    await readBackup(url, file, nothingMore)
    expect((await storedIn(url)).sort()).toEqual((await storedIn(database.url)).sort())

    const db = connect(url, { max: 2 })
    const shape = (of: typeof db) =>
      of
        .raw(
          `select conrelid::regclass::text as table, conname, pg_get_constraintdef(oid) as definition, convalidated
           from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
        )
        .then(({ rows }: { rows: unknown[] }) => rows)
    expect(await shape(db)).toEqual(await shape(database.db))
    const context = fakeContext({ db })
    const event = await StripeEvent.query(db).findOne({}).throwIfNotFound()
    const { workspace_id: id, connection_id: connectionId } = event
    const invoice = failedInvoice('2026-10-28.endive', { id: 'in_after' })
    const key = await aStoredEvent(context, { id, connectionId } as never, 'invoice.payment_failed', invoice)
    await processEvent(context, key)
    expect(await db('recovery_cases').where({ stripe_invoice_id: 'in_after' })).toHaveLength(1)
    await db.destroy()
  })

  it('of an older version is brought to this one', async () => {
    const url = await anEmptyDatabase()
    const db = connect(url, { max: 2, name: 'made' })
    const names = await migrationNames()
    await migrateThrough(db, names.at(-3) ?? '')
    await db('owners').insert({ email: 'old@fernhill.example' })
    await db.destroy()
    const old = join(folder, 'old.backup')
    expect((await writeBackup(url, old, NOW)).migrations).toEqual(names.slice(0, -2))

    const restored = await anEmptyDatabase()
    await readBackup(restored, old, nothingMore)
    expect(await storedIn(restored)).toEqual([expect.stringContaining('old@fernhill.example')])
    const later = connect(restored, { max: 1, name: 'looks' })
    expect((await later('knex_migrations')).map(({ name }) => name)).toEqual(names)
    await later.destroy()
  })
})

describe('a restore leaves everything as it was', () => {
  const refused = async (from: string, words: RegExp) => {
    const url = await anEmptyDatabase()
    await expect(readBackup(url, from, nothingMore)).rejects.toThrow(words)
    expect((await storedIn(url)).length).toBe(0)
  }

  it('when the file is none, was cut off, or is damaged within', async () => {
    await refused(join(folder, 'nowhere'), /no whole backup.*Take another/)
    const cut = join(folder, 'cut')
    await writeFile(cut, await readFile(file))
    await truncate(cut, (await stat(file)).size - 400)
    await refused(cut, /no whole backup/)
    const damaged = join(folder, 'damaged')
    const bytes = await readFile(file)
    bytes.fill(0x55, 400, 480)
    await writeFile(damaged, bytes)
    const url = await anEmptyDatabase()
    await expect(readBackup(url, damaged, nothingMore)).rejects.toThrow()
    expect((await storedIn(url)).length).toBe(0)
  })

  it('when somebody uses the database, or there is something in it', async () => {
    const url = await anEmptyDatabase()
    const product = connect(url, { max: 1 })
    await product.raw('select 1')
    await expect(readBackup(url, file, nothingMore)).rejects.toThrow(/Stop all its processes/)
    await product.destroy()
    await readBackup(url, file, nothingMore)
    const before = await storedIn(url)
    await expect(readBackup(url, file, nothingMore)).rejects.toThrow(/not empty.*DATA_DIR/)
    expect(await storedIn(url)).toEqual(before)
  })

  it('when what comes after it fails, and then it can be tried again', async () => {
    const url = await anEmptyDatabase()
    const fails = async () => {
      throw new Error('The key is another')
    }
    await expect(readBackup(url, file, fails)).rejects.toThrow('The key is another')
    expect((await storedIn(url)).length).toBe(0)
    await readBackup(url, file, nothingMore)
    expect((await storedIn(url)).length).toBeGreaterThan(10)
  })
})
