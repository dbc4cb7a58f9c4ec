import Koa from 'koa'
import { Faults } from '../faults.js'
import { Ids } from '../ids.js'
import { Random } from '../random.js'
import { RateLimit } from '../rate-limit.js'
import { listenOnLoopback, type RunningServer } from '../server.js'
import { MailIdempotency } from './idempotency.js'
import { Inbox } from './inbox.js'

export interface MailOptions {
  /** 0 or absent: a free one. */
  readonly port?: number
  readonly seed?: string | undefined
  /** Resend allows 5 a second to a team; no limit when absent. */
  readonly callsPerSecond?: number
  readonly now?: () => number
}

export interface MailCall {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly idempotencyKey: string | null
  /** What a fault did to it. */
  readonly fault: string | undefined
}

/** A simulated Resend: takes mails, keeps them, shows them. Nothing ever leaves. */
export class MailSimulator {
  readonly inbox: Inbox
  readonly faults: Faults
  readonly rate: RateLimit
  readonly idempotency = new MailIdempotency()
  readonly calls: MailCall[] = []
  /** Such as `POST /domains`. */
  readonly notSimulated: string[] = []
  readonly keys = new Map<string, 'full_access' | 'sending_access'>()
  readonly now: () => number
  readonly #ids: Ids
  #server: RunningServer | undefined

  constructor({ callsPerSecond, now = Date.now, seed = 'secondloop' }: MailOptions = {}) {
    this.#ids = new Ids(`${seed}/mail`)
    this.inbox = new Inbox(this.#ids)
    this.faults = new Faults(new Random(`${seed}/mail faults`))
    this.rate = new RateLimit(callsPerSecond)
    this.now = now
  }

  /** Such as `http://127.0.0.1:4020`: the SDK's `baseUrl` and the inbox page. */
  get url(): string {
    if (!this.#server) throw new Error('The simulated mail provider does not listen yet')
    return this.#server.url
  }

  /** An API key (`re_…`) that the provider knows. Gives the key itself. */
  addKey(access: 'full_access' | 'sending_access' = 'full_access', key = this.#ids.next('re', 'key', 32)): string {
    this.keys.set(key, access)
    return key
  }

  async listen(port = 0, middleware: readonly Koa.Middleware[] = []): Promise<void> {
    const app = new Koa()
    app.silent = true
    for (const part of middleware) app.use(part)
    this.#server = await listenOnLoopback(app, port)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }
}
