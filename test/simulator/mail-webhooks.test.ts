import { afterEach, describe, expect, it } from '@jest/globals'
import { Resend, type WebhookEventPayload } from 'resend'
import { type MailOptions, type MailSimulator, startMail } from './mail/index.js'
import { startReceiver, type WebhookReceiver } from './webhook-receiver.js'

const SECRET = `whsec_${Buffer.from('a secret of the owner').toString('base64')}`
const OTHER = `whsec_${Buffer.from('a secret of nobody').toString('base64')}`
const DAY = 24 * 3600 * 1000

let simulator: MailSimulator
let receiver: WebhookReceiver
let resend: Resend

afterEach(async () => {
  await simulator.stop()
  await receiver.stop()
})

async function start(options: MailOptions = {}, status?: (nth: number) => number): Promise<void> {
  simulator = await startMail({ seed: 'mail webhooks', ...options })
  receiver = await startReceiver(status)
  resend = new Resend(simulator.addKey(), { baseUrl: simulator.url })
}

async function send(to: string, tags: { name: string; value: string }[] = []): Promise<string> {
  const { data } = await resend.emails.send({
    from: 'Ada <ada@cloudsmith.example>',
    to: [to],
    subject: 'Your renewal',
    text: 'Renew at https://app.example/r/abc',
    tags,
  })
  return data?.id ?? ''
}

function verified(webhookSecret: string, nth = 0, payload = receiver.received[nth]?.body ?? ''): WebhookEventPayload {
  const headers = receiver.received[nth]?.headers
  return resend.webhooks.verify({
    payload,
    headers: {
      id: String(headers?.['svix-id']),
      timestamp: String(headers?.['svix-timestamp']),
      signature: String(headers?.['svix-signature']),
    },
    webhookSecret,
  })
}

const types = () => receiver.events().map(({ type }) => type)

