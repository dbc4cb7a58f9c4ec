import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { checkSenderNow, checkSenders } from '../../src/accounts/check-senders.js'
import { confirmAddress } from '../../src/accounts/confirm-address.js'
import { connectSender } from '../../src/accounts/connect-sender.js'
import { readSender } from '../../src/accounts/read-sender.js'
import { removeSender } from '../../src/accounts/remove-sender.js'
import { askForReplyTo } from '../../src/accounts/reply-to.js'
import { saveSenderSecret, senderWebhookUrl } from '../../src/accounts/sender-webhook.js'
import { hasToTellOwners, tellOwners } from '../../src/accounts/tell-owners.js'
import { CaseEntry } from '../../src/db/models/case-entry.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { Mail } from '../../src/db/models/mail.js'
import { Sender } from '../../src/db/models/sender.js'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { createResendMailer } from '../../src/mail/mailer.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { findPending } from '../../src/recovery/find-pending.js'
import { type MailSimulator, startMail } from '../simulator/mail/index.js'
import { signatureHeaders } from '../simulator/mail/signing.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aStoredCase, aStoredTouch } from '../support/stored-cases.js'
import { serveApp, type TestWeb } from '../support/web.js'

const database = useDatabase()
const { db } = database
const DAY = 86_400_000
const FROM = 'billing@fernhill.example'
const SECRET = `whsec_${Buffer.from('of the installation').toString('base64')}`

let context: FakeContext
let workspace: TestWorkspace
let provider: MailSimulator
let web: TestWeb
let key: string

beforeEach(async () => {
  for (const table of ['mail_pacing', 'senders']) await db(table).delete()
  provider = await startMail({ seed: 'senders', strictDomains: true })
  provider.addDomain('secondloop.test')
  provider.addDomain('fernhill.example')
  web = await serveApp((appUrl) => {
    const from = 'SecondLoop <mail@secondloop.test>'
    const mail = createResendMailer({ apiKey: provider.addKey(), from, baseUrl: provider.url })
    const settings = { appUrl, mailBaseUrl: provider.url, mailWebhookSecret: SECRET }
    context = fakeContext({ db, settings, mail })
    return context
  })
  workspace = await aWorkspace(context)
  key = provider.addKey()
})
afterEach(async () => {
  await provider.stop()
  await web.close()
})

const here = () => ({ workspaceId: workspace.id })
const connect = (more: Partial<{ apiKey: string; fromAddress: string }> = {}) =>
  connectSender(context, { ...here(), apiKey: key, fromAddress: FROM, ...more })
const sender = () => Sender.query(db).findOne({ workspace_id: workspace.id })
async function aFailure(n = 1) {
  const recoveryCase = await aStoredCase(context, workspace, { ago: 0, customer_email: `c${n}@customer.example` })
  await aStoredTouch(context, recoveryCase)
  return recoveryCase
}
const deliver = () => deliverTouches(context, here())
const inbox = () => provider.inbox.mails.map(({ to, from, subject }) => ({ to: to.join(), from, subject }))
const toCustomers = () => inbox().filter(({ to }) => to.endsWith('@customer.example'))
const toOwner = () => inbox().filter(({ to }) => to === workspace.owner.email)

