import { randomBytes } from 'node:crypto'
import { type Context, createContext, type Settings } from '../../src/context.js'
import type { Db } from '../../src/db/knex.js'
import { createLog } from '../../src/log.js'
import type { DeliveryResult, Mailer, OutgoingMail } from '../../src/mail/mailer.js'
import { createCipher } from '../../src/secrets/cipher.js'

/** Where the simulated Stripe answers in tests that use nock. */
export const STRIPE_BASE = 'http://stripe.test'

/** A context with a clock that stands until it is moved, and a mailer that keeps what it is given. */
export interface FakeContext extends Context {
  readonly outbox: OutgoingMail[]
  /** What the mailer answers next; by default it accepts. */
  answers: (DeliveryResult | (() => Promise<DeliveryResult>))[]
  /** Every call to the mailer with its idempotency key. */
  readonly calls: { key: string; mails: readonly OutgoingMail[] }[]
  readonly logged: string[]
  /** Told at the terminal. */
  readonly said: string[]
  advance(ms: number): void
}

interface Options {
  db: Db
  settings?: Partial<Settings>
  mail?: Mailer | null
  /** When its clock begins. */
  at?: Date
}

export function fakeContext({ db, settings, mail, at = new Date() }: Options): FakeContext {
  let time = at.getTime()
  const outbox: OutgoingMail[] = []
  const calls: FakeContext['calls'] = []
  const logged: string[] = []
  const said: string[] = []
  const seen = new Map<string, DeliveryResult>()

  const mailer: Mailer = {
    providerKey: `fake-${randomBytes(4).toString('hex')}`,
    from: 'SecondLoop <mail@secondloop.example>',
    async send(mails, key) {
      calls.push({ key, mails })
      const next = fake.answers.shift()
      if (next) return typeof next === 'function' ? next() : next
      return accept(mails, key)
    },
    listSent: async () => ({ kind: 'not_allowed' }),
    readMailId: async () => ({ kind: 'not_allowed' }),
  }
  function accept(mails: readonly OutgoingMail[], key: string): DeliveryResult {
    const known = seen.get(key)
    if (known) return known
    outbox.push(...mails)
    const result: DeliveryResult = {
      kind: 'answered',
      mails: mails.map((mail) => ({ accepted: true, providerId: `re-${mail.mailId}` })),
    }
    seen.set(key, result)
    return result
  }

  const context = createContext({
    db,
    cipher: createCipher([Buffer.alloc(32, 7)]),
    mail: mail === undefined ? mailer : mail,
    log: createLog('trace', { write: (line) => void logged.push(line) }),
    settings: {
      appUrl: 'https://app.secondloop.example',
      mailWebhookSecret: null,
      mailBaseUrl: null,
      stripeApiBase: STRIPE_BASE,
      testModeMail: 'customer',
      operatorEmails: [],
      allowedEmails: [],
      openSignUp: false,
      trustProxy: 0,
      metricsToken: null,
      eventPayloadDays: 90,
      ...settings,
    },
    now: () => new Date(time),
    wait: async (ms) => fake.advance(ms),
    say: (line) => void said.push(line),
  })
  const fake: FakeContext = Object.assign(context, {
    outbox,
    calls,
    logged,
    said,
    answers: [],
    advance(ms: number) {
      time += ms
    },
  })
  return fake
}
