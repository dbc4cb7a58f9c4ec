import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { LANGUAGES } from '../../emails/words/languages.js'
import { Delivery } from '../../src/db/models/delivery.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { Sender } from '../../src/db/models/sender.js'
import { Workspace } from '../../src/db/models/workspace.js'
import type { Mailer } from '../../src/mail/mailer.js'
import { type MailKind, previewMail } from '../../src/recovery/preview-mail.js'
import { sendTestMail } from '../../src/recovery/send-test-mail.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'
import { aStoredCase } from '../support/stored-cases.js'
import { aStoredSender } from '../support/stored-sender.js'

const { db } = useDatabase()
/** A Wednesday. */
const NOW = new Date('2026-11-25T10:00:00Z')

let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  context = fakeContext({ db, at: NOW })
  workspace = await aWorkspace(context, { name: 'Fernhill' })
})

const KIND: MailKind = { template: 'first_notice', variant: 'card', language: 'en', several: false }
const preview = (over: Partial<MailKind> = {}) => previewMail(context, workspace.id, { ...KIND, ...over })
const send = (over: Partial<MailKind & { requestId: string }> = {}) =>
  sendTestMail(context, { workspaceId: workspace.id, requestId: randomUUID(), ...KIND, ...over })

describe('the preview of a mail', () => {
  it('is the mail as the customer gets it, in test mode too', async () => {
    context = fakeContext({ db, at: NOW, settings: { testModeMail: 'owner' } })
    const mail = await preview()

    expect(mail).toMatchObject({
      from_address: '"Maya, Fernhill" <mail@secondloop.example>',
      reply_to: workspace.owner.email,
      to_address: 'ap@cloudsmith.example',
      subject: 'Your Fernhill renewal needs a new card',
      content: {
        headers: {
          'List-Unsubscribe': '<https://app.secondloop.example/r/example/stop>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      },
    })
    expect(mail?.content.text).toMatch(/Visa ending 4242,.*your Pro\s+annual renewal/)
    expect(mail?.content.text).toContain('https://app.secondloop.example/r/example\n')
    expect(mail?.content.text).toContain('Invoice F4C1-0093, November 25, 2026.')
  })

  it('promises Stripe’s next attempt where there is one, in the customer’s language', async () => {
    const german = await preview({ variant: 'funds', language: 'de' })
    expect(german?.content.text).toMatch(/Am Samstag, 28\.\s+November, versuchen/)
    expect((await preview({ variant: 'authentication' }))?.content.text).not.toMatch(/again on/)
  })

  it('is about several invoices when wanted, each with its own link', async () => {
    const mail = await preview({ template: 'reminder', several: true })
    expect(mail?.content.text).toMatch(/Pro annual[\s\S]*r\/example\n[\s\S]*Team monthly[\s\S]*r\/example-2\n/)
    expect(mail?.content.headers['List-Unsubscribe']).toBe('<https://app.secondloop.example/r/example/stop?all=1>')
  })

  it('has amounts in the currency of the workspace’s latest case', async () => {
    expect((await preview())?.content.text).toContain('$1,490.00')
    await aStoredCase(context, workspace, { currency: 'jpy', ago: 5_000 })
    await aStoredCase(context, await aWorkspace(context), { currency: 'gbp' })
    expect((await preview())?.content.text).toContain('¥149,000')
  })

  it('is there for every mail in every language, and changes nothing', async () => {
    const seen = new Set<string>()
    for (const { language } of LANGUAGES) {
      for (const template of ['first_notice', 'reminder', 'final_notice', 'thank_you'] as const) {
        for (const several of [false, true]) {
          const mail = await preview({ language, template, several })
          seen.add(mail?.content.text ?? '')
        }
      }
    }
    expect(seen.size).toBe(LANGUAGES.length * 8)
    expect(await RecoveryCase.query(db).where({ workspace_id: workspace.id })).toEqual([])
    expect(context.outbox).toEqual([])
  })

  it('says where answers go once the address for them came back', async () => {
    const patch = (columns: Partial<Workspace>) => Workspace.query(db).findById(workspace.id).patch(columns)
    await patch({ reply_to: 'help@fernhill.example' })
    expect((await preview())?.reply_to).toBe('help@fernhill.example')
    await patch({ reply_to_bounced_at: NOW })
    expect((await preview())?.reply_to).toBe(workspace.owner.email)
  })

  it('comes from the workspace’s own sender, and from nobody where no provider is set up', async () => {
    context = fakeContext({ db, at: NOW, mail: null })
    expect(await preview()).toMatchObject({ from_address: null, subject: 'Your Fernhill renewal needs a new card' })
    await aStoredSender(context, workspace.id)
    expect((await preview())?.from_address).toBe('"Maya, Fernhill" <billing@fernhill.example>')
  })

  it('is the owner’s digest, as long as it has something to say', async () => {
    expect(await preview({ template: 'digest' })).toBeNull()
    await aStoredCase(context, workspace, { ago: 60_000 })
    const digest = await preview({ template: 'digest' })
    expect(digest).toMatchObject({
      to_address: workspace.owner.email,
      from_address: 'SecondLoop <mail@secondloop.example>',
    })
    expect(digest?.content).toMatchObject({ headers: {}, text: expect.stringContaining('$149.00') })
  })
})

describe('a mail to try', () => {
  it('goes to the owner at once, marked, and is no delivery', async () => {
    expect(await send({ template: 'final_notice', language: 'fr' })).toEqual({ kind: 'sent' })
    const written = await preview({ template: 'final_notice', language: 'fr' })
    expect(context.outbox).toMatchObject([
      { to: workspace.owner.email, subject: `[test] ${written?.subject}`, html: written?.content.html },
    ])
    expect(await Delivery.query(db).where({ workspace_id: workspace.id })).toEqual([])
  })

  it('is sent once for one press, and again for another', async () => {
    const requestId = randomUUID()
    await send({ requestId })
    await send({ requestId })
    expect(context.outbox).toHaveLength(1)
    expect(context.calls.map(({ key }) => key)).toEqual(Array(2).fill(`test-${workspace.id}-${requestId}`))
    await send()
    expect(context.outbox).toHaveLength(2)
  })

  it('is repeated under its key when nobody answers', async () => {
    context.answers = [{ kind: 'unknown', reason: 'ECONNRESET' }]
    expect(await send()).toEqual({ kind: 'sent' })
    expect(new Set(context.calls.map(({ key }) => key)).size).toBe(1)
    expect(context.outbox).toHaveLength(1)
  })

  it('tells why the provider did not take it', async () => {
    context.answers = [{ kind: 'answered', mails: [{ accepted: false, reason: 'Invalid `to` field' }] }]
    expect(await send()).toEqual({ kind: 'refused', reason: 'Invalid `to` field' })
    const busy = { kind: 'not_accepted', reason: 'rate_limit_exceeded (429)', retryAfterMs: 60_000 } as const
    context.answers = [{ ...busy, isThrottled: true }]
    expect(await send()).toMatchObject({ kind: 'not_accepted', reason: 'rate_limit_exceeded (429)' })
    expect(context.outbox).toEqual([])
  })

  it('needs a provider, and a digest something to say', async () => {
    expect(await send({ template: 'digest' })).toEqual({ kind: 'nothing_to_say' })
    context = fakeContext({ db, at: NOW, mail: null })
    expect(await send()).toEqual({ kind: 'no_provider' })
  })

  it('marks a digest once, though it is marked itself in test mode', async () => {
    context = fakeContext({ db, at: NOW, settings: { testModeMail: 'owner' } })
    await aStoredCase(context, workspace, { ago: 60_000 })
    await send({ template: 'digest' })
    expect(context.outbox[0]?.subject).toMatch(/^\[test\] (?!\[test\])/)
  })

  it('shows that an own sender is refused, which then holds for all mails', async () => {
    const sender = await aStoredSender(context, workspace.id)
    const refusing: Mailer = {
      ...(context.mail as Mailer),
      providerKey: sender.provider_key,
      from: sender.from_address,
      send: async () => ({
        kind: 'not_accepted',
        reason: 'validation_error (403)',
        retryAfterMs: 5_000,
        isThrottled: false,
        refuses: 'domain',
      }),
    }
    context.mailerOf = () => refusing
    expect(await send()).toMatchObject({ kind: 'not_accepted', refuses: 'domain' })
    expect(await Sender.query(db).findById(sender.id)).toMatchObject({ withdrawn_at: NOW, withdrawn_because: 'domain' })
  })
})
