import Koa from 'koa'
import type { Domain, DomainStatus } from 'resend'
import { Clock } from '../clock.js'
import type { CourierOptions } from '../courier.js'
import { Faults } from '../faults.js'
import { Ids } from '../ids.js'
import { NotSimulated } from '../not-simulated.js'
import { Random } from '../random.js'
import { RateLimit } from '../rate-limit.js'
import { listenOnLoopback, type RunningServer } from '../server.js'
import type { AcceptedMail, Visitor } from './accepted-mail.js'
import { Domains } from './domains.js'
import { type FateOptions, Fates } from './fates.js'
import { MailIdempotency } from './idempotency.js'
import { Inbox } from './inbox.js'
import type { Access, MailKey } from './keys.js'
import { linksIn } from './links.js'
import { Postman } from './postman.js'
import { type MailEndpoint, MailWebhooks, type NewMailEndpoint } from './webhooks.js'

export interface MailOptions {
  /** 0 or absent: a free one. */
  readonly port?: number
  readonly seed?: string | undefined
  /** Resend allows 10 a second to a team (5 and 2 in older texts); no limit when absent. */
  readonly callsPerSecond?: number
  readonly now?: () => number
  /** Shares of addresses that bounce, complain or get their mail late. */
  readonly fates?: FateOptions
  readonly deliveries?: CourierOptions
  /** Refuse senders whose domain is not verified, and recipients at `example.com`. */
  readonly strictDomains?: boolean
  /** What readers do by themselves is told as opened and clicked. */
  readonly tracking?: boolean
}

export interface MailCall {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly status: number
  /** The name in a refusal, such as `validation_error`. */
  readonly error: string | null
  readonly idempotencyKey: string | null
  /** What a fault did to it. */
  readonly fault: string | undefined
}

const PERSON: Visitor = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
  ip: '203.0.113.7',
}

/** A simulated Resend: takes mails, keeps them, shows them and tells what became of them. Nothing ever leaves. */
export class MailSimulator {
  readonly clock: Clock
  readonly inbox: Inbox
  readonly faults: Faults
  readonly fates: Fates
  readonly domains: Domains
  readonly webhooks: MailWebhooks
  readonly postman: Postman
  readonly rate: RateLimit
  readonly idempotency = new MailIdempotency()
  readonly calls: MailCall[] = []
  readonly unbuilt = new NotSimulated()
  readonly keys = new Map<string, MailKey>()
  strictDomains: boolean
  tracking: boolean
  readonly #ids: Ids
  #server: RunningServer | undefined

  constructor({ callsPerSecond, deliveries, fates, now, seed = 'secondloop', ...options }: MailOptions = {}) {
    const [clock, ids] = [new Clock(now ? { now } : {}), new Ids(`${seed}/mail`)]
    this.clock = clock
    this.#ids = ids
    this.inbox = new Inbox(ids)
    this.faults = new Faults(new Random(`${seed}/mail faults`))
    this.fates = new Fates(seed, fates)
    this.domains = new Domains(ids, clock)
    this.webhooks = new MailWebhooks({ clock, ids, seed }, deliveries)
    this.postman = new Postman({
      clock,
      fates: this.fates,
      ids,
      inbox: this.inbox,
      onEvent: (event) => this.webhooks.tell(event),
    })
    this.rate = new RateLimit(callsPerSecond)
    this.strictDomains = options.strictDomains ?? false
    this.tracking = options.tracking ?? false
  }

  /** Such as `http://127.0.0.1:4020`: the SDK's `baseUrl` and the inbox page. */
  get url(): string {
    if (!this.#server) throw new Error('The simulated mail provider does not listen yet')
    return this.#server.url
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock.now()
  }

  /** An API key (`re_…`) that the provider knows; `domain` is the only one that it may send from. Gives the key. */
  addKey(
    access: Access = 'full_access',
    key: string = this.#ids.next('re', 'key', 32),
    domain: string | null = null,
  ): string {
    this.keys.set(key, { access, domain })
    return key
  }

  addDomain(name: string, status: DomainStatus = 'verified'): Domain {
    return this.domains.add(name, status)
  }

  addWebhookEndpoint(wanted: NewMailEndpoint): MailEndpoint {
    return this.webhooks.addEndpoint(wanted)
  }

  mail(id: string): AcceptedMail {
    const found = this.inbox.get(id)
    if (!found) throw new Error(`No such mail: ${id}`)
    return found
  }

  /** The recipient's server sends it back, maybe after having taken it. */
  bounce(id: string, kind: 'permanent' | 'transient' = 'permanent'): void {
    this.postman.bounce(this.mail(id), kind)
  }

  /** The recipient marks it as spam. */
  complain(id: string): void {
    this.postman.complain(this.mail(id))
  }

  /** What is scheduled leaves now, what is delayed arrives now. */
  hurry(id: string): void {
    this.postman.hurry(this.mail(id))
  }

  /** Somebody's mail program loads the images. */
  open(id: string, visitor: Partial<Visitor> = {}): void {
    this.postman.open(this.mail(id), { ...PERSON, ...visitor })
  }

  /** Somebody follows a link, the mail's first one unless another is given. */
  click(id: string, link?: string, visitor: Partial<Visitor> = {}): void {
    const mail = this.mail(id)
    const followed = link ?? linksIn(mail)[0]
    if (followed === undefined) throw new Error(`The mail ${id} has no link`)
    this.postman.click(mail, followed, { ...PERSON, ...visitor })
  }

  /** A reader did so by itself: told only when tracking is on, as Resend knows only then. */
  noticed(id: string, link: string | undefined, visitor: Partial<Visitor> = {}): void {
    if (!this.tracking) return
    if (link === undefined) this.open(id, visitor)
    else this.click(id, link, visitor)
  }

  async listen(port = 0, middleware: readonly Koa.Middleware[] = []): Promise<void> {
    const app = new Koa()
    app.silent = true
    app.use((_ctx, next) => {
      // Whoever asks finds done what is due by now, though no timer ran.
      this.clock.advance(0)
      return next()
    })
    for (const part of middleware) app.use(part)
    this.#server = await listenOnLoopback(app, port)
    this.webhooks.start()
  }

  /** Such as `GET /broadcasts`. */
  get notSimulated(): readonly string[] {
    return this.unbuilt.asked
  }

  /** The same, for a test that asks on purpose: afterwards nothing is left for `stop` to complain about. */
  takeNotSimulated(): string[] {
    return this.unbuilt.take()
  }

  /**
   * It can listen again, and remembers everything. Rejects when something was asked for that is not simulated, and nobody
   * has taken note of it.
   */
  async stop(): Promise<void> {
    this.webhooks.stop()
    await this.#server?.stop()
    this.unbuilt.assertNone('mail provider')
  }
}
