import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import { type MailSimulator, startMail } from './mail/index.js'
import { openPage } from './visitor.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

let simulator: MailSimulator
let receiver: WebhookReceiver
let resend: Resend

beforeEach(async () => {
  simulator = await startMail({ seed: 'mail control' })
  receiver = await startReceiver()
  resend = new Resend(simulator.addKey(), { baseUrl: simulator.url })
})
afterEach(async () => {
  await simulator.stop()
  await receiver.stop()
})

async function command(name: string, body: object = {}): Promise<{ status: number; answer: Record<string, unknown> }> {
  const answer = await fetch(`${simulator.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) })
  return { status: answer.status, answer: (await answer.json()) as Record<string, unknown> }
}

const look = (what: string) => fetch(`${simulator.url}/_control/${what}`).then((answer) => answer.json())

async function send(to: string): Promise<string> {
  const { data } = await resend.emails.send({
    from: 'ada@cloudsmith.example',
    to,
    subject: `For ${to}`,
    text: 'Renew: https://app.example/r/abc',
  })
  return data?.id ?? ''
}

describe('a drill in another process', () => {
  it('decides what becomes of mails and sees it', async () => {
    await command('endpoint', { url: receiver.url, events: ['email.bounced', 'email.clicked'] })
    await command('fate', { address: 'gone@velo.example', fate: 'bounced' })
    const [read, gone] = [await send('amara@northpeak.example'), await send('gone@velo.example')]
    await send('gone@velo.example')
    await command('open', { mail: read })
    await command('click', { mail: read, userAgent: 'SomeScanner/1.0' })
    await resend.broadcasts.list()
    await simulator.webhooks.settled()

    expect(await look('state')).toMatchObject({
      mails: 3,
      delivered: 1,
      states: { clicked: 1, bounced: 1, suppressed: 1 },
      fates: { 'gone@velo.example': 'bounced' },
      suppressed: { 'gone@velo.example': { origin: 'bounce', sourceId: gone } },
      deliveries: { pending: 0, delivered: 2, lost: 0 },
      calls: 4,
      refusals: 1,
      notSimulated: ['GET /broadcasts'],
    })
    simulator.takeNotSimulated()
    expect(await look('deliveries')).toMatchObject([
      { type: 'email.bounced', mail: gone, state: 'delivered', lastResult: 200 },
      { type: 'email.clicked', mail: read },
    ])
    expect(await look('delivered')).toMatchObject([{ id: read, state: 'clicked' }])
    expect(await look('mails?after=1')).toHaveLength(2)
    expect(await look('calls?after=3')).toMatchObject([{ path: '/broadcasts', status: 404, error: 'not_found' }])
  })

  it('disturbs the API and heals it', async () => {
    await command('fault', { route: 'POST /emails', kind: 'status', status: 429, error: 'daily_quota_exceeded' })
    const refused = await resend.emails.send({ from: 'a@b.example', to: 'c@d.example', subject: 'x', text: 'x' })
    await command('clear-faults')
    await send('amara@northpeak.example')
    await command('rate-limit', { perSecond: 3 })
    const limited = await look('state')
    await command('rate-limit', { perSecond: null })

    expect(refused.error?.name).toBe('daily_quota_exceeded')
    expect(simulator.inbox.mails).toHaveLength(1)
    expect(limited).toMatchObject({ callsPerSecond: 3, faults: [] })
    expect(simulator.rate.perSecond).toBeUndefined()
  })

  it('sets domains, keys, shares, tracking and misfortune', async () => {
    await command('domain', { name: 'fernhill.example', status: 'failed' })
    await command('strict-domains', { on: true })
    await command('tracking', { on: true })
    await command('shares', { bounces: 0.1 })
    await command('deliveries', { losses: 0.5 })
    const { answer } = await command('key', { access: 'sending_access', domain: 'fernhill.example' })
    await command('revoke-key', { key: answer.key })

    expect(await look('state')).toMatchObject({
      domains: [{ name: 'fernhill.example', status: 'failed' }],
      strictDomains: true,
      tracking: true,
      shares: { bounces: 0.1, complaints: 0 },
    })
    expect(simulator.keys.has(String(answer.key))).toBe(false)
  })

  it('skips the time that a scheduled mail waits, and hurries another', async () => {
    const later = (scheduledAt: string) =>
      resend.emails.send({ from: 'a@b.example', to: 'c@d.example', subject: 'Later', text: 'x', scheduledAt })
    await later('in 1 hour')
    const tomorrow = await later('in 1 day')
    await command('advance', { ms: 2 * 3600 * 1000 })
    expect(await look('state')).toMatchObject({ states: { delivered: 1, scheduled: 1 } })

    await command('hurry', { mail: tomorrow.data?.id })
    expect(await look('state')).toMatchObject({ states: { delivered: 2 } })
  })

  it('is told what is wrong with a command', async () => {
    const fate = await command('fate', { address: 'a@b.example', fate: 'eaten' })
    const mail = await command('bounce', { mail: 'm_1' })

    expect([fate.status, mail.status]).toEqual([400, 400])
    expect(mail.answer.error).toBe('No such mail: m_1')
  })
})

describe('the pages of the mail provider', () => {
  it('show each mail’s state and story, and what webhooks were answered', async () => {
    simulator.addWebhookEndpoint({ url: receiver.url })
    const id = await send('bounced@resend.dev')
    await simulator.webhooks.settled()

    const list = await openPage(simulator.url)
    const mail = await openPage(`${simulator.url}/mail/${id}`)
    const told = await openPage(`${simulator.url}/deliveries`)

    expect(list.html).toMatch(/1 bounced/)
    expect(mail.html).toMatch(/Permanent, General/)
    expect(mail.html).toContain(receiver.url)
    expect(told.html).toContain('email.bounced')
  })

  it('bounce a mail and give an address its fate at the press of a button', async () => {
    const id = await send('amara@northpeak.example')
    const form = new URLSearchParams({ mail: id, kind: 'permanent' })
    await fetch(`${simulator.url}/_control/bounce`, { method: 'POST', body: form })
    const back = await fetch(`${simulator.url}/_control/fate`, {
      method: 'POST',
      body: new URLSearchParams({ address: 'tom@velo.example', fate: 'failed' }),
      headers: { referer: `${simulator.url}/addresses` },
    })

    expect(simulator.mail(id).state).toBe('bounced')
    expect(back.url).toBe(`${simulator.url}/addresses`)
    expect(await back.text()).toMatch(/tom@velo\.example.*failed/s)
  })

  it('show calls with their faults and take new ones', async () => {
    const page = await openPage(`${simulator.url}/calls`)
    expect(page.forms.find(({ action }) => action === '/_control/fault')?.fields).toEqual(
      expect.arrayContaining(['route', 'kind', 'status', 'count']),
    )
    const form = { route: 'POST /emails', kind: 'status', status: '503', error: '', retryAfter: '', ms: '', count: '1' }
    await fetch(`${simulator.url}/_control/fault`, { method: 'POST', body: new URLSearchParams(form) })
    await send('amara@northpeak.example')

    const after = await openPage(`${simulator.url}/calls`)
    expect(simulator.inbox.mails).toEqual([])
    expect(after.html).toContain('503 service_unavailable')
    expect(after.html).toContain('1 of 1')
  })

  it('say in red what is not simulated', async () => {
    await resend.broadcasts.list()

    expect((await openPage(simulator.url)).html).toMatch(/role="alert".*GET \/broadcasts/s)
    simulator.takeNotSimulated()
  })
})

describe('many mails', () => {
  it('are taken, told and listed without growing slow', async () => {
    simulator.addWebhookEndpoint({ url: receiver.url, events: ['email.bounced'] })
    const waiting = simulator.inbox.next({ subject: 'Mail 19999' }, 30_000)
    const began = performance.now()
    for (let batch = 0; batch < 200; batch += 1) {
      const { error } = await resend.batch.send(
        Array.from({ length: 100 }, (_, n) => ({
          from: 'ada@cloudsmith.example',
          to: `customer${batch * 100 + n}@velo.example`,
          subject: `Mail ${batch * 100 + n}`,
          text: 'Hello',
          tags: [{ name: 'mail', value: `m_${batch * 100 + n}` }],
        })),
      )
      expect(error).toBeNull()
    }
    await waiting
    for (let n = 0; n < 20_000; n += 1) simulator.inbox.find({ to: `customer${n}@velo.example` })
    const last = await resend.emails.list({ limit: 100, before: simulator.inbox.mails[0]?.id ?? '' })
    const seconds = (performance.now() - began) / 1_000

    expect(last.data?.data).toHaveLength(100)
    expect(simulator.inbox.countByTag('mail').size).toBe(20_000)
    expect((await openPage(simulator.url)).html).toContain('20000 mails')
    // A twentieth of it on an idle machine; what grows with the square takes minutes.
    expect(seconds).toBeLessThan(20)
  })
})
