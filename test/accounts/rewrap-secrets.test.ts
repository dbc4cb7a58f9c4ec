import { randomBytes } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkSecretKey } from '../../src/accounts/check-secret-key.js'
import { rewrapSecrets } from '../../src/accounts/rewrap-secrets.js'
import type { Context } from '../../src/context.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { createCipher } from '../../src/secrets/cipher.js'
import { placeIn, SEALED_COLUMNS } from '../../src/secrets/sealed-columns.js'
import { killLeftovers, runCommand } from '../e2e/processes.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { aStoredEvent, aWorkspace, failedInvoice } from '../support/factories.js'
import { aStoredSender } from '../support/stored-sender.js'

const database = useDatabase()
const OLD = randomBytes(32)
const NEW = randomBytes(32)

const withKeys = (...keys: [Buffer, ...Buffer[]]): Context => ({
  ...fakeContext({ db: database.db }),
  cipher: createCipher(keys),
})

/** A workspace that has something in every sealed column, all of it sealed with the old key. */
async function aFullWorkspace() {
  const context = withKeys(OLD)
  const workspace = await aWorkspace(context)
  await processEvent(
    context,
    await aStoredEvent(context, workspace, 'invoice.payment_failed', failedInvoice('2026-10-28.endive')),
  )
  await deliverTouches(context, { workspaceId: workspace.id })
  await aStoredSender(context, workspace.id)
  return workspace
}

/** Every sealed text, opened: what a process with these keys can read. */
async function everything(context: Context): Promise<string[]> {
  const texts: string[] = []
  for (const column of SEALED_COLUMNS) {
    const rows = await database.db(column.table).whereNotNull(column.column).orderBy('id')
    texts.push(
      ...rows.map((row) =>
        context.cipher.open(row[column.column], placeIn(column, String(row[column.workspaceColumn]))),
      ),
    )
  }
  return texts
}

beforeEach(() => database.db('owners').delete())
afterAll(killLeftovers)

describe('changing the secret key', () => {
  it('knows every sealed column of the schema', async () => {
    const columns = await database
      .db('information_schema.columns')
      .where({ table_schema: 'public' })
      .where('column_name', 'like', '%\\_sealed')
      .select('table_name', 'column_name')
    expect(columns.map((row) => `${row.table_name}.${row.column_name}`).sort()).toEqual(
      SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort(),
    )
  })

  it('leaves everything readable with the new key alone', async () => {
    await aFullWorkspace()
    const before = await everything(withKeys(OLD))
    expect(before.length).toBeGreaterThanOrEqual(SEALED_COLUMNS.length)

    const columns = await rewrapSecrets(withKeys(NEW, OLD))

    expect(columns.map(({ rewrapped }) => rewrapped)).toEqual(SEALED_COLUMNS.map(() => 1))
    expect(await everything(withKeys(NEW))).toEqual(before)
    await checkSecretKey(withKeys(NEW))
  })

  it('changes nothing the second time, and goes on where it was stopped', async () => {
    await aFullWorkspace()
    await aFullWorkspace()
    const stopped = rewrapSecrets(withKeys(NEW, OLD), () => {
      throw new Error('killed')
    })
    await expect(stopped).rejects.toThrow('killed')

    const rest = await rewrapSecrets(withKeys(NEW, OLD))
    expect(rest.map(({ rewrapped }) => rewrapped)).toEqual(SEALED_COLUMNS.map((_, n) => (n === 0 ? 0 : 2)))
    const again = await rewrapSecrets(withKeys(NEW, OLD))
    expect(again.map(({ rewrapped }) => rewrapped)).toEqual(SEALED_COLUMNS.map(() => 0))
  })

  it('leaves empty what is empty: a sender without a webhook, a connection without a key', async () => {
    const workspace = await aFullWorkspace()
    const row = { workspace_id: workspace.id }
    await database.db('senders').where(row).update({ webhook_secret_sealed: null })
    await database.db('stripe_connections').where(row).update({ api_key_sealed: null, replaced_at: new Date() })

    const columns = await rewrapSecrets(withKeys(NEW, OLD))

    const isEmpty = (name: string) =>
      ['senders.webhook_secret_sealed', 'stripe_connections.api_key_sealed'].includes(name)
    expect(columns).toEqual(columns.map(({ name }) => ({ name, rewrapped: isEmpty(name) ? 0 : 1, unreadable: 0 })))
    expect(await everything(withKeys(NEW))).toHaveLength(SEALED_COLUMNS.length - 2)
    await checkSecretKey(withKeys(NEW))
  })

  it('seals each text once when it runs twice at once', async () => {
    for (let n = 0; n < 5; n += 1) await aFullWorkspace()
    const before = await everything(withKeys(OLD))

    const both = await Promise.all([rewrapSecrets(withKeys(NEW, OLD)), rewrapSecrets(withKeys(NEW, OLD))])

    const total = both.flat().reduce((sum, { rewrapped }) => sum + rewrapped, 0)
    expect(total).toBe(5 * SEALED_COLUMNS.length)
    expect(await everything(withKeys(NEW))).toEqual(before)
  })

  it('never writes an old text over one that a process saved meanwhile', async () => {
    const workspace = await aFullWorkspace()
    const context = withKeys(NEW, OLD)
    const place = { workspaceId: workspace.id, field: 'stripe_connections.api_key' }
    const owner = await database.db.transaction()
    await owner('stripe_connections')
      .where({ workspace_id: workspace.id })
      .update({ api_key_sealed: createCipher([OLD]).seal('rk_test_another', place) })
    const rewrapping = rewrapSecrets(context)
    await eventually(async () => {
      const { rows } = await database.db.raw(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    await owner.commit()
    await rewrapping

    const row = await database.db('stripe_connections').where({ workspace_id: workspace.id }).first()
    expect(withKeys(NEW).cipher.open(row.api_key_sealed, place)).toBe('rk_test_another')
  })

  it('counts what opens with neither key and leaves it as it is', async () => {
    await aFullWorkspace()
    const columns = await rewrapSecrets(withKeys(NEW))

    expect(columns.map(({ unreadable }) => unreadable)).toEqual(SEALED_COLUMNS.map(() => 1))
    expect(await everything(withKeys(OLD))).toHaveLength(SEALED_COLUMNS.length)
  })

  it('is a command that counts on standard error and shows no secret', async () => {
    const workspace = await aFullWorkspace()
    const secrets = await everything(withKeys(OLD))
    const command = (environment: Record<string, string>) =>
      runCommand('src/commands/rewrap-secrets.ts', { DATABASE_URL: database.url, ...environment })
    const keys = { SECRET_KEY: NEW.toString('base64'), SECRET_KEY_PREVIOUS: OLD.toString('base64') }

    const ended = await command(keys)

    expect(ended).toMatchObject({ status: 0, stdout: '' })
    expect(ended.stderr).toContain('mails.content_sealed: 1 sealed anew')
    expect(ended.stderr).toContain('Nothing is left under another key')
    for (const secret of [...secrets, ...Object.values(keys), workspace.id]) expect(ended.stderr).not.toContain(secret)
    expect(await everything(withKeys(NEW))).toEqual(secrets)

    const lost = await command({ SECRET_KEY: OLD.toString('base64') })
    expect(lost.status).toBe(1)
  }, 60_000)
})
