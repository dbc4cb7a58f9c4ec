import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { rotateWebhookUrl } from '../../src/accounts/webhook-url.js'
import { readConfig } from '../../src/config.js'
import type { Context } from '../../src/context.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { createLog } from '../../src/log.js'
import { runEverything } from '../../src/run-everything.js'
import { placeIn, SEALED_COLUMNS } from '../../src/secrets/sealed-columns.js'
import { recoveryLink } from '../simulator/customers.js'
import { type Simulators, startSimulators } from '../simulator/index.js'
import { openPage, submitForm } from '../simulator/visitor.js'
import { useDatabase } from '../support/database.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { everythingStored, findSecrets, type StoredRow } from './everything-stored.js'

const database = useDatabase()
const OWNER = 'maya@fernhill.example'
const CUSTOMER = 'ada@customers.example'
const HELP = 'help@fernhill.example'

/** Everything that must be in no row, no log line and no job, by a name that may be told. */
const secrets = new Map<string, string>()
const addresses = new Map([OWNER, CUSTOMER, HELP].map((address) => [`an address (${address.split('@')[0]})`, address]))
const logged: string[] = []
let simulators: Simulators
let context: Context
let appUrl: string
let stop = async () => undefined as unknown

beforeAll(async () => {
  simulators = await startSimulators({ seed: 'secrets', stripe: { clock: { manual: true } } })
  const secretKey = randomBytes(32).toString('base64')
  const mailKey = simulators.mail.addKey()
  secrets.set('the secret key', secretKey).set('the mail provider’s key', mailKey)
  const config = readConfig({
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    RESEND_API_KEY: mailKey,
    RESEND_BASE_URL: simulators.mail.url,
    EMAIL_FROM: 'SecondLoop <mail@secondloop.example>',
    STRIPE_API_BASE: simulators.stripe.url,
    TEST_MODE_MAIL: 'customer',
    LOG_LEVEL: 'trace',
  })
  const stopping = new AbortController()
  const log = createLog('trace', { write: (line) => void logged.push(line) })
  const running = await runEverything(config, { log, stopping: stopping.signal })
  stop = async () => {
    stopping.abort()
    await running.stop()
  }
  context = running.context
  appUrl = config.appUrl
  await wholeStory()
}, 120_000)
afterAll(async () => {
  await stop()
  await simulators.stop()
})

const cookies = new Map<string, string>()

