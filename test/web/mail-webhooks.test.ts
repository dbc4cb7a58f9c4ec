import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { connect } from '../../src/db/knex.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Mail } from '../../src/db/models/mail.js'
import type { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Suppression } from '../../src/db/models/suppression.js'
import { Touch } from '../../src/db/models/touch.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { type MailSimulator, startMail } from '../simulator/mail/index.js'
import { signatureHeaders } from '../simulator/mail/signing.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aStoredCase, aStoredTouch } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const SECRET = `whsec_${Buffer.from('a secret of the owner').toString('base64')}`
const FROM = 'SecondLoop <mail@secondloop.example>'

let context: FakeContext
let workspace: TestWorkspace
let provider: MailSimulator
let web: TestWeb

beforeEach(async () => {
  provider = await startMail({ seed: 'mail webhooks' })
  web = await serveApp((appUrl) => {
    const mail = createResendMailer({ apiKey: provider.addKey(), from: FROM, baseUrl: provider.url })
    context = fakeContext({ db: database.db, settings: { appUrl, mailWebhookSecret: SECRET }, mail })
    return context
  })
  workspace = await aWorkspace(context)
  provider.addWebhookEndpoint({ url: `${web.url}/webhooks/resend`, secret: SECRET })
})
afterEach(async () => {
  await provider.stop()
  await web.close()
})

/** A renewal of this customer fails, they are written to as far as they may be, and the provider tells what it does. */
async function aFailureOf(address: string): Promise<RecoveryCase> {
  const recoveryCase = await aStoredCase(context, workspace, { ago: 0, customer_email: address })
  await aStoredTouch(context, recoveryCase)
  await deliverTouches(context, { workspaceId: workspace.id })
  await provider.webhooks.settled()
  return recoveryCase
}
const proofOf = async ({ id }: RecoveryCase) =>
  (await CaseEntry.query(database.db).where({ case_id: id }).orderBy('id')).map(({ kind }) => kind)
const touchOf = ({ id }: RecoveryCase) => Touch.query(database.db).findOne({ case_id: id }).throwIfNotFound()
const answers = () => provider.webhooks.deliveries.map(({ lastResult }) => lastResult)

/** Posts a body as the provider does, signed now and with our secret unless said otherwise. */
function post(body: string, { secret = SECRET, seconds = Math.floor(Date.now() / 1_000), url = web.url } = {}) {
  const headers = signatureHeaders('msg_test', body, [secret], seconds)
  return fetch(`${url}/webhooks/resend`, { method: 'POST', body, headers })
}
const anEvent = (tags: Record<string, string> = {}, type = 'email.bounced') =>
  JSON.stringify({ type, created_at: new Date().toISOString(), data: { email_id: 'not-ours', tags } })