describe('an own sender', () => {
  it('is taken once Resend says that its domain is verified, and sends in the workspace’s name', async () => {
    expect(await connect()).toEqual({ kind: 'connected', webhook: 'made' })
    await aFailure()
    await deliver()

    expect(toCustomers()).toMatchObject([{ from: `"Maya, Fernhill" <${FROM}>` }])
    const stored = JSON.stringify(await sender())
    expect(stored).not.toContain(key)
    expect(stored).toContain(key.slice(-4))
  })

  it('hears what became of its mails by its own webhook', async () => {
    await connect()
    const { id } = await aFailure()
    await deliver()
    await provider.webhooks.settled()
    const kinds = (await CaseEntry.query(db).where({ case_id: id })).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['mail_accepted', 'mail_delivered']))
  })

  it('is refused with the reason, and then nothing changes', async () => {
    provider.domains.setStatus('fernhill.example', 'pending')
    expect(await connect()).toEqual({
      kind: 'refused',
      field: 'fromAddress',
      reason: expect.stringMatching(/fernhill\.example yet: its records are still being checked/),
    })
    expect(await connect({ fromAddress: 'a@unknown.example' })).toMatchObject({
      field: 'fromAddress',
      reason: expect.stringMatching(/does not know it in this account/),
    })
    expect(await connect({ apiKey: 're_nobody_knows_this_key' })).toMatchObject({ field: 'apiKey' })
    expect(await connect({ apiKey: 'sk_live_1234567890' })).toMatchObject({ field: 'apiKey' })
    expect(await connect({ fromAddress: 'a@b.example\r\nBcc: all@x.example' })).toMatchObject({ field: 'fromAddress' })
    expect(await sender()).toBeUndefined()
    expect(inbox()).toEqual([])
  })

  it('says so when Resend does not answer', async () => {
    provider.faults.add({ route: 'GET /domains', kind: 'status', status: 500 })
    expect(await connect()).toEqual({ kind: 'unreachable' })
    expect(await sender()).toBeUndefined()
  })

  it('proves itself by a mail to the owner when its key may only send', async () => {
    key = provider.addKey('sending_access')
    expect(await connect()).toEqual({ kind: 'connected', webhook: 'to_be_made' })
    expect(toOwner()).toMatchObject([{ from: FROM }])
    expect(await sender()).toMatchObject({ verified_by: 'test_mail', webhook_secret_sealed: null })

    provider.domains.setStatus('fernhill.example', 'failed')
    await removeSender(context, workspace.id)
    expect(await connect()).toMatchObject({
      kind: 'refused',
      field: 'fromAddress',
      reason: expect.stringMatching(/Resend refuses them, because it is not verified or the key is for another domain/),
    })
    expect(await sender()).toBeUndefined()
  })

  it('is shown without a secret', async () => {
    expect(await readSender(context, workspace.id)).toBeNull()
    await connect()
    const shown = await readSender(context, workspace.id)
    expect(shown).toEqual({
      fromAddress: FROM,
      keyLast4: key.slice(-4),
      keySavedAt: context.now(),
      verifiedBy: 'domain',
      checkedAt: context.now(),
      withdrawn: null,
      webhookUrl: provider.webhooks.endpoints[0]?.url,
      hasWebhookSecret: true,
    })
    provider.domains.setStatus('fernhill.example', 'failed')
    await checkSenderNow(context, workspace.id)
    expect(await readSender(context, workspace.id)).toMatchObject({
      withdrawn: { since: context.now(), because: 'domain' },
    })
  })

  it('keeps its webhook when only its address changes', async () => {
    provider.addDomain('mail.fernhill.example')
    await connect()
    const url = await senderWebhookUrl(context, workspace.id)
    expect(await connect({ fromAddress: 'billing@mail.fernhill.example' })).toMatchObject({ webhook: 'made' })
    expect(provider.webhooks.endpoints.map((endpoint) => endpoint.url)).toEqual([url])

    const { id } = await aFailure()
    await deliver()
    await provider.webhooks.settled()
    expect(toCustomers()).toMatchObject([{ from: expect.stringContaining('@mail.fernhill.example') }])
    expect(await CaseEntry.query(db).where({ case_id: id, kind: 'mail_delivered' })).toHaveLength(1)
  })

  it('asks for the secret of its webhook again with a key that may be of another account, at the same URL', async () => {
    await connect()
    const url = await senderWebhookUrl(context, workspace.id)
    const before = (await sender())?.webhook_secret_sealed
    expect(await connect({ apiKey: provider.addKey('sending_access') })).toMatchObject({ webhook: 'to_be_made' })
    expect(await sender()).toMatchObject({ webhook_secret_sealed: null })
    expect(await senderWebhookUrl(context, workspace.id)).toBe(url)

    expect(await connect({ apiKey: provider.addKey() })).toMatchObject({ webhook: 'made' })
    expect(provider.webhooks.endpoints).toHaveLength(1)
    expect((await sender())?.webhook_secret_sealed).not.toBe(before)
  })

  it.each([
    ['before it was made', { kind: 'status', status: 500 }],
    ['after it was made', { kind: 'cut' }],
  ] as const)('sends though its webhook failed %s, and finishes it the next time', async (_, fault) => {
    provider.faults.add({ route: 'POST /webhooks', count: 1, ...fault })
    expect(await connect()).toEqual({ kind: 'connected', webhook: 'to_be_made' })
    await aFailure()
    await deliver()
    expect(toCustomers()).toMatchObject([{ from: expect.stringContaining(FROM) }])

    expect(await connect()).toEqual({ kind: 'connected', webhook: 'made' })
    expect(provider.webhooks.endpoints).toHaveLength(1)
  })

  it('is one of two that were saved at once', async () => {
    await Promise.all([connect(), connect()])
    expect(await Sender.query(db).where(workspaceRows())).toHaveLength(1)
  })

  it('is refused where its domain only receives', async () => {
    const domain = provider.domains.named('fernhill.example')
    Object.assign(domain ?? {}, { capabilities: { sending: 'disabled', receiving: 'enabled' } })
    expect(await connect()).toMatchObject({ field: 'fromAddress', reason: expect.stringContaining('switched off') })
  })

  it('gives way to the installation’s when it is removed', async () => {
    await connect()
    await removeSender(context, workspace.id)
    await aFailure()
    await deliver()
    expect(toCustomers()).toMatchObject([{ from: expect.stringContaining('mail@secondloop.test') }])
  })

  it('repeats a delivery only through the key that it was fixed for', async () => {
    key = provider.addKey('sending_access') // Without a webhook, which would tell.
    await connect()
    await aFailure()
    provider.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
    await deliver()
    await removeSender(context, workspace.id)
    for (let n = 0; n < 30; n += 1) {
      context.advance(3_600_000)
      await deliver()
    }
    expect(toCustomers().filter(({ from }) => from.includes('secondloop.test'))).toEqual([])
    expect(toCustomers().length).toBeLessThanOrEqual(1)
    expect(await Delivery.query(db).findOne(workspaceRows())).toMatchObject({ abandoned_at: expect.any(Date) })
  })
})

