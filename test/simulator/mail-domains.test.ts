import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import { type MailSimulator, startMail } from './mail/index.js'

let simulator: MailSimulator
let resend: Resend

beforeEach(async () => {
  simulator = await startMail({ seed: 'domains' })
  resend = new Resend(simulator.addKey(), { baseUrl: simulator.url })
})
afterEach(() => simulator.stop())

const sendFrom = (from: string, to = 'amara@northpeak.example') =>
  resend.emails.send({ from, to, subject: 'Hello', text: 'Hello' })

describe('the API of domains', () => {
  it('adds a domain that is verified when the simulator says so', async () => {
    const made = await resend.domains.create({ name: 'fernhill.example', region: 'eu-west-1' })
    const id = made.data?.id ?? ''
    expect(made.data).toMatchObject({ name: 'fernhill.example', status: 'not_started', region: 'eu-west-1' })
    expect(made.data?.records.map(({ record, type, status }) => `${record} ${type} ${status}`)).toEqual([
      'SPF MX not_started',
      'SPF TXT not_started',
      'DKIM TXT not_started',
    ])

    const asked = await resend.domains.verify(id)
    const waiting = await resend.domains.get(id)
    simulator.domains.setStatus('fernhill.example', 'verified')
    const done = await resend.domains.get(id)

    expect(asked.data).toEqual({ object: 'domain', id })
    expect([waiting.data?.status, done.data?.status]).toEqual(['pending', 'verified'])
    expect(done.data?.records.every(({ status }) => status === 'verified')).toBe(true)
  })

  it('lists all, newest first, and knows no others', async () => {
    for (const name of ['a.example', 'b.example', 'c.example']) simulator.addDomain(name)
    const all = await resend.domains.list()
    const page = await resend.domains.list({ limit: 1, after: all.data?.data[0]?.id ?? '' })
    const none = await resend.domains.get('00000000-0000-4000-a000-000000000000')
    const odd = await resend.domains.get('odd')

    expect(all.data?.data.map(({ name }) => name)).toEqual(['c.example', 'b.example', 'a.example'])
    expect([page.data?.data[0]?.name, page.data?.has_more]).toEqual(['b.example', true])
    expect([none.error?.statusCode, none.error?.name]).toEqual([404, 'not_found'])
    expect([odd.error?.statusCode, odd.error?.message]).toEqual([422, 'The `id` must be a valid UUID'])
  })

  it('adds no domain twice, and none that is no domain', async () => {
    simulator.addDomain('fernhill.example')
    const twice = await resend.domains.create({ name: 'Fernhill.example' })
    const none = await resend.domains.create({ name: 'not a domain' })

    expect([twice.error?.statusCode, twice.error?.message]).toEqual([
      403,
      'The fernhill.example domain has been registered already.',
    ])
    expect([none.error?.statusCode, none.error?.name]).toEqual([422, 'validation_error'])
  })

  it('removes a domain', async () => {
    const { id } = simulator.addDomain('fernhill.example')

    expect((await resend.domains.remove(id)).data).toEqual({ object: 'domain', id, deleted: true })
    expect((await resend.domains.list()).data?.data).toEqual([])
  })

  it('is not for keys that may only send', async () => {
    const sender = new Resend(simulator.addKey('sending_access'), { baseUrl: simulator.url })

    expect((await sender.domains.list()).error?.name).toBe('restricted_api_key')
  })
})

describe('sending when domains matter', () => {
  beforeEach(() => {
    simulator.strictDomains = true
    simulator.addDomain('fernhill.example')
    simulator.addDomain('waiting.example', 'pending')
  })

  it.each(['ada@unknown.example', 'Ada <ada@waiting.example>', 'ada@mail.fernhill.example'])(
    'is refused from %s',
    async (from) => {
      const { error } = await sendFrom(from)

      expect([error?.statusCode, error?.name]).toEqual([403, 'validation_error'])
      expect(error?.message).toContain('domain is not verified. Please, add and verify your domain')
      expect(simulator.inbox.mails).toEqual([])
    },
  )

  it('is taken from a verified one', async () => {
    expect((await sendFrom('Maya <maya@fernhill.example>')).error).toBeNull()
  })

  it('refuses a whole batch for it, however permissive', async () => {
    const { error } = await resend.batch.send(
      ['maya@fernhill.example', 'ada@unknown.example'].map((from) => ({
        from,
        to: 'amara@northpeak.example',
        subject: 'Hello',
        text: 'Hello',
      })),
      { batchValidation: 'permissive' },
    )

    expect(error?.statusCode).toBe(403)
    expect(simulator.inbox.mails).toEqual([])
  })

  it('lets Resend’s test sender write to its test addresses only', async () => {
    const tested = await sendFrom('onboarding@resend.dev', 'delivered+a@resend.dev')
    const real = await sendFrom('onboarding@resend.dev')

    expect(tested.error).toBeNull()
    expect([real.error?.statusCode, real.error?.message]).toEqual([
      403,
      expect.stringContaining('You can only send testing emails'),
    ])
  })

  it('refuses recipients at reserved domains', async () => {
    const { error } = await sendFrom('maya@fernhill.example', 'amara@example.com')

    expect([error?.statusCode, error?.message]).toEqual([422, expect.stringContaining('domains like `example.com`')])
  })
})
