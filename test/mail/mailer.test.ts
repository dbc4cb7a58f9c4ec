import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createResendMailer, type Mailer, type OutgoingMail } from '../../src/mail/mailer.js'
import { type MailSimulator, startMail } from '../simulator/index.js'
import nock from '../support/nock.js'

let provider: MailSimulator
let mailer: Mailer

beforeAll(async () => {
  provider = await startMail()
  mailer = mailerFor(provider.url, provider.addKey())
})
afterEach(() => provider.inbox.clear())
afterAll(() => provider.stop())

const mailerFor = (baseUrl: string, apiKey = 're_some_key_12345') =>
  createResendMailer({ apiKey, from: 'SecondLoop <mail@secondloop.example>', baseUrl })
const aMail = (n: number, overrides: Partial<OutgoingMail> = {}): OutgoingMail => ({
  from: '"Maya at Fernhill" <mail@secondloop.example>',
  to: `customer${n}@example.com`,
  replyTo: 'maya@fernhill.example',
  subject: 'Your Fernhill renewal needs a new card',
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: { 'List-Unsubscribe': '<https://app.example/r/x/stop>' },
  mailId: `mail-${n}`,
  ...overrides,
})
let keys = 0
const aKey = () => `key-${++keys}`

describe('sending to Resend', () => {
  it('hands each mail over whole, tagged with our id', async () => {
    const result = await mailer.send([aMail(1), aMail(2)], aKey())

    expect(result).toEqual({
      kind: 'answered',
      mails: [
        { accepted: true, providerId: expect.any(String) },
        { accepted: true, providerId: expect.any(String) },
      ],
    })
    expect(provider.inbox.mails[0]).toMatchObject({
      to: ['customer1@example.com'],
      subject: 'Your Fernhill renewal needs a new card',
      headers: { 'List-Unsubscribe': '<https://app.example/r/x/stop>' },
    })
    expect(provider.inbox.countByTag('mail').get('mail-1')).toBe(1)
  })

  it('is answered alike, and sends nothing more, when the same call is repeated', async () => {
    const key = aKey()
    const first = await mailer.send([aMail(1)], key)
    const second = await mailer.send([aMail(1)], key)

    expect(second).toEqual(first)
    expect(provider.inbox.mails).toHaveLength(1)
  })

  it('takes one bad address out of a batch by its position', async () => {
    const result = await mailer.send([aMail(1), aMail(2, { to: 'nobody' }), aMail(3)], aKey())

    expect(result).toMatchObject({
      kind: 'answered',
      mails: [{ accepted: true }, { accepted: false, reason: expect.any(String) }, { accepted: true }],
    })
    const accepted = provider.inbox.mails.map(({ to, id }) => [to[0], id])
    const ids = result.kind === 'answered' ? result.mails.map((mail) => (mail.accepted ? mail.providerId : null)) : []
    expect(accepted).toEqual([
      ['customer1@example.com', ids[0]],
      ['customer3@example.com', ids[2]],
    ])
  })
})