/** A browser: it keeps cookies, and names where its forms come from. */
async function browse(path: string, form?: Record<string, string>): Promise<Response> {
  const answer = await fetch(new URL(path, appUrl), {
    redirect: 'manual',
    headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; '), origin: appUrl, 'user-agent': 'Firefox' },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    cookies.set(name, value)
    if (value) secrets.set(`the cookie ${name}`, value)
  }
  return answer
}

const tokenIn = (text: string | null) => /token=([\w-]{20,})/.exec(text ?? '')?.[1] ?? ''

/** From the first visit to money that came back, over HTTP only, and some of what settings can do. */
async function wholeStory() {
  const { mail, stripe } = simulators

  await browse('/sign-in', { email: OWNER })
  const signInToken = tokenIn((await mail.inbox.next({ to: OWNER })).text)
  secrets.set('the sign-in token', signInToken)
  await browse(`/sign-in/verify?token=${signInToken}`)
  expect((await browse('/sign-in/verify', { token: signInToken })).status).toBe(302)
  const details = { name: 'Fernhill', senderName: 'Maya', timeZone: 'Europe/Berlin', replyTo: HELP }
  expect((await browse('/onboarding/workspace', details)).status).toBe(302)
  secrets.set('the confirmation token', tokenIn((await mail.inbox.next({ to: HELP })).text))

  const key = stripe.addKey()
  secrets.set('the Stripe key', key)
  expect((await browse('/onboarding/stripe', { do: 'key', key: 'sk_live_pastedByMistake0' })).status).toBe(422)
  secrets.set('a key that was refused', 'sk_live_pastedByMistake0')
  expect((await browse('/onboarding/stripe', { do: 'key', key })).status).toBe(303)
  expect((await browse('/onboarding/stripe', { do: 'endpoint' })).status).toBe(303)
  await context.db('workspaces').update({ prompts_on_at: new Date() })

  // A quiet run logs nothing: what goes wrong is what is told of.
  stripe.faults.add({ route: 'GET /v1/invoices/*', kind: 'status', status: 503, count: 3 })
  stripe.faults.add({ route: 'POST /v1/billing_portal/sessions', kind: 'status', status: 500, count: 3 })
  mail.faults.add({ route: 'POST /emails/batch', kind: 'drop', count: 1 })
  const { invoice } = stripe.failRenewal({ email: CUSTOMER, declineCode: 'expired_card' })
  const link = recoveryLink(await mail.inbox.next({ to: CUSTOMER }, 30_000)) ?? ''
  await openPage(link)
  await eventually(async () => (await openPage(link)).forms.some(({ fields }) => fields.includes('card')))
  await submitForm(await openPage(link), 'card', '4242424242424242')
  stripe.retry(invoice.id)
  await eventually(async () => (await theCase())?.outcome === 'recovered', 30_000)

  for (const column of SEALED_COLUMNS.filter(({ table }) => table !== 'mails')) {
    for (const row of await context.db(column.table)) {
      const place = placeIn(column, String(row[column.workspaceColumn]))
      secrets.set(`${column.table}.${column.column}`, context.cipher.open(row[column.column], place))
    }
  }
  const [workspace] = await context.db('workspaces')
  await rotateWebhookUrl(context, { workspaceId: workspace.id, overlapHours: 1 })
  await fetch(`${appUrl}/webhooks/stripe/${secrets.get('workspaces.webhook_token_sealed')}`, {
    method: 'POST',
    body: '{}',
  })
  await fetch(`${appUrl}/webhooks/stripe/${'x'.repeat(32)}`, { method: 'POST', body: '{}' })
}

const theCase = () => RecoveryCase.query(context.db).first()
const logs = (): StoredRow[] => logged.map((text) => ({ table: 'the log', text }))

describe('after a whole run, from sign-in to money that came back', () => {
  it('there were secrets to find, and things to look through', async () => {
    expect([...secrets.keys()]).toEqual(
      expect.arrayContaining([
        'the sign-in token',
        'the Stripe key',
        'workspaces.webhook_token_sealed',
        'stripe_connections.api_key_sealed',
        'signing_secrets.secret_sealed',
        'recovery_cases.link_token_sealed',
      ]),
    )
    expect([...secrets.keys()].filter((name) => name.startsWith('the cookie')).length).toBeGreaterThanOrEqual(2)
    for (const secret of secrets.values()) expect(secret.length).toBeGreaterThanOrEqual(16)
    const tables = new Set((await everythingStored(context.db, ['public', 'bullmq'])).map(({ table }) => table))
    for (const table of ['stripe_events', 'mails', 'case_entries', 'sessions', 'sign_in_tokens', 'signing_secrets']) {
      expect(tables).toContain(`public.${table}`)
    }
    expect([...tables].some((table) => table.startsWith('bullmq.'))).toBe(true)
    expect(logged.join()).toMatch(/did not give it.*was not answered.*gave no page|gave no portal/s)
  })

  it('no row of any table holds one of them', async () => {
    expect(findSecrets(secrets, await everythingStored(context.db, ['public', 'bullmq']))).toEqual([])
  })

  it('no log line holds one of them, or an address', () => {
    expect(findSecrets(new Map([...secrets, ...addresses]), logs())).toEqual([])
  })

  it('no job holds an address', async () => {
    expect(findSecrets(addresses, await everythingStored(context.db, ['bullmq']))).toEqual([])
  })

  it('a secret that is left lying about is found, wherever it is', async () => {
    const key = secrets.get('the Stripe key') ?? ''
    await context.db('stripe_events').update({ detail: `asked with ${key}` })
    await context.db('case_entries').update({ detail: JSON.stringify({ at: Buffer.from(key).toString('base64') }) })
    const stored = await everythingStored(context.db, ['public', 'bullmq'])
    expect(findSecrets(secrets, stored)).toEqual(
      expect.arrayContaining(['the Stripe key in public.case_entries', 'the Stripe key in public.stripe_events']),
    )
    expect(findSecrets(addresses, [{ table: 'the log', text: `{"to":"${CUSTOMER}"}` }])).toEqual([
      'an address (ada) in the log',
    ])
  })
})
