import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type CreateEmailOptions, Resend } from 'resend'
import { type MailSimulator, startMail } from './mail/index.js'

const DAY = 24 * 3600 * 1000

let simulator: MailSimulator
let resend: Resend
let now = Date.now()

beforeEach(async () => {
  now = Date.now()
  simulator = await startMail({ seed: 'mail', now: () => now })
  resend = new Resend(simulator.addKey(), { baseUrl: simulator.url })
})
afterEach(() => simulator.stop())

function aMail(more: Partial<CreateEmailOptions> = {}): CreateEmailOptions {
  return {
    from: 'Ada <ada@cloudsmith.example>',
    to: ['amara@northpeak.example'],
    subject: 'Your renewal',
    html: '<p>Hello</p>',
    text: 'Hello',
    ...more,
  } as CreateEmailOptions
}

describe('sending one mail', () => {
  it('keeps it as it was sent', async () => {
    const { data, error } = await resend.emails.send(
      aMail({
        replyTo: 'ada@cloudsmith.example',
        headers: { 'List-Unsubscribe': '<https://app.example/r/abc/stop>' },
        tags: [{ name: 'mail', value: 'm_1' }],
      }),
      { idempotencyKey: 'delivery-1' },
    )

    expect(error).toBeNull()
    expect(simulator.inbox.mails).toEqual([
      expect.objectContaining({
        id: data?.id,
        to: ['amara@northpeak.example'],
        replyTo: ['ada@cloudsmith.example'],
        subject: 'Your renewal',
        headers: { 'List-Unsubscribe': '<https://app.example/r/abc/stop>' },
        idempotencyKey: 'delivery-1',
        acceptedAt: now,
      }),
    ])
    expect(simulator.inbox.find({ tag: { name: 'mail', value: 'm_1' } })).toHaveLength(1)
    expect(simulator.inbox.countByTag('mail')).toEqual(new Map([['m_1', 1]]))
  })

  it('can be looked up by its id, but not with a key that may only send', async () => {
    const { data } = await resend.emails.send(aMail())
    const sender = new Resend(simulator.addKey('sending_access'), { baseUrl: simulator.url })

    const found = await resend.emails.get(data?.id ?? '')
    const refused = await sender.emails.get(data?.id ?? '')
    const none = await resend.emails.get('00000000-0000-4000-a000-000000000000')

    expect(found.data).toMatchObject({ object: 'email', subject: 'Your renewal', last_event: 'delivered' })
    expect(refused.error?.name).toBe('restricted_api_key')
    expect([none.error?.statusCode, none.error?.name]).toEqual([404, 'not_found'])
  })

  it('answers the same key and body the same, without sending twice', async () => {
    const first = await resend.emails.send(aMail(), { idempotencyKey: 'k' })
    const second = await resend.emails.send(aMail(), { idempotencyKey: 'k' })

    expect(second.data).toEqual(first.data)
    expect(simulator.inbox.mails).toHaveLength(1)
    expect(simulator.inbox.countByIdempotencyKey()).toEqual(new Map([['k', 1]]))
  })

  it('refuses another body under the same key', async () => {
    await resend.emails.send(aMail(), { idempotencyKey: 'k' })
    const { error } = await resend.emails.send(aMail({ subject: 'Other' }), { idempotencyKey: 'k' })

    expect([error?.statusCode, error?.name]).toEqual([409, 'invalid_idempotent_request'])
    expect(simulator.inbox.mails).toHaveLength(1)
  })

  it('refuses the same key while it is in flight', async () => {
    simulator.faults.add({ route: 'POST /emails', kind: 'slow', ms: 200, count: 1 })

    const first = resend.emails.send(aMail(), { idempotencyKey: 'k' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { error } = await resend.emails.send(aMail(), { idempotencyKey: 'k' })

    expect([error?.statusCode, error?.name]).toEqual([409, 'concurrent_idempotent_requests'])
    expect((await first).error).toBeNull()
    expect(simulator.inbox.mails).toHaveLength(1)
  })

  it('forgets a key after 24 hours', async () => {
    await resend.emails.send(aMail(), { idempotencyKey: 'k' })
    now += DAY + 1
    await resend.emails.send(aMail(), { idempotencyKey: 'k' })

    expect(simulator.inbox.countByIdempotencyKey()).toEqual(new Map([['k', 2]]))
  })

  it.each([
    ['a bad address', { to: ['not an address'] }, 'validation_error'],
    ['an address with a line break', { to: ['a@b.example\nBcc: c@d.example'] }, 'validation_error'],
    ['no recipient', { to: [] }, 'missing_required_field'],
    ['no subject', { subject: '' }, 'missing_required_field'],
    ['no sender', { from: '' }, 'missing_required_field'],
    ['no body', { html: '', text: '' }, 'missing_required_field'],
    ['a tag with a space', { tags: [{ name: 'mail', value: 'a b' }] }, 'validation_error'],
    ['a tag that is too long', { tags: [{ name: 'mail', value: 'a'.repeat(257) }] }, 'validation_error'],
    [
      'more than 75 tags',
      { tags: Array.from({ length: 76 }, (_, n) => ({ name: `t${n}`, value: 'x' })) },
      'validation_error',
    ],
    [
      'more than 50 recipients',
      { to: Array.from({ length: 51 }, (_, n) => `c${n}@northpeak.example`) },
      'validation_error',
    ],
    ['a subject of two lines', { subject: 'Your\nrenewal' }, 'validation_error'],
    ['an attachment of nothing', { attachments: [{ filename: 'a.pdf' }] }, 'invalid_attachment'],
    ['a date that is none', { scheduledAt: 'when pigs fly' }, 'validation_error'],
    ['a date in two months', { scheduledAt: new Date(Date.now() + 60 * DAY).toISOString() }, 'validation_error'],
  ])('refuses %s', async (_what, more, name) => {
    const { error } = await resend.emails.send(aMail(more as Partial<CreateEmailOptions>))

    expect([error?.statusCode, error?.name]).toEqual([422, name])
    expect(simulator.inbox.mails).toEqual([])
  })

  it('refuses a field that Resend does not know', async () => {
    const { error } = await resend.post('/emails', { ...aMail(), priority: 'high' })

    expect(error).toMatchObject({ statusCode: 422, name: 'validation_error', message: 'Unrecognized key: `priority`.' })
  })

  it('takes attachments, several reply addresses and one recipient as text', async () => {
    const { error } = await resend.emails.send(
      aMail({
        to: 'amara@northpeak.example',
        replyTo: ['ada@cloudsmith.example', 'Help <help@cloudsmith.example>'],
        attachments: [
          { filename: 'invoice.pdf', content: Buffer.from('a PDF'), contentType: 'application/pdf' },
          { filename: 'logo.png', path: 'https://cloudsmith.example/logo.png', contentId: 'logo' },
        ],
      }),
    )

    expect(error).toBeNull()
    expect(simulator.inbox.mails[0]).toMatchObject({
      to: ['amara@northpeak.example'],
      replyTo: ['ada@cloudsmith.example', 'Help <help@cloudsmith.example>'],
      attachments: [
        { filename: 'invoice.pdf', contentType: 'application/pdf', path: null },
        { filename: 'logo.png', path: 'https://cloudsmith.example/logo.png' },
      ],
    })
  })

  it('refuses attachments of more than 40 MB', async () => {
    const { error } = await resend.emails.send(
      aMail({ attachments: [{ filename: 'film', content: Buffer.alloc(31 * 1024 * 1024) }] }),
    )

    expect([error?.statusCode, error?.name]).toEqual([422, 'validation_error'])
  })

  it.each([
    ['daily_quota_exceeded', 'You have exceeded your daily email sending quota.'],
    ['monthly_quota_exceeded', 'You have exceeded your monthly email sending quota.'],
  ] as const)('is refused when a fault says %s', async (name, message) => {
    simulator.faults.add({ route: 'POST /emails', kind: 'status', status: 429, error: name, count: 1 })

    const { error } = await resend.emails.send(aMail())

    expect(error).toEqual({ statusCode: 429, name, message })
    expect(simulator.calls.at(-1)).toMatchObject({ status: 429, error: name, fault: 'status' })
  })

  it('turns a wrong key away', async () => {
    const { error } = await new Resend('re_wrong', { baseUrl: simulator.url }).emails.send(aMail())

    expect([error?.statusCode, error?.message]).toEqual([401, 'API key is invalid'])
  })

  it('is refused when the key may send from another domain only', async () => {
    const key = simulator.addKey('sending_access', 're_bound', 'fernhill.example')
    const bound = new Resend(key, { baseUrl: simulator.url })

    const refused = await bound.emails.send(aMail())
    const sent = await bound.emails.send(aMail({ from: 'Maya <maya@fernhill.example>' }))

    expect([refused.error?.statusCode, refused.error?.message]).toEqual([
      403,
      'This API key is not authorized to send emails from cloudsmith.example',
    ])
    expect(sent.error).toBeNull()
  })

  it('refuses templates loudly, since there are none', async () => {
    const { error } = await resend.emails.send({
      from: 'ada@cloudsmith.example',
      to: 'amara@northpeak.example',
      template: { id: 'welcome' },
    })

    expect(error?.statusCode).toBe(422)
    expect(simulator.takeNotSimulated()).toEqual(['POST /emails with template'])
  })

  it('is loud about what it does not simulate', async () => {
    const { error } = await resend.broadcasts.list()

    expect([error?.statusCode, error?.name]).toEqual([404, 'not_found'])
    expect(simulator.takeNotSimulated()).toEqual(['GET /broadcasts'])
  })
})

describe('sending a batch', () => {
  const batch = () => [aMail(), aMail({ to: ['nobody'] }), aMail({ to: ['tom@velo.example'] })]

  it('strictly refuses all for one bad address', async () => {
    const { error } = await resend.batch.send(batch())

    expect(error?.statusCode).toBe(422)
    expect(simulator.inbox.mails).toEqual([])
  })

  it('permissively sends the good ones and names the bad by index', async () => {
    const { data } = await resend.batch.send(batch(), { batchValidation: 'permissive', idempotencyKey: 'b' })

    expect(data?.data).toHaveLength(2)
    expect(data?.errors).toEqual([{ index: 1, message: expect.stringContaining('Invalid `to` field') }])
    expect(simulator.inbox.mails.map(({ batchIndex }) => batchIndex)).toEqual([0, 2])
  })

  it('answers a repeated batch the same', async () => {
    const first = await resend.batch.send(batch(), { batchValidation: 'permissive', idempotencyKey: 'b' })
    const second = await resend.batch.send(batch(), { batchValidation: 'permissive', idempotencyKey: 'b' })

    expect(second.data).toEqual(first.data)
    expect(simulator.inbox.mails).toHaveLength(2)
  })

  it('takes no attachments', async () => {
    const attached = { ...aMail(), attachments: [{ filename: 'a.txt', content: 'YQ==' }] }

    const strict = await resend.batch.send([attached])
    const permissive = await resend.batch.send([attached, aMail()], { batchValidation: 'permissive' })

    expect(strict.error?.statusCode).toBe(422)
    expect(permissive.data?.errors).toEqual([{ index: 0, message: expect.stringContaining('attachments') }])
    expect(simulator.inbox.mails).toHaveLength(1)
  })

  it('holds a hundred mails at most', async () => {
    const { error } = await resend.batch.send(Array.from({ length: 101 }, () => aMail()))

    expect(error?.name).toBe('validation_error')
  })
})

describe('the list of mails', () => {
  const subjects = (answer: Awaited<ReturnType<Resend['emails']['list']>>) =>
    answer.data?.data.map(({ subject }) => subject)

  beforeEach(async () => {
    for (const n of [1, 2, 3, 4, 5]) await resend.emails.send(aMail({ subject: String(n) }))
  })

  it('leads page by page to the oldest', async () => {
    const first = await resend.emails.list({ limit: 2 })
    const second = await resend.emails.list({ limit: 2, after: first.data?.data[1]?.id ?? '' })
    const third = await resend.emails.list({ limit: 2, after: second.data?.data[1]?.id ?? '' })

    expect([first, second, third].map(subjects)).toEqual([['5', '4'], ['3', '2'], ['1']])
    expect([first, second, third].map(({ data }) => data?.has_more)).toEqual([true, true, false])
  })

  it('leads back to the newest', async () => {
    const all = await resend.emails.list()
    const idOf = (wanted: string) => all.data?.data.find(({ subject }) => subject === wanted)?.id ?? ''

    const newer = await resend.emails.list({ limit: 2, before: idOf('1') })
    const newest = await resend.emails.list({ limit: 2, before: idOf('3') })

    expect([newer, newest].map(subjects)).toEqual([
      ['3', '2'],
      ['5', '4'],
    ])
    expect([newer, newest].map(({ data }) => data?.has_more)).toEqual([true, false])
  })

  it.each([{ limit: 0 }, { limit: 101 }, { after: 'nothing' }])('refuses %o', async (page) => {
    const { error } = await resend.emails.list(page)

    expect([error?.statusCode, error?.name]).toEqual([422, 'validation_error'])
  })

  it('is not for keys that may only send', async () => {
    const sender = new Resend(simulator.addKey('sending_access'), { baseUrl: simulator.url })

    expect((await sender.emails.list()).error?.name).toBe('restricted_api_key')
  })
})

describe('a scheduled mail', () => {
  const HOUR = 3600 * 1000
  const inHours = (hours: number) => new Date(now + hours * HOUR).toISOString()
  const stateOf = async (id: string | undefined) => (await resend.emails.get(id ?? '')).data?.last_event

  it('leaves when it is due', async () => {
    const { data } = await resend.emails.send(aMail({ scheduledAt: inHours(2) }))
    expect((await resend.emails.get(data?.id ?? '')).data).toMatchObject({
      last_event: 'scheduled',
      scheduled_at: expect.stringContaining(inHours(2).slice(11, 19)),
    })

    now += HOUR
    expect(await stateOf(data?.id)).toBe('scheduled')
    now += HOUR
    expect(await stateOf(data?.id)).toBe('delivered')
    expect(simulator.inbox.mails[0]?.events.map(({ state }) => state)).toEqual(['scheduled', 'sent', 'delivered'])
  })

  it('can be moved', async () => {
    const { data } = await resend.emails.send(aMail({ scheduledAt: 'in 1 hour' }))
    const moved = await resend.emails.update({ id: data?.id ?? '', scheduledAt: inHours(3) })

    expect(moved.data).toEqual({ object: 'email', id: data?.id })
    now += 2 * HOUR
    expect(await stateOf(data?.id)).toBe('scheduled')
    now += HOUR
    expect(await stateOf(data?.id)).toBe('delivered')
  })

  it('can be canceled, once, and then never leaves', async () => {
    const { data } = await resend.emails.send(aMail({ scheduledAt: 'in 1 hour' }))
    const canceled = await resend.emails.cancel(data?.id ?? '')
    const again = await resend.emails.cancel(data?.id ?? '')
    const moved = await resend.emails.update({ id: data?.id ?? '', scheduledAt: inHours(3) })

    expect(canceled.data).toEqual({ object: 'email', id: data?.id })
    expect([again.error?.statusCode, moved.error?.statusCode]).toEqual([422, 422])
    now += 2 * HOUR
    expect(await stateOf(data?.id)).toBe('canceled')
    expect(simulator.inbox.delivered).toEqual([])
  })

  it('can stand in a batch', async () => {
    await resend.batch.send([aMail({ scheduledAt: 'in 5 min' }), aMail()])

    expect(simulator.inbox.mails.map(({ state }) => state)).toEqual(['scheduled', 'delivered'])
  })
})

describe('the rate limit', () => {
  it('answers 429 with the seconds to wait', async () => {
    simulator.rate.perSecond = 2
    const answers = await Promise.all(Array.from({ length: 6 }, () => resend.emails.send(aMail())))

    const refused = answers.filter(({ error }) => error !== null)
    expect(refused.length).toBeGreaterThanOrEqual(2)
    expect([refused[0]?.error?.statusCode, refused[0]?.error?.name]).toEqual([429, 'rate_limit_exceeded'])
    expect(refused[0]?.headers).toMatchObject({
      'retry-after': '1',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
    })
    expect(simulator.inbox.mails).toHaveLength(6 - refused.length)
  })
})

describe('the inbox page', () => {
  it('shows mails with HTML, text and headers, and never runs their scripts', async () => {
    await resend.emails.send(aMail({ subject: '<b>Hi</b>', headers: { 'X-Case': 'c_1' } }))
    const [mail] = simulator.inbox.mails

    const list = await fetch(simulator.url).then((answer) => answer.text())
    const page = await fetch(`${simulator.url}/mail/${mail?.id}`).then((answer) => answer.text())
    const body = await fetch(`${simulator.url}/mail/${mail?.id}/html`)

    expect(list).toContain('&#60;b&#62;Hi&#60;/b&#62;')
    expect(page).toContain('X-Case')
    expect(page).toContain('sandbox')
    expect(body.headers.get('content-security-policy')).toContain("script-src 'none'")
    expect(await body.text()).toContain('<p>Hello</p>')
  })

  it('can be waited for', async () => {
    const waiting = simulator.inbox.next({ to: 'tom@velo.example' })
    await resend.emails.send(aMail())
    await resend.emails.send(aMail({ to: ['Tom <tom@velo.example>'] }))

    expect((await waiting).to).toEqual(['Tom <tom@velo.example>'])
    await expect(simulator.inbox.next({ to: 'x@y.example' }, 20)).rejects.toThrow('No such mail within 20 ms')
  })
})
