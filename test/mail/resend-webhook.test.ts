import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { verifyMailEvent } from '../../src/mail/resend-webhook.js'
import { signatureHeaders } from '../simulator/mail/signing.js'

const SECRET = `whsec_${Buffer.from('a secret of the owner').toString('base64')}`
const OTHER = `whsec_${Buffer.from('a secret of nobody').toString('base64')}`
const MAIL = randomUUID()
const PROVIDERS = randomUUID()
const nowSeconds = () => Math.floor(Date.now() / 1_000)

function headersOf(body: string, { secrets = [SECRET], seconds = nowSeconds() } = {}) {
  const headers = signatureHeaders('msg_1', body, secrets, seconds)
  return {
    id: headers['svix-id'] ?? '',
    timestamp: headers['svix-timestamp'] ?? '',
    signature: headers['svix-signature'] ?? '',
  }
}

/** A payload as Resend's documentation shows it. */
const aPayload = (type: string, data: Record<string, unknown> = {}) =>
  JSON.stringify({
    type,
    created_at: '2026-11-22T23:41:12.126Z',
    data: {
      created_at: '2026-11-22T23:41:11.894719+00:00',
      email_id: PROVIDERS,
      from: 'Maya <mail@secondloop.example>',
      to: ['ada@customer.example'],
      subject: 'Your renewal',
      tags: { mail: MAIL },
      ...data,
    },
  })

const read = (body: string) => verifyMailEvent(body, headersOf(body), SECRET)
function eventIn(body: string) {
  const verification = read(body)
  return verification.verified ? verification.event : verification
}

describe('a webhook of the mail provider', () => {
  it('tells which mail it is about, what happened and when', () => {
    expect(eventIn(aPayload('email.delivered'))).toEqual({
      kind: 'delivered',
      mailId: MAIL,
      providerId: PROVIDERS,
      at: new Date('2026-11-22T23:41:12.126Z'),
      acceptedAt: new Date('2026-11-22T23:41:11.894Z'),
      code: null,
      userAgent: null,
      recipient: 'ada@customer.example',
    })
  })

  it('tells who followed a link, and when, and not from where', () => {
    const click = {
      ipAddress: '198.51.100.7',
      link: 'https://app.secondloop.example/r/x',
      timestamp: '2026-11-22T23:50:00.000Z',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    }
    const event = eventIn(aPayload('email.clicked', { click }))
    expect(event).toMatchObject({ userAgent: click.userAgent, at: new Date(click.timestamp) })
    expect(JSON.stringify(event)).not.toMatch(/198\.51|app\.secondloop/)
    expect(eventIn(aPayload('email.clicked'))).toMatchObject({ userAgent: null, at: expect.any(Date) })
  })

  it.each([
    ['email.sent', 'sent'],
    ['email.delivered', 'delivered'],
    ['email.delivery_delayed', 'delayed'],
    ['email.failed', 'failed'],
    ['email.bounced', 'bounced'],
    ['email.complained', 'complained'],
    ['email.suppressed', 'suppressed'],
    ['email.opened', 'opened'],
    ['email.clicked', 'clicked'],
  ])('knows %s', (type, kind) => {
    expect(eventIn(aPayload(type))).toMatchObject({ kind })
  })

  it.each([
    ['Permanent', 'bounced'],
    ['Transient', 'failed'],
    ['Undetermined', 'failed'],
  ])('takes a bounce that is %s for %s', (type, kind) => {
    const bounce = { type, subType: 'MailboxFull', message: 'ada@customer.example has no room' }
    expect(eventIn(aPayload('email.bounced', { bounce }))).toMatchObject({ kind, code: 'MailboxFull' })
  })

  it('passes on one word as the reason, and no sentence, which may hold an address', () => {
    const because = (reason: string) => eventIn(aPayload('email.failed', { failed: { reason } }))
    expect(because('reached_daily_quota')).toMatchObject({ code: 'reached_daily_quota' })
    expect(because('ada@customer.example does not exist')).toMatchObject({ kind: 'failed', code: null })
  })

  it.each([
    ['no tags', { tags: undefined }],
    ['tags of somebody else', { tags: { campaign: 'spring' } }],
    ['a tag that is no id of ours', { tags: { mail: "'; drop table mails" } }],
  ])('is read with %s', (_, data) => {
    expect(eventIn(aPayload('email.sent', data))).toMatchObject({ kind: 'sent', mailId: null, providerId: PROVIDERS })
  })

  it('is read without a time that can be understood', () => {
    expect(eventIn(aPayload('email.sent', { created_at: 'yesterday' }))).toMatchObject({ acceptedAt: null })
  })

  it.each(['email.scheduled', 'email.received', 'contact.created', 'toString'])('tells nothing by %s', (type) => {
    expect(read(aPayload(type, { email_id: undefined }))).toEqual({ verified: true, event: null })
  })

  it.each([
    ['no JSON', 'hello'],
    ['no type', '{}'],
    ['nothing', ''],
    ['a mail without id', aPayload('email.sent', { email_id: undefined })],
  ])('is no event with %s, though signed', (_, body) => {
    expect(read(body)).toEqual({ verified: false, reason: 'not_an_event' })
  })

  it('is accepted when one of several signatures is by our secret', () => {
    const body = aPayload('email.sent')
    expect(verifyMailEvent(body, headersOf(body, { secrets: [OTHER, SECRET] }), SECRET).verified).toBe(true)
  })

  const body = aPayload('email.sent')
  it.each([
    ['another secret', headersOf(body, { secrets: [OTHER] })],
    ['another body', headersOf(`${body} `)],
    ['a time six minutes ago', headersOf(body, { seconds: nowSeconds() - 360 })],
    ['a time six minutes ahead', headersOf(body, { seconds: nowSeconds() + 360 })],
    ['no headers', { id: '', timestamp: '', signature: '' }],
    ['headers that make no sense', { id: 'msg_1', timestamp: 'noon', signature: 'v1' }],
    ['half a signature', { ...headersOf(body), signature: 'v1' }],
  ])('is refused with %s', (_, headers) => {
    expect(verifyMailEvent(body, headers, SECRET)).toEqual({ verified: false, reason: 'signature' })
  })
})
