import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Resend } from 'resend'
import { startCustomers } from './customers.js'
import { type MailOptions, type MailSimulator, startMail } from './mail/index.js'
import { startReceiver } from './webhook-receiver.js'

const MINUTE = 60_000

let simulator: MailSimulator
let now = Date.now()
let customers: { stop(): void } | undefined

beforeEach(() => start())
afterEach(async () => {
  customers?.stop()
  await simulator.stop()
})

async function start(options: MailOptions = {}): Promise<void> {
  now = Date.now()
  simulator = await startMail({ seed: 'fates', now: () => now, ...options })
}

/** Gives the mail's states, oldest first. */
async function send(to: string | string[]): Promise<string[]> {
  const resend = new Resend([...simulator.keys.keys()][0] ?? simulator.addKey(), { baseUrl: simulator.url })
  const { data } = await resend.emails.send({
    from: 'ada@cloudsmith.example',
    to,
    subject: 'Your renewal',
    html: '<p><a href="https://app.example/r/abc?a=1&amp;b=2">Renew</a></p>',
  })
  return statesOf(data?.id ?? '')
}

const statesOf = (id: string) => simulator.mail(id).events.map(({ state }) => state)

describe('a mail to one of Resend’s test addresses', () => {
  it.each([
    ['delivered@resend.dev', ['sent', 'delivered']],
    ['delivered+here@resend.dev', ['sent', 'delivered']],
    ['bounced@resend.dev', ['sent', 'bounced']],
    ['bounced+label@resend.dev', ['sent', 'bounced']],
    ['Grump <complained+x@resend.dev>', ['sent', 'delivered', 'complained']],
    ['suppressed@resend.dev', ['suppressed']],
  ])('to %s goes as its name says', async (address, story) => {
    expect(await send(address)).toEqual(story)
    expect(await send(address)).toEqual(story)
  })
})

describe('the fate of an address', () => {
  it.each([
    ['delivered', ['sent', 'delivered']],
    ['delayed', ['sent', 'delivery_delayed']],
    ['bounced', ['sent', 'bounced']],
    ['bounced_transiently', ['sent', 'bounced']],
    ['complained', ['sent', 'delivered', 'complained']],
    ['suppressed', ['suppressed']],
    ['failed', ['failed']],
  ] as const)('can be set: %s', async (fate, story) => {
    simulator.fates.set('Amara@NorthPeak.example', fate)

    expect(await send('Amara <amara@northpeak.example>')).toEqual(story)
    expect(await send('tom@velo.example')).toEqual(['sent', 'delivered'])
  })

  it('suppresses it from then on when it bounced for good or complained, until it is set anew', async () => {
    simulator.fates.set('gone@velo.example', 'bounced')
    simulator.fates.set('grump@velo.example', 'complained')
    simulator.fates.set('full@velo.example', 'bounced_transiently')

    const [gone, grump, full] = ['gone@velo.example', 'grump@velo.example', 'full@velo.example'] as const
    for (const address of [gone, grump, full]) await send(address)
    const [first] = simulator.inbox.find({ to: gone })

    expect([await send(gone), await send(grump), await send(full)]).toEqual([
      ['suppressed'],
      ['suppressed'],
      ['sent', 'bounced'],
    ])
    expect(simulator.fates.suppressed.get(gone)).toEqual({ origin: 'bounce', sourceId: first?.id, at: now })
    expect(simulator.fates.suppressed.get(grump)?.origin).toBe('complaint')

    simulator.fates.set(gone, 'delivered')
    expect(await send(gone)).toEqual(['sent', 'delivered'])
  })

  it('brings a delayed mail a minute later, once', async () => {
    simulator.fates.set('slow@velo.example', 'delayed')
    await send('slow@velo.example')
    const [mail] = simulator.inbox.mails

    now += MINUTE
    simulator.clock.advance(0)
    expect(statesOf(mail?.id ?? '')).toEqual(['sent', 'delivery_delayed', 'delivered'])
    simulator.hurry(mail?.id ?? '')
    expect(statesOf(mail?.id ?? '')).toHaveLength(3)
  })

  it('is met by each recipient alone', async () => {
    simulator.fates.set('gone@velo.example', 'bounced')
    simulator.fates.set('slow@velo.example', 'delayed')
    const story = await send(['ada@velo.example', 'slow@velo.example', 'gone@velo.example'])
    const [mail] = simulator.inbox.mails
    const told = (state: string) => mail?.events.find((event) => event.state === state)?.payload?.data.to

    expect(story).toEqual(['sent', 'delivered', 'delivery_delayed', 'bounced'])
    expect([told('delivered'), told('delivery_delayed'), told('bounced')]).toEqual([
      ['ada@velo.example'],
      ['slow@velo.example'],
      ['gone@velo.example'],
    ])
    simulator.hurry(mail?.id ?? '')
    expect(mail?.events.at(-1)?.payload).toMatchObject({ type: 'email.delivered', data: { to: ['slow@velo.example'] } })
    expect(simulator.inbox.delivered).toHaveLength(1)
  })

  it('is rolled by the seed when there are shares, the same in every run', async () => {
    const addresses = Array.from({ length: 200 }, (_, n) => `customer${n}@velo.example`)
    const rolled = () => addresses.map((address) => simulator.fates.of(address))
    simulator.fates.configure({ bounces: 0.1, complaints: 0.05, delays: 0.1 })
    const first = rolled()
    await simulator.stop()
    await start({ fates: { bounces: 0.1, complaints: 0.05, delays: 0.1 } })

    expect(rolled()).toEqual(first)
    const count = (fate: string) => first.filter((one) => one === fate).length
    expect(count('bounced')).toBeGreaterThan(8)
    expect(count('bounced')).toBeLessThan(36)
    expect(count('complained')).toBeGreaterThan(2)
    expect(count('delayed')).toBeGreaterThan(8)
    expect(count('delivered')).toBeGreaterThan(120)
  })
})

