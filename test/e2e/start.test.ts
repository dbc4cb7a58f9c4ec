import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect, type Db } from '../../src/db/knex.js'
import { startOf } from '../../src/embedded/processes.js'
import { FAILURE_EVENTS } from '../../src/stripe/event-types.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { databaseUrl } from '../support/test-postgres.js'
import {
  type Environment,
  freePort,
  isReady,
  killLeftovers,
  runCommand,
  type StartedProcess,
  startProcess,
  untilUp,
} from './processes.js'

const SECRET_KEY = Buffer.alloc(32, 5).toString('base64')

afterAll(killLeftovers)

describe('npm start: everything in one process, on a Postgres of its own', () => {
  let simulators: Simulators
  let dataDir: string
  let environment: Environment
  let product: StartedProcess
  let workspace: Environment
  let created: { workspaceId: string; webhookUrl: string }

  const postgresPid = () => {
    const file = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null
  }
  const createWorkspace = (changes: Environment = {}) =>
    runCommand('src/commands/create-workspace.ts', { ...environment, ...workspace, ...changes })

  beforeAll(async () => {
    simulators = await startSimulators({ seed: 'npm start', stripe: { clock: { manual: true } } })
    dataDir = await mkdtemp(join(tmpdir(), 'secondloop-e2e-'))
    await chmod(dataDir, 0o755) // As root, Postgres runs as somebody else, who must get in.
    const port = await freePort()
    environment = {
      PORT: String(port),
      APP_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: dataDir,
      RESEND_API_KEY: simulators.mail.addKey(),
      RESEND_BASE_URL: simulators.mail.url,
      EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
      STRIPE_API_BASE: simulators.stripe.url,
      TEST_MODE_MAIL: 'customer',
      LOG_LEVEL: 'warn',
    }
    workspace = {
      OWNER_EMAIL: 'maya@fernhill.example',
      WORKSPACE_NAME: 'Fernhill',
      STRIPE_KEY: simulators.stripe.addKey(),
      STRIPE_WEBHOOK_SECRET: 'whsec_npm_start',
      AUTOMATION: 'on',
    }
    product = startProcess('src/start.ts', environment)
    await untilUp(product, () => isReady(environment.APP_URL!))

    const first = await createWorkspace()
    expect(first).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\{[^\n]*\}\n$/) })
    created = JSON.parse(first.stdout)
  }, 60_000)

  afterAll(async () => {
    await product?.kill('SIGTERM')
    const left = postgresPid()
    if (left) process.kill(left, 'SIGKILL')
    await simulators?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 60_000)

  it('takes an event at the URL that workspace:create printed, and mails the customer', async () => {
    expect(Object.keys(created)).toEqual(['workspaceId', 'webhookUrl'])
    const { stripe, mail } = simulators
    stripe.addWebhookEndpoint({ url: created.webhookUrl, secret: 'whsec_npm_start', events: FAILURE_EVENTS })
    stripe.failRenewal({ email: 'ada@customers.example', declineCode: 'expired_card' })

    await stripe.webhooks.settled()
    expect(stripe.webhooks.deliveries.map(({ lastResult, tries }) => ({ lastResult, tries }))).toEqual([
      { lastResult: 200, tries: 1 },
    ])
    await mail.inbox.next({ to: 'ada@customers.example' })
  })

  it('prints the same line for the same owner, whatever else changed', async () => {
    const again = await createWorkspace({ WORKSPACE_NAME: 'Fernhill & Daughters', AUTOMATION: 'off' })
    expect(again).toMatchObject({ status: 0, stdout: `${JSON.stringify(created)}\n` })
    expect(again.stderr).not.toContain('locked')
  })

  it('refuses an unrestricted key with a sentence, and every missing variable at once', async () => {
    const unrestricted = `sk_test_${'a'.repeat(24)}`
    const [refused, missing] = await Promise.all([
      createWorkspace({ STRIPE_KEY: unrestricted }),
      runCommand('src/commands/create-workspace.ts', environment),
    ])
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('restricted key') })
    expect(refused.stderr).not.toContain(unrestricted)

    expect(missing).toMatchObject({ status: 1, stdout: '' })
    for (const name of ['OWNER_EMAIL', 'WORKSPACE_NAME', 'STRIPE_KEY']) {
      expect(missing.stderr).toMatch(new RegExp(`\\b${name} is required`))
    }
  })

  it('stores a key that Stripe does not answer for, says that /app stays locked, and keeps it locked', async () => {
    const OWNER_EMAIL = 'jonas@birchwood.example'
    const unanswered = await createWorkspace({
      OWNER_EMAIL,
      STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}`,
    })
    expect(unanswered).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\{"workspaceId":"[^"]+","webhookUrl":"[^"]+"\}\n$/),
      stderr: expect.stringContaining('/app stays locked'),
    })
    expect(await panelOf(OWNER_EMAIL)).toEqual([302, '/onboarding/stripe'])
    expect(await panelOf(workspace.OWNER_EMAIL!)).toEqual([200, null])
  })

  /** Signs the owner in with a link from the terminal. Gives the status of the panel's cases, and where they lead. */
  async function panelOf(owner: string): Promise<[status: number, location: string | null]> {
    const link = await runCommand('src/commands/sign-in-link.ts', { ...environment, OWNER_EMAIL: owner })
    const token = new URL(link.stdout.trim()).searchParams.get('token') ?? ''
    const signedIn = await fetch(`${environment.APP_URL}/sign-in/verify`, {
      method: 'POST',
      headers: { Origin: environment.APP_URL! },
      body: new URLSearchParams({ token }),
      redirect: 'manual',
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const panel = await fetch(`${environment.APP_URL}/app/cases`, { headers: { Cookie: cookie }, redirect: 'manual' })
    return [panel.status, panel.headers.get('location')]
  }

  it('stops on SIGTERM with status 0, and its Postgres with it', async () => {
    const pid = postgresPid()
    expect(await startOf(pid!)).toBeGreaterThan(0)

    expect(await product.kill('SIGTERM')).toMatchObject({ status: 0 })
    // A server whose status nobody has collected yet keeps its pid for a while, as a zombie.
    expect(await startOf(pid!)).toBeUndefined()
    expect(postgresPid()).toBeNull()
  })
})

describe('a start that can not go on', () => {
  it('lists every fault of the environment at once, and prints no value', async () => {
    const wrong: Environment = {
      PORT: '99999',
      APP_URL: 'ftp-secret-1',
      DATABASE_URL: 'mysql://root:secret-2@localhost/x',
      REDIS_URL: 'secret-3',
      SECRET_KEY: 'secret-4',
      RESEND_API_KEY: 'secret-5',
      EMAIL_FROM: 'secret-6',
      STRIPE_API_BASE: 'secret-7',
      TEST_MODE_MAIL: 'secret-8',
      LOG_LEVEL: 'secret-9',
      NODE_ENV: 'secret-10',
    }
    const { status, stdout, stderr } = await runCommand('src/start.ts', wrong)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const named = stderr.split('\n').flatMap((line) => /^ {2}- (\w+) /.exec(line)?.[1] ?? [])
    expect(named.sort()).toEqual(Object.keys(wrong).sort())
    expect(stderr).not.toMatch(/secret-|99999/)
  })

  describe('because a migration fails', () => {
    const name = 'conflicting'
    const url = databaseUrl(process.env.TEST_DATABASE_URL ?? '', name)
    let server: Db
    let db: Db
    beforeAll(async () => {
      server = connect(process.env.TEST_DATABASE_URL ?? '', { max: 1 })
      await server.raw('drop database if exists ?? with (force)', [name])
      await server.raw('create database ??', [name])
      db = connect(url, { max: 1 })
      await db.raw('create table recovery_cases (id integer)')
    })
    afterAll(async () => {
      await db.destroy()
      await server.raw('drop database ?? with (force)', [name])
      await server.destroy()
    })

    it('says which, keeps what was applied before it, and goes on once the cause is mended', async () => {
      const environment = { DATABASE_URL: url, SECRET_KEY, PORT: String(await freePort()), LOG_LEVEL: 'warn' }
      const failed = await runCommand('src/start.ts', environment)
      expect(failed).toMatchObject({ status: 1, stdout: '' })
      expect(failed.stderr).toContain('Migration 0006-create-recovery-cases failed')
      expect(await db.schema.hasTable('stripe_events')).toBe(true)

      await db.raw('drop table recovery_cases')
      const mended = await runCommand('src/commands/release.ts', environment)
      expect(mended).toMatchObject({ status: 0, stderr: expect.stringContaining('0006-create-recovery-cases') })
      expect(mended.stderr).not.toContain('0005')
    })
  })
})