describe('a webhook endpoint of the mail provider', () => {
  it('is told what became of a mail, signed as the SDK verifies it', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['email.bounced'] })
    const id = await send('bounced@resend.dev', [{ name: 'mail', value: 'm_1' }])
    await simulator.webhooks.settled()

    expect(verified(SECRET)).toEqual({
      type: 'email.bounced',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: {
        email_id: id,
        message_id: expect.stringMatching(/^<.+@.+>$/),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        from: 'Ada <ada@cloudsmith.example>',
        to: ['bounced@resend.dev'],
        subject: 'Your renewal',
        tags: { mail: 'm_1' },
        bounce: {
          type: 'Permanent',
          subType: 'General',
          message: expect.any(String),
          diagnosticCode: [expect.stringContaining('550 5.1.1')],
        },
      },
    })
    expect(receiver.received).toHaveLength(1)
  })

  it('can tell a changed body and another secret', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
    await send('amara@northpeak.example')
    await simulator.webhooks.settled()
    const changed = receiver.received[0]?.body.replace('email.sent', 'email.opened')

    expect(verified(SECRET).type).toBe('email.sent')
    expect(() => verified(SECRET, 0, changed)).toThrow('No matching signature found')
    expect(() => verified(OTHER)).toThrow('No matching signature found')
  })

  it('is signed with both secrets for a day while one is rolled', async () => {
    let now = Date.now()
    await start({ now: () => now })
    const created = await resend.webhooks.create({ endpoint: receiver.url, events: ['email.sent'] })
    const old = created.data?.signing_secret ?? ''
    const rolled = await resend.webhooks.rotateSigningSecret(created.data?.id ?? '')
    const secret = rolled.data?.signing_secret ?? ''
    await send('amara@northpeak.example')
    await simulator.webhooks.settled()

    expect(secret).not.toBe(old)
    expect(verified(old)).toEqual(verified(secret))

    now += DAY
    await send('amara@northpeak.example')
    await simulator.webhooks.settled()
    const signatures = String(receiver.received[1]?.headers['svix-signature']).split(' ')
    expect(signatures).toHaveLength(1)
  })

  it('gets every event of a mail’s life', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
    simulator.fates.set('slow@velo.example', 'delayed')
    simulator.fates.set('never@velo.example', 'failed')
    const id = await send('amara@northpeak.example')
    simulator.open(id)
    simulator.click(id)
    simulator.complain(id)
    for (const to of ['amara@northpeak.example', 'bounced@resend.dev', 'slow@velo.example', 'never@velo.example']) {
      await send(to)
    }
    await resend.emails.send({
      from: 'ada@cloudsmith.example',
      to: 'tom@velo.example',
      subject: 'Later',
      text: 'x',
      scheduledAt: 'in 1 hour',
    })
    await simulator.webhooks.settled()

    expect(new Set(types())).toEqual(
      new Set([
        'email.sent',
        'email.scheduled',
        'email.delivered',
        'email.delivery_delayed',
        'email.bounced',
        'email.complained',
        'email.opened',
        'email.clicked',
        'email.failed',
        'email.suppressed',
      ]),
    )
    const ids = receiver.received.map(({ headers }) => headers['svix-id'])
    expect(new Set(ids).size).toBe(ids.length)
    for (const nth of ids.keys()) expect(verified(SECRET, nth).type).toMatch(/^email\./)
  })

  it('is tried again until it takes an event, under the same id', async () => {
    await start({ deliveries: { retryMs: [1] } }, (nth) => (nth < 3 ? 500 : 204))
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['email.delivered'] })
    await send('amara@northpeak.example')
    await simulator.webhooks.settled()

    expect(simulator.webhooks.deliveries).toMatchObject([{ state: 'delivered', tries: 4, lastResult: 204 }])
    expect(receiver.received).toHaveLength(1)
  })

  it('gets what waited for it when the provider comes back', async () => {
    await start({ deliveries: { retryMs: [60_000] } }, (nth) => (nth === 0 ? 503 : 200))
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['email.delivered'] })
    await send('amara@northpeak.example')
    while (simulator.webhooks.deliveries[0]?.lastResult === undefined) await new Promise((done) => setTimeout(done, 5))
    await simulator.stop()
    await simulator.listen()
    await simulator.webhooks.settled()

    expect(types()).toEqual(['email.delivered'])
  })

  it('suffers the same losses and doubles in every run of a seed', async () => {
    const misfortune = { losses: 0.2, duplicates: 0.2, shuffleMs: 20, delays: 0.2, delayMs: 30 }
    const stories: string[][] = []
    for (const _run of [1, 2]) {
      if (stories.length > 0) {
        await simulator.stop()
        await receiver.stop()
      }
      await start({ deliveries: misfortune })
      simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET })
      await Promise.all(Array.from({ length: 40 }, (_, n) => send(`customer${n}@velo.example`)))
      await simulator.webhooks.settled()
      stories.push(receiver.received.map(({ headers }) => String(headers['svix-id'])).sort())
    }

    expect(stories[0]).toEqual(stories[1])
    const unique = new Set(stories[0]).size
    expect(unique).toBeLessThan(80)
    expect(stories[0]?.length).toBeGreaterThan(unique)
  })

  it('is told again by a replay', async () => {
    await start()
    simulator.addWebhookEndpoint({ url: receiver.url, secret: SECRET, events: ['email.delivered'] })
    await send('amara@northpeak.example')
    await simulator.webhooks.settled()
    simulator.webhooks.replay(simulator.webhooks.deliveries[0]?.event.id ?? '')
    await simulator.webhooks.settled()

    const [first, second] = receiver.received
    expect([second?.body, second?.headers['svix-id']]).toEqual([first?.body, first?.headers['svix-id']])
  })
})

describe('the API of webhooks', () => {
  it('makes, shows, changes and removes endpoints', async () => {
    await start()
    const made = await resend.webhooks.create({ endpoint: receiver.url, events: ['email.bounced', 'email.complained'] })
    const id = made.data?.id ?? ''
    const shown = await resend.webhooks.get(id)
    const listed = await resend.webhooks.list()

    expect(made.data).toEqual({ object: 'webhook', id, signing_secret: expect.stringMatching(/^whsec_/) })
    expect(shown.data).toMatchObject({
      object: 'webhook',
      status: 'enabled',
      endpoint: receiver.url,
      events: ['email.bounced', 'email.complained'],
      signing_secret: made.data?.signing_secret,
    })
    expect(listed.data).toMatchObject({ object: 'list', has_more: false, data: [{ id, endpoint: receiver.url }] })
    expect(listed.data?.data[0]).not.toHaveProperty('signing_secret')

    await resend.webhooks.update(id, { events: ['email.sent'], status: 'disabled' })
    await send('amara@northpeak.example')
    expect(simulator.webhooks.deliveries).toEqual([])

    const removed = await resend.webhooks.remove(id)
    const gone = await resend.webhooks.get(id)
    expect(removed.data).toEqual({ object: 'webhook', id, deleted: true })
    expect([gone.error?.statusCode, gone.error?.name]).toEqual([404, 'not_found'])
  })

  it('refuses what is no address or no event', async () => {
    await start()
    const nowhere = await resend.webhooks.create({ endpoint: 'nowhere', events: ['email.sent'] })
    const nothing = await resend.webhooks.create({ endpoint: receiver.url, events: [] })

    expect([nowhere.error?.name, nothing.error?.name]).toEqual(['validation_error', 'validation_error'])
  })
})