const workspaceRows = () => ({ workspace_id: workspace.id })

describe('a sender whose domain is withdrawn', () => {
  beforeEach(async () => {
    await connect()
    provider.domains.setStatus('fernhill.example', 'failed')
  })

  it('sends nothing from elsewhere, says why on the case, and goes on by itself once it is mended', async () => {
    const { id } = await aFailure()
    await deliver()
    await deliver()
    expect(toCustomers()).toEqual([])
    expect(await sender()).toMatchObject({ withdrawn_at: context.now(), withdrawn_because: 'domain' })
    expect(await CaseEntry.query(db).where({ case_id: id, kind: 'mail_delayed' })).toMatchObject([
      { detail: { reason: 'sender_domain' } },
    ])
    expect(await Touch.query(db).where({ case_id: id })).toMatchObject([{ mail_id: null, skipped_at: null }])
    expect((await findPending(context)).deliver).not.toContain(workspace.id)

    expect(await checkSenders(context)).toEqual([])
    provider.domains.setStatus('fernhill.example', 'verified')
    expect(await checkSenders(context)).toEqual([workspace.id])
    context.advance(60_000) // The pause after a refusal.
    await deliver()
    expect(toCustomers()).toHaveLength(1)
  })

  it('gives the owner one word, by the installation’s sender', async () => {
    await aFailure(1)
    await deliver()
    expect(await hasToTellOwners(context)).toBe(true)
    await Promise.all([tellOwners(context), tellOwners(context)])
    await checkSenders(context)
    await aFailure(2)
    await deliver()
    await tellOwners(context)
    expect(toOwner()).toEqual([
      expect.objectContaining({
        subject: 'Your mails to customers are waiting',
        from: expect.stringContaining('secondloop.test'),
      }),
    ])
  })

  it('gives one word too when its key may only send, and each try is refused anew', async () => {
    provider.domains.setStatus('fernhill.example', 'verified')
    key = provider.addKey('sending_access')
    await connect()
    provider.domains.setStatus('fernhill.example', 'failed')
    const before = toOwner().length
    await aFailure()
    for (let n = 0; n < 3; n += 1) {
      await deliver()
      await tellOwners(context)
      await checkSenders(context)
      context.advance(11 * 60_000)
    }
    expect(toOwner()).toHaveLength(before + 1)
    provider.domains.setStatus('fernhill.example', 'verified')
    await checkSenders(context)
    context.advance(60_000)
    await aFailure(2)
    await deliver()
    expect(toCustomers()).toHaveLength(1)
    expect(await sender()).toMatchObject({ withdrawn_at: null, withdrawal_told_at: null })
  })

  it('gives one word in days when Resend says yes to the domain and refuses each mail', async () => {
    provider.domains.setStatus('fernhill.example', 'verified')
    provider.keys.set(key, { access: 'full_access', domain: 'elsewhere.example' })
    for (let n = 0; n < 60; n += 1) {
      await aFailure(n)
      await deliver()
      await tellOwners(context)
      expect(await checkSenders(context)).toEqual([workspace.id])
      context.advance(30 * 60_000)
    }
    expect(toOwner()).toHaveLength(1)
  })

  it('gives another word when it is withdrawn again, though no mail went out between', async () => {
    for (const status of ['failed', 'verified', 'verified', 'failed'] as const) {
      provider.domains.setStatus('fernhill.example', status)
      context.advance(DAY)
      await checkSenders(context)
      await tellOwners(context)
    }
    expect(toOwner()).toHaveLength(2)
  })

  it('stays withdrawn when an earlier delivery is answered', async () => {
    provider.domains.setStatus('fernhill.example', 'verified')
    await aFailure(1)
    provider.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
    await deliver()
    provider.domains.setStatus('fernhill.example', 'failed')
    await aFailure(2)
    await deliver()
    context.advance(60_000)
    await deliver()
    expect(toCustomers()).toHaveLength(1)
    expect(await Delivery.query(db).where(workspaceRows()).whereNull('answered_at').whereNull('dissolved_at')).toEqual(
      [],
    )
    expect(await sender()).toMatchObject({ withdrawn_because: 'domain' })
  })

  it('is not withdrawn for what may still send', async () => {
    for (const status of ['pending', 'partially_verified', 'partially_failed'] as const) {
      provider.domains.setStatus('fernhill.example', status)
      context.advance(DAY)
      await checkSenders(context)
      expect(await sender()).toMatchObject({ withdrawn_at: null, checked_at: context.now() })
    }
  })

  it('keeps nobody waiting behind one about whom Resend does not answer', async () => {
    await checkSenders(context)
    context.advance(DAY)
    provider.faults.add({ route: 'GET /domains', kind: 'status', status: 500 })
    expect(await checkSenders(context)).toEqual([])
    expect(await sender()).toMatchObject({ withdrawn_at: null, checked_at: context.now() })
  })

  it('is told from the installation’s, which is not the owner’s to mend', async () => {
    await removeSender(context, workspace.id)
    provider.domains.setStatus('secondloop.test', 'failed')
    const { id } = await aFailure()
    await deliver()
    expect(await CaseEntry.query(db).where({ case_id: id, kind: 'mail_delayed' })).toMatchObject([
      { detail: { reason: 'validation_error (403)' } },
    ])
    expect(await hasToTellOwners(context)).toBe(false)
  })

  it('is found by the daily question too, before any mail is refused', async () => {
    await checkSenders(context)
    expect((await sender())?.withdrawn_at).toBeNull()
    context.advance(DAY)
    await checkSenders(context)
    expect(await sender()).toMatchObject({ withdrawn_because: 'domain' })
    provider.domains.setStatus('fernhill.example', 'verified')
    expect(await checkSenderNow(context, workspace.id)).toBe(true)
  })

  it('is told from a key that was removed', async () => {
    provider.keys.delete(key)
    await aFailure()
    await deliver()
    expect(await sender()).toMatchObject({ withdrawn_because: 'key' })
  })
})