describe('what happens to a delivered mail on command', () => {
  beforeEach(async () => {
    await send('amara@northpeak.example')
  })
  const id = () => simulator.inbox.mails[0]?.id ?? ''
  const last = () => simulator.mail(id()).events.at(-1)

  it('is opened and clicked, by a person or by a scanner', () => {
    simulator.open(id())
    simulator.click(id(), undefined, { userAgent: 'SomeScanner/1.0', ip: '198.51.100.9' })

    expect(statesOf(id())).toEqual(['sent', 'delivered', 'opened', 'clicked'])
    expect(last()?.payload).toMatchObject({
      type: 'email.clicked',
      data: {
        click: {
          link: 'https://app.example/r/abc?a=1&b=2',
          ipAddress: '198.51.100.9',
          userAgent: 'SomeScanner/1.0',
          timestamp: new Date(now).toISOString(),
        },
      },
    })
  })

  it('bounces although it was taken, and complains', () => {
    simulator.complain(id())
    simulator.bounce(id(), 'transient')

    expect(statesOf(id())).toEqual(['sent', 'delivered', 'complained', 'bounced'])
    expect(last()?.payload).toMatchObject({
      data: { bounce: { type: 'Transient', subType: 'MailboxFull', message: expect.any(String) } },
    })
    expect(simulator.fates.of('amara@northpeak.example')).toBe('suppressed')
  })

  it('is opened by nobody’s reading unless tracking is on', () => {
    simulator.noticed(id(), undefined)
    expect(statesOf(id())).toEqual(['sent', 'delivered'])

    simulator.tracking = true
    simulator.noticed(id(), undefined)
    simulator.noticed(id(), 'https://app.example/r/abc')
    expect(statesOf(id())).toEqual(['sent', 'delivered', 'opened', 'clicked'])
  })

  it('cannot happen to a mail that never arrived', async () => {
    await send('bounced@resend.dev')
    const bounced = simulator.inbox.mails[1]?.id ?? ''

    expect(() => simulator.open(bounced)).toThrow('was not delivered: it is bounced')
    expect(() => simulator.complain(bounced)).toThrow('was not delivered')
    expect(() => simulator.bounce(bounced)).not.toThrow()
  })
})

describe('simulated customers', () => {
  it('read what arrived only, and are noticed when the provider tracks', async () => {
    const product = await startReceiver()
    const link = `${new URL(product.url).origin}/r/token`
    simulator.tracking = true
    simulator.fates.set('gone@velo.example', 'bounced')
    const resend = new Resend(simulator.addKey(), { baseUrl: simulator.url })
    for (const to of ['gone@velo.example', 'amara@northpeak.example']) {
      await resend.emails.send({ from: 'ada@cloudsmith.example', to, subject: 'Renew', text: `Renew: ${link}` })
    }
    const acted = new Promise<string | undefined>((resolve) => {
      customers = startCustomers({
        inboxUrl: simulator.url,
        seed: 'customers',
        behaviour: { scanned: 1, atOnceMs: [50, 50], pollMs: 10 },
        onAct: ({ mail }) => resolve(mail.to[0]),
      })
    })
    const who = await acted
    customers?.stop()
    await product.stop()
    const [gone, amara] = simulator.inbox.mails

    expect(who).toBe('amara@northpeak.example')
    expect(statesOf(gone?.id ?? '')).toEqual(['sent', 'bounced'])
    expect(statesOf(amara?.id ?? '')).toEqual(['sent', 'delivered', 'clicked', 'opened', 'clicked'])
    const agents = amara?.events.flatMap(({ visitor }) => visitor?.userAgent ?? []) ?? []
    expect(agents.map((agent) => agent.includes('Scanner'))).toEqual([true, false, false])
  })
})
