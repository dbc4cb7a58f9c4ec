import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Owner } from '../../src/db/models/owner.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { useDatabase } from '../support/database.js'
import { type Environment, killLeftovers, runScript } from './processes.js'

/* Each command as it stands in the documents, on a Postgres of one's own. What they do in full is tested elsewhere. */

const here = useDatabase()
const there = useDatabase()
const OWNER_EMAIL = 'maya@fernhill.example'
const NEW_OWNER_EMAIL = 'maya@elsewhere.example'
const LINK = /^http:\/\/localhost:3000\/sign-in\/verify\?token=[\w-]{20,}\n$/

let simulators: Simulators
let folder: string
let installation: Environment

beforeAll(async () => {
  simulators = await startSimulators({ seed: 'commands', stripe: { clock: { manual: true } } })
  folder = await mkdtemp(join(tmpdir(), 'secondloop-e2e-'))
  installation = {
    DATABASE_URL: here.url,
    SECRET_KEY: randomBytes(32).toString('base64'),
    STRIPE_API_BASE: simulators.stripe.url,
    LOG_LEVEL: 'error',
  }
})
afterEach(killLeftovers)
afterAll(async () => {
  await simulators.stop()
  await rm(folder, { recursive: true })
})

const run = (name: string, more: Environment = {}) => runScript(name, { ...installation, ...more })

describe('the commands of package.json', () => {
  it('set up a workspace, let its owner in, and move an owner who lost the mailbox', async () => {
    const STRIPE_KEY = simulators.stripe.addKey()
    const created = await run('workspace:create', {
      OWNER_EMAIL,
      STRIPE_KEY,
      WORKSPACE_NAME: 'Fernhill',
      AUTOMATION: 'on',
    })
    expect(created).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\{"workspaceId":.*\}\n$/) })

    expect(await run('sign-in:link', { OWNER_EMAIL })).toMatchObject({ status: 0, stdout: expect.stringMatching(LINK) })
    const moved = await run('owner:address', { OWNER_EMAIL, NEW_OWNER_EMAIL })
    expect(moved).toMatchObject({ status: 0, stdout: expect.stringMatching(LINK) })
    expect(await Owner.query(here.db)).toMatchObject([{ email: NEW_OWNER_EMAIL }])
  })

  it('audit the database, and seal it anew', async () => {
    expect(await run('audit')).toMatchObject({ status: 0, stdout: expect.stringContaining('findings: 0') })

    const { SECRET_KEY: SECRET_KEY_PREVIOUS = '' } = installation
    installation = { ...installation, SECRET_KEY: randomBytes(32).toString('base64') }
    const sealed = await run('secrets:rewrap', { SECRET_KEY_PREVIOUS })
    expect(sealed).toMatchObject({ status: 0, stderr: expect.stringContaining('Nothing is left under another key') })
  })

  it('take a backup, and restore it into an empty database', async () => {
    const BACKUP_FILE = join(folder, 'all.backup')
    expect(await run('backup', { BACKUP_FILE })).toMatchObject({ status: 0, stdout: `${BACKUP_FILE}\n` })

    const restored = await run('restore', { BACKUP_FILE, DATABASE_URL: there.url })
    expect(restored).toMatchObject({ status: 0, stderr: expect.stringContaining('Prompts are off') })
    expect(await Workspace.query(there.db)).toMatchObject([{ name: 'Fernhill', prompts_on_at: null }])
  })

  it('read the 90-day diagnostic without any installation', async () => {
    const CSV_FILE = join(folder, 'rows.csv')
    const { STRIPE_API_BASE = '' } = installation
    const { stripe } = simulators
    stripe.failRenewal({ email: 'ada@customers.example', declineCode: 'expired_card' })
    const read = await runScript('diagnose', { STRIPE_API_BASE, STRIPE_KEY: stripe.addKey(), CSV_FILE })
    expect(read).toMatchObject({ status: 0, stdout: expect.stringContaining('at risk') })
    expect((await readFile(CSV_FILE, 'utf8')).trim().split('\n')).toHaveLength(2)
  })
})