describe('a webhook of the mail provider', () => {
  it('puts the delivery on the proof', async () => {
    const recoveryCase = await aFailureOf('ada@customer.example')

    expect(await proofOf(recoveryCase)).toEqual(expect.arrayContaining(['mail_accepted', 'mail_delivered']))
    expect(answers()).toEqual([200, 200])
  })

  it.each([
    ['bounced', 'mail_bounced'],
    ['complained', 'mail_complained'],
    ['suppressed', 'mail_suppressed'],
  ] as const)('stops mail to an address that was %s, and the next touch says why', async (fate, entry) => {
    provider.fates.set('ada@customer.example', fate)
    const first = await aFailureOf('ada@customer.example')
    const second = await aFailureOf('Ada@customer.example')

    expect(await proofOf(first)).toContain(entry)
    expect(await proofOf(second)).toEqual(['touch_skipped'])
    expect(await touchOf(second)).toMatchObject({ reason: 'suppressed' })
    expect(provider.inbox.mails).toHaveLength(1)
  })

  it.each([
    ['bounced_transiently', 'mail_failed'],
    ['failed', 'mail_failed'],
    ['delayed', 'mail_held_up'],
  ] as const)('tells of a mail that was %s, and the address stays good', async (fate, entry) => {
    provider.fates.set('ada@customer.example', fate)
    const first = await aFailureOf('ada@customer.example')
    const second = await aFailureOf('ada@customer.example')

    expect(await proofOf(first)).toContain(entry)
    expect(await touchOf(second)).toMatchObject({ sent_at: expect.any(Date) })
  })

  it('ends in the same proof when each arrives twice, late and out of order', async () => {
    provider.webhooks.configure({ duplicates: 1, shuffleMs: 300 })
    provider.fates.set('ada@customer.example', 'complained')
    const recoveryCase = await aFailureOf('ada@customer.example')

    expect((await proofOf(recoveryCase)).sort()).toEqual(['mail_accepted', 'mail_complained', 'mail_delivered'])
    expect(new Set(answers())).toEqual(new Set([200]))
    expect(answers().length).toBeGreaterThan(3)
  })

  it('tells a scanner from a person, and takes neither for an opening of our own link', async () => {
    const recoveryCase = await aFailureOf('ada@customer.example')
    const id = provider.inbox.mails[0]?.id ?? ''
    const row = () => Mail.query(database.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
    provider.open(id)
    await provider.webhooks.settled()
    expect(await row()).toMatchObject({ scanned_at: expect.any(Date), opened_at: null })

    // As if that had been a while ago.
    await (await row()).$query(database.db).patch({ accepted_at: new Date(0), delivered_at: new Date(0) })
    provider.click(id, undefined, { userAgent: 'Barracuda Sentinel (EE)' })
    await provider.webhooks.settled()
    expect(await row()).toMatchObject({ clicked_at: null })

    provider.open(id)
    provider.click(id)
    await provider.webhooks.settled()
    expect(await row()).toMatchObject({ opened_at: expect.any(Date), clicked_at: expect.any(Date) })
    expect((await proofOf(recoveryCase)).sort()).toEqual([
      'mail_accepted',
      'mail_clicked',
      'mail_delivered',
      'mail_opened',
      'mail_scanned',
    ])
  })

  it('tells of a mail whose acceptance was never heard, which is then not sent again', async () => {
    provider.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
    const recoveryCase = await aFailureOf('ada@customer.example')
    context.advance(60 * 60_000)
    await deliverTouches(context, { workspaceId: workspace.id })

    expect(await proofOf(recoveryCase)).toEqual(expect.arrayContaining(['mail_accepted', 'mail_delivered']))
    expect(await touchOf(recoveryCase)).toMatchObject({ sent_at: expect.any(Date) })
    expect(provider.calls.filter(({ path }) => path === '/emails/batch')).toHaveLength(1)
  })

  it.each([
    ['a mail of another installation', anEvent({ mail: '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11' })],
    ['a mail without our tag', anEvent()],
    ['something that is no mail', anEvent({}, 'contact.created')],
    ['a type that nobody knows yet', anEvent({}, 'email.teleported')],
  ])('gets 200 and changes nothing when it tells of %s', async (_, body) => {
    expect((await post(body)).status).toBe(200)
    expect(await Suppression.query(database.db).where({ workspace_id: workspace.id })).toEqual([])
  })

  it('is refused with 400 when its signature is wrong, missing or older than five minutes', async () => {
    const other = `whsec_${Buffer.from('a secret of nobody').toString('base64')}`
    const responses = [
      await post(anEvent(), { secret: other }),
      await post(anEvent(), { seconds: Math.floor(Date.now() / 1_000) - 301 }),
      await fetch(`${web.url}/webhooks/resend`, { method: 'POST', body: anEvent() }),
      await post('signed, but no event'),
    ]
    expect(responses.map(({ status }) => status)).toEqual([400, 400, 400, 400])
  })

  it('is refused with 400 when it names a mail by what no database can look for', async () => {
    const body = JSON.stringify({ type: 'email.bounced', data: { email_id: 'a\u0000b' } })
    expect((await post(body)).status).toBe(400)
  })

  it('is refused with 400 where the secret that was saved is no base64', async () => {
    const settings = { mailWebhookSecret: 'whsec_not-base64_at-all!' }
    const misled = await serveApp((appUrl) => fakeContext({ db: database.db, settings: { ...settings, appUrl } }))
    try {
      expect((await post(anEvent(), { url: misled.url })).status).toBe(400)
    } finally {
      await misled.close()
    }
  })

  it('is refused with 413 above one mebibyte', async () => {
    expect((await post(`"${'x'.repeat(1_100_000)}"`)).status).toBe(413)
  })

  it('gets 404 where no secret is set', async () => {
    const deaf = await serveApp((appUrl) => fakeContext({ db: database.db, settings: { appUrl } }))
    try {
      expect((await post(anEvent(), { url: deaf.url })).status).toBe(404)
    } finally {
      await deaf.close()
    }
  })

  it('gets 503 with Retry-After when it could not be stored', async () => {
    const nowhere = connect('postgres://nobody@127.0.0.1:1/nothing')
    const settings = { mailWebhookSecret: SECRET }
    const lost = await serveApp((appUrl) => fakeContext({ db: nowhere, settings: { ...settings, appUrl } }))
    try {
      const response = await post(anEvent(), { url: lost.url })
      expect(response.status).toBe(503)
      expect(response.headers.get('Retry-After')).toBe('5')
    } finally {
      await lost.close()
      await nowhere.destroy()
    }
  })

  it('shows neither addresses nor secrets to the log', async () => {
    await aFailureOf('ada@customer.example')
    await post(anEvent(), { secret: `whsec_${Buffer.from('a secret of nobody').toString('base64')}` })

    const log = context.logged.join('\n')
    expect(log).toContain('a webhook of the mail provider was refused')
    expect(log).not.toMatch(/ada@|customer\.example|whsec_\w/)
  })
})
