import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import pg from 'pg'
import { type Context, createContext } from '../../src/context.js'
import { connect, type Db } from '../../src/db/knex.js'
import type { Mailer } from '../../src/mail/mailer.js'
import type { Fault } from '../simulator/faults.js'
import type { StripeSimulator } from '../simulator/index.js'

/** What every effect of a dead process comes to. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** One effect of a process on the world: an SQL statement, a call to Stripe, a call to the mail provider. */
export interface Effect {
  readonly name: string
  /** Stands from the moment it happens. What is done within a transaction stands only once that is committed. */
  readonly lasts: boolean
}

export interface Death {
  /** The effect at which the process dies, counted from 1. Absent: it lives, and its effects are counted. */
  readonly at?: number
  /** Whether that effect still happens; nobody hears its answer then. */
  readonly moment?: 'before' | 'after'
}

export interface DoomedProcess {
  readonly context: Context
  /** What it did or was about to do, in order. */
  readonly effects: readonly Effect[]
  /** Whether it came to the effect at which it was to die. */
  readonly isKilled: boolean
  /** Ends the process if it still lives. Resolves once Postgres has let go of all that it held. */
  bury(): Promise<void>
}

interface Surroundings {
  readonly databaseUrl: string
  /** Stripe as this process sees it; nobody else may call it while the process lives. */
  readonly stripe: StripeSimulator
}

/**
 * A process of its own beside the healthy one: same settings, clock and keys, but database connections of its own. At
 * the given effect it dies as by `kill -9`: its connections are cut, so that Postgres rolls back what was open, and
 * nothing of it happens any more.
 */
export function doomed(context: Context, { databaseUrl, stripe }: Surroundings, death: Death = {}): DoomedProcess {
  const life = new Life(death)
  const name = `doomed ${randomUUID()}`
  const db = connect(databaseUrl, { max: 5, name })
  db.client.driver = { Client: mortalClient(life) }
  const giveBackStripe = stripe.faults.decideBy((method, path) => life.call(`${method} ${path}`))

  return {
    context: createContext({
      ...context,
      db,
      mail: context.mail && mortalMailer(life, context.mail),
      mailerOf: (sender) => mortalMailer(life, context.mailerOf(sender)),
      async wait(ms) {
        if (life.isOver) throw new Killed()
        await context.wait(ms)
      },
    }),
    effects: life.effects,
    get isKilled() {
      return life.effects.length >= (death.at ?? Number.POSITIVE_INFINITY)
    },
    async bury() {
      life.end()
      giveBackStripe()
      await db.destroy()
      await untilGone(context.db, name)
    },
  }
}

type Fate = 'happens' | 'happens unheard' | 'does not happen'

class Life {
  readonly effects: Effect[] = []
  isOver = false
  readonly #at: number
  readonly #moment: 'before' | 'after'
  readonly #sockets = new Set<Socket>()

  constructor({ at = Number.POSITIVE_INFINITY, moment = 'before' }: Death) {
    this.#at = at
    this.#moment = moment
  }

  end(): void {
    this.isOver = true
    for (const socket of this.#sockets) socket.destroy()
  }

  endsWith(socket: Socket): Socket {
    if (this.isOver) throw new Killed()
    this.#sockets.add(socket)
    return socket
  }

  /** What becomes of the next effect. One that happens unheard is followed by `end`. */
  fateOf(effect: Effect): Fate {
    if (this.isOver) return 'does not happen'
    this.effects.push(effect)
    if (this.effects.length !== this.#at) return 'happens'
    if (this.#moment === 'after') return 'happens unheard'
    this.end()
    return 'does not happen'
  }

  /** A call to Stripe. It is cut where it arrives, so the process is dead when it would hear of it. */
  call(name: string): Fault | undefined {
    const fate = this.fateOf({ name, lasts: true })
    if (fate === 'happens') return undefined
    this.end()
    return { route: '*', kind: fate === 'happens unheard' ? 'cut' : 'drop' }
  }
}

function mortalMailer(life: Life, mailer: Mailer): Mailer {
  const ask = (name: string) => {
    if (life.fateOf({ name, lasts: false }) === 'does not happen') throw new Killed()
  }
  return {
    ...mailer,
    async listSent(after) {
      ask('list mails')
      return mailer.listSent(after)
    },
    async readMailId(providerId) {
      ask('read a mail')
      return mailer.readMailId(providerId)
    },
    async send(mails, key) {
      const fate = life.fateOf({ name: `send ${mails.length} mails`, lasts: true })
      if (fate === 'does not happen') throw new Killed()
      const result = await mailer.send(mails, key)
      if (fate === 'happens unheard') life.end()
      if (life.isOver) throw new Killed()
      return result
    },
  }
}

type Heard = (error: Error | null, result?: unknown) => void
type Statement = { readonly text: string }
/** Whoever gives nobody to hear the answer gets a promise of it, as the rate limiter does. */
type Query = (statement: Statement | string, heard?: Heard) => unknown

/** A connection that dies with the process. Knex sends everything by `query`, `BEGIN` and `COMMIT` included. */
function mortalClient(life: Life): new (settings: pg.ClientConfig) => pg.Client {
  return class extends pg.Client {
    constructor(settings: pg.ClientConfig) {
      super({ ...settings, stream: () => life.endsWith(new Socket()) })
      const query = this.query.bind(this) as unknown as Query
      Object.assign(this, { query: mortal(life, query) })
    }
  }
}

function mortal(life: Life, query: Query): Query {
  let isInTransaction = false
  return function ask(statement, heard) {
    if (!heard) {
      return new Promise((resolve, reject) => {
        ask(statement, (error, result) => (error ? reject(error) : resolve(result)))
      })
    }
    // Knex itself asks a new connection for the version of Postgres.
    if (typeof statement === 'string') return query(statement, heard)
    const { text } = statement
    const isCommit = /^commit/i.test(text)
    const fate = life.fateOf({ name: text, lasts: isCommit || !(isInTransaction || /^(begin|select)/i.test(text)) })
    if (fate === 'does not happen') return void setImmediate(heard, new Killed())
    if (/^begin/i.test(text)) isInTransaction = true
    if (/^(commit;|rollback;?$)/i.test(text)) isInTransaction = false
    return query(statement, (error, result) => {
      if (fate === 'happens unheard') life.end()
      heard(life.isOver ? new Killed() : error, result)
    })
  }
}

/** Postgres notices a cut connection at once, and then rolls back. */
async function untilGone(db: Db, name: string): Promise<void> {
  for (;;) {
    const { rows } = await db.raw('select 1 from pg_stat_activity where application_name = ?', [name])
    if (rows.length === 0) return
  }
}