describe('the webhook of an own sender', () => {
  const post = (url: string, body: string, secret: string) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: signatureHeaders('msg_test', body, [secret], Math.floor(Date.now() / 1_000)),
    })

  it('takes the secret that the owner pastes, and refuses what it did not sign', async () => {
    key = provider.addKey('sending_access')
    await connect()
    const url = String(await senderWebhookUrl(context, workspace.id))
    const body = JSON.stringify({ type: 'email.sent', created_at: '2026-11-23T10:00:00Z', data: { email_id: 'x' } })
    expect((await post(url, body, SECRET)).status).toBe(404)

    const mine = `whsec_${Buffer.from('of this workspace').toString('base64')}`
    expect(await saveSenderSecret(context, { ...here(), secret: 'nothing' })).toMatchObject({ kind: 'refused' })
    expect(await saveSenderSecret(context, { ...here(), secret: mine })).toEqual({ kind: 'saved' })
    expect((await post(url, body, mine)).status).toBe(200)
    expect((await post(url, body, SECRET)).status).toBe(400)
    expect((await post(`${web.url}/webhooks/resend/unknown`, body, mine)).status).toBe(404)
  })

  it('tells nothing of another workspace’s mails', async () => {
    await aFailure()
    await deliver()
    const mail = await Mail.query(db).findOne(workspaceRows()).throwIfNotFound()

    workspace = await aWorkspace(context)
    key = provider.addKey('sending_access')
    await connect()
    const mine = `whsec_${Buffer.from('of this workspace').toString('base64')}`
    await saveSenderSecret(context, { ...here(), secret: mine })
    const url = String(await senderWebhookUrl(context, workspace.id))
    const data = {
      email_id: mail.provider_id,
      to: [mail.to_address],
      tags: { mail: mail.id },
      bounce: { type: 'Permanent' },
    }
    const body = JSON.stringify({ type: 'email.bounced', created_at: '2026-11-23T10:00:00Z', data })
    expect((await post(url, body, mine)).status).toBe(200)
    expect(await Mail.query(db).findById(mail.id)).toMatchObject({ bounced_at: null })
  })
})

