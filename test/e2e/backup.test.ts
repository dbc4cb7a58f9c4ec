import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../src/config.js'
import { type Context, openContext } from '../../src/context.js'
import { migrate } from '../../src/db/migrate.js'
import { Session } from '../../src/db/models/session.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js'
import { removeEmbeddedPostgres } from '../../src/embedded/remove-embedded-postgres.js'
import { createLog } from '../../src/log.js'
import { dueTouches } from '../../src/recovery/due-touches.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { switchPrompts } from '../../src/recovery/switch-prompts.js'
import { aStoredEvent, aWorkspace, failedInvoice } from '../support/factories.js'
import { freePort } from '../support/free-port.js'
import { killLeftovers, runCommand } from './processes.js'

let folder: string
const dataDir = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secondloop-e2e-'))
  await chmod(folder, 0o755) // Root's Postgres runs as nobody and has to get in.
})
afterEach(killLeftovers)
afterAll(async () => {
  for (const name of ['here', 'there']) await removeEmbeddedPostgres(dataDir(name))
  await rm(folder, { recursive: true, force: true })
})

/** Does something with the installation that lives in this folder, as a process of it does. */
async function inside<Result>(name: string, act: (context: Context) => Promise<Result>): Promise<Result> {
  const postgres = await startEmbeddedPostgres({ dataDir: dataDir(name) })
  const environment = { DATA_DIR: dataDir(name), STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}` }
  const context = openContext(readConfig(environment), { databaseUrl: postgres.url, log: createLog('silent') })
  try {
    await migrate(context.db)
    return await act(context)
  } finally {
    await context.db.destroy()
    await postgres.stop()
  }
}

const run = (command: string, name: string) =>
  runCommand(`src/commands/${command}.ts`, {
    DATA_DIR: dataDir(name),
    BACKUP_FILE: join(folder, 'all.backup'),
    LOG_LEVEL: 'error',
  })

describe('an installation on its own Postgres', () => {
  it('is backed up while it runs and restored elsewhere, and writes to nobody until its owner has looked', async () => {
    const id = await inside('here', async (context) => {
      const workspace = await aWorkspace(context)
      const invoice = failedInvoice('2026-10-28.endive')
      await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', invoice))
      await Session.query(context.db).insert({
        token_hash: 'a'.repeat(64),
        owner_id: workspace.owner.id,
        user_agent: 'a browser',
        created_at: new Date(),
        expires_at: new Date(Date.now() + 3_600_000),
      })
      expect(await dueTouches(context.db, new Date())).toHaveLength(1)
      expect(await run('backup', 'here')).toMatchObject({
        status: 0,
        stdout: `${join(folder, 'all.backup')}\n`,
        stderr: expect.stringContaining('secret-key'),
      })
      return workspace.id
    })

    const without = await run('restore', 'there')
    expect(without).toMatchObject({ status: 1, stderr: expect.stringContaining('secret-key') })
    await copyFile(join(dataDir('here'), 'secret-key'), join(dataDir('there'), 'secret-key'))
    const restored = await run('restore', 'there')
    expect(restored).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('Prompts are off') })
    expect(await run('restore', 'there')).toMatchObject({ status: 1, stderr: expect.stringContaining('not empty') })

    await inside('there', async (context) => {
      const workspace = () => Workspace.query(context.db).findById(id).throwIfNotFound()
      expect(await workspace()).toMatchObject({ prompts_on_at: null, restored_at: expect.any(Date) })
      expect(await dueTouches(context.db, new Date())).toHaveLength(0)
      expect(await Session.query(context.db)).toHaveLength(0)
      await switchPrompts(context, { workspaceId: id, on: true })
      expect(await workspace()).toMatchObject({ prompts_on_at: expect.any(Date), restored_at: null })
      expect(await dueTouches(context.db, new Date())).toHaveLength(1)
    })
  }, 120_000)
})