describe('when Resend does not simply accept', () => {
  const fault = (options: Parameters<MailSimulator['faults']['add']>[0]) => provider.faults.add(options)

  it('knows that nothing was accepted under a rate limit, and how long to wait', async () => {
    fault({ route: 'POST /emails/batch', kind: 'status', status: 429, retryAfter: 7, count: 1 })
    expect(await mailer.send([aMail(1)], aKey())).toMatchObject({ kind: 'not_accepted', retryAfterMs: 7_000 })
  })

  it('follows nobody elsewhere with the mails', async () => {
    const elsewhere = nock('https://elsewhere.example').post('/emails/batch').reply(200, { data: [] })
    nock('https://resend.example')
      .post('/emails/batch')
      .reply(307, '', { Location: 'https://elsewhere.example/emails/batch' })

    expect(await mailerFor('https://resend.example').send([aMail(1)], aKey())).toMatchObject({ kind: 'not_accepted' })
    expect(elsewhere.isDone()).toBe(false)
    nock.cleanAll()
  })

  it('knows that nothing was accepted when the key is refused', async () => {
    const stranger = mailerFor(provider.url)
    expect(await stranger.send([aMail(1)], aKey())).toMatchObject({ kind: 'not_accepted' })
  })

  it('tells by its words whether it refuses the key or the domain, and does not blame them for a wall between', async () => {
    const refuses = async (status: number, error?: string) => {
      fault({ route: 'POST /emails/batch', kind: 'status', status, count: 1, ...(error && { error }) })
      const result = await mailer.send([aMail(1)], aKey())
      return result.kind === 'not_accepted' ? result.refuses : result.kind
    }
    expect(await refuses(401, 'validation_error')).toBe('key')
    expect(await refuses(403, 'invalid_api_key')).toBe('key')
    expect(await refuses(403, 'validation_error')).toBe('domain')
    expect(await refuses(403)).toBeUndefined()
    expect(await refuses(422, 'validation_error')).toBeUndefined()
  })

  it('takes mails that are refused for the sender one by one as not sent, also beside one that is wrong itself', async () => {
    const domain = 'The fernhill.example domain is not verified. Please, add and verify your domain'
    const answer = {
      data: [],
      errors: [0, 1].map((index) => ({ index, message: index ? domain : 'Invalid `to` field' })),
    }
    nock('https://resend.example').post('/emails/batch').reply(200, answer)
    expect(await mailerFor('https://resend.example').send([aMail(1), aMail(2)], aKey())).toMatchObject({
      kind: 'not_accepted',
      refuses: 'domain',
    })
  })

  it('knows that nothing was accepted where nobody listens', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))

    expect(await mailerFor(`http://127.0.0.1:${port}`).send([aMail(1)], aKey())).toMatchObject({
      kind: 'not_accepted',
      reason: 'ECONNREFUSED',
    })
  })

  it.each([
    ['it fails', { kind: 'status', status: 500 }],
    ['it accepts and then cuts the connection', { kind: 'cut' }],
    ['its answer breaks off', { kind: 'reset' }],
  ] as const)('does not know the fate when %s', async (_, kind) => {
    fault({ route: 'POST /emails/batch', count: 1, ...kind })
    expect(await mailer.send([aMail(1)], aKey())).toMatchObject({ kind: 'unknown' })
  })

  it('does not know the fate when another body was sent under the key', async () => {
    const key = aKey()
    await mailer.send([aMail(1)], key)
    expect(await mailer.send([aMail(2)], key)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('409'),
    })
  })

  it('never repeats an address in its reason', async () => {
    const result = await mailer.send([aMail(1, { from: 'not an address ada@example.com' })], aKey())
    if (result.kind !== 'answered') expect(result.reason).not.toContain('@')
  })
})

describe('asking Resend for mails that it took', () => {
  it('lists them newest first, a page at a time, and tells ours by the tag', async () => {
    for (let n = 0; n < 3; n += 1) {
      await mailer.send(
        Array.from({ length: 50 }, (_, i) => aMail(n * 50 + i)),
        aKey(),
      )
    }
    const first = await mailer.listSent(null)
    if (first.kind !== 'page') throw new Error(first.kind)
    expect(first.mails).toHaveLength(100)
    expect(first).toMatchObject({
      hasMore: true,
      mails: expect.arrayContaining([
        { providerId: expect.any(String), to: ['customer149@example.com'], createdAt: expect.any(Date) },
      ]),
    })
    const last = first.mails.at(-1)?.providerId ?? ''
    expect(await mailer.listSent(last)).toMatchObject({
      kind: 'page',
      hasMore: false,
      mails: Array.from({ length: 50 }, (_, i) => ({ to: [`customer${49 - i}@example.com`] })),
    })
    expect(await mailer.readMailId(last)).toEqual({ kind: 'told', mailId: 'mail-50' })
  })

  it('hears no when the key may only send, and that a mail is not known', async () => {
    const sender = mailerFor(provider.url, provider.addKey('sending_access'))
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect(await sender.listSent(null)).toEqual({ kind: 'not_allowed' })
    expect(await sender.readMailId(nobody)).toEqual({ kind: 'not_allowed' })
    expect(await mailer.listSent(nobody)).toEqual({ kind: 'gone' })
    expect(await mailer.readMailId(nobody)).toEqual({ kind: 'gone' })
  })

  it.each([
    ['it fails', { kind: 'status', status: 503 }],
    ['too much is asked', { kind: 'status', status: 429 }],
    ['the connection is cut', { kind: 'cut' }],
  ] as const)('learns nothing when %s', async (_, kind) => {
    provider.faults.add({ route: 'GET /emails', count: 1, ...kind })
    expect(await mailer.listSent(null)).toMatchObject({ kind: 'failed', reason: expect.any(String) })
  })

  it('learns nothing when the key is refused', async () => {
    expect(await mailerFor(provider.url).listSent(null)).toMatchObject({ kind: 'failed' })
  })
})