describe('an address for replies that does not take mail', () => {
  const REPLIES = 'replies@fernhill.example'
  const bounce = async (to: string, at = new Date()) => {
    const data = { email_id: 'none-of-ours', to: [to], tags: { mail: 'owner-1' }, bounce: { type: 'Permanent' } }
    const body = JSON.stringify({ type: 'email.bounced', created_at: at.toISOString(), data })
    const headers = signatureHeaders('msg_test', body, [SECRET], Math.floor(Date.now() / 1_000))
    expect((await fetch(`${web.url}/webhooks/resend`, { method: 'POST', body, headers })).status).toBe(200)
  }
  const replyTo = async () => (await Mail.query(db).where(workspaceRows()).orderBy('accepted_at')).at(-1)?.reply_to
  const confirm = async () => {
    await askForReplyTo(context, { ...here(), address: REPLIES })
    const link = /token=([\w-]+)/.exec(provider.inbox.mails.at(-1)?.text ?? '')?.[1]
    expect(await confirmAddress(context, { token: String(link) })).toMatchObject({ kind: 'confirmed' })
  }

  it('gives way to the owner’s, who hears of it once, until it says yes again', async () => {
    await confirm()
    await bounce(REPLIES.toUpperCase(), context.now())
    await bounce(REPLIES, context.now())
    expect(await hasToTellOwners(context)).toBe(true)
    await tellOwners(context)
    await tellOwners(context)
    expect(toOwner().map(({ subject }) => subject)).toEqual(['Your address for replies does not take mail'])

    await aFailure(1)
    await deliver()
    expect(await replyTo()).toBe(workspace.owner.email)

    context.advance(3_600_000)
    await confirm()
    await aFailure(2)
    await deliver()
    expect(await replyTo()).toBe(REPLIES)
  })

  it('is not doubted for what happened before it said yes', async () => {
    const before = new Date(context.now().getTime() - 3_600_000)
    await confirm()
    await bounce(REPLIES, before)
    expect(await Workspace.query(db).findById(workspace.id)).toMatchObject({ reply_to_bounced_at: null })
  })
})
