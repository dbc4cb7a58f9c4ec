import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.js'
import { connect, type Db } from './db/knex.js'
import type { Sender } from './db/models/sender.js'
import { StripeConnection } from './db/models/stripe-connection.js'
import { noteKeyRejected, noteKeyWorks } from './db/queries/note-key-answer.js'
import { PermanentError } from './errors.js'
import type { Log } from './log.js'
import { createResendMailer, type Mailer } from './mail/mailer.js'
import { createMetrics, type Metrics } from './metrics.js'
import { type Cipher, createCipher } from './secrets/cipher.js'
import { secretKeyIn } from './secrets/secret-key.js'
import { type CallListener, createStripeClient, type Stripe } from './stripe/client.js'

/** What every use case is given. Tests give a clock, a mailer and a database of their own. */
export interface Context {
  now(): Date
  /** Lets time pass; comes back early when the process is asked to stop. */
  wait(ms: number): Promise<void>
  readonly db: Db
  readonly cipher: Cipher
  /** A client for the key of a connection. Whether Stripe refuses the key is noted at each answer, whoever asked. */
  stripe(connection: StripeConnection): Stripe
  /** `null`: no provider is set up, recovery mail is not sent. */
  readonly mail: Mailer | null
  /** What sends through a workspace's own key. */
  mailerOf(sender: Sender): Mailer
  readonly log: Log
  readonly metrics: Metrics
  /** Tells whoever sits at the terminal, past the log: for links that nobody else may keep. */
  say(line: string): void
  readonly settings: Settings
  /** Aborted when the process is asked to stop: whoever loops or waits comes to an end. */
  readonly stopping: AbortSignal
}

export type Settings = Pick<
  Config,
  | 'appUrl'
  | 'mailWebhookSecret'
  | 'mailBaseUrl'
  | 'stripeApiBase'
  | 'testModeMail'
  | 'operatorEmails'
  | 'allowedEmails'
  | 'openSignUp'
  | 'trustProxy'
  | 'metricsToken'
  | 'eventPayloadDays'
>

type Parts = Omit<Context, 'now' | 'wait' | 'stripe' | 'mailerOf' | 'metrics' | 'say' | 'stopping'> &
  Partial<Pick<Context, 'now' | 'wait' | 'mailerOf' | 'say' | 'stopping'>>

/** Decrypting and building a client for each event costs more than keeping it; a new key is a new sealed text. */
const CLIENTS_KEPT = 500

export function createContext(parts: Parts): Context {
  const clients = new Map<string, { stripe: Stripe; isRejected: boolean }>()
  const mailers = new Map<string, Mailer>()
  const { stopping = new AbortController().signal } = parts
  const metrics = createMetrics()
  // Any number may wait at once.
  setMaxListeners(0, stopping)
  const context: Context = {
    now: () => new Date(),
    wait: (ms) => sleep(ms, undefined, { signal: stopping }).catch(() => undefined),
    say: (line) => void process.stderr.write(`${line}\n`),
    stopping,
    metrics,
    mailerOf({ workspace_id, api_key_sealed, from_address }) {
      const known = mailers.get(api_key_sealed)
      if (known?.from === from_address) return known
      const apiKey = parts.cipher.open(api_key_sealed, { workspaceId: workspace_id, field: 'senders.api_key' })
      const mailer = createResendMailer({ apiKey, from: from_address, baseUrl: parts.settings.mailBaseUrl })
      if (mailers.size >= CLIENTS_KEPT) mailers.clear()
      mailers.set(api_key_sealed, mailer)
      return mailer
    },
    ...parts,
    stripe(connection) {
      const { workspace_id, api_key_sealed, rejected_at } = connection
      if (api_key_sealed === null) throw new PermanentError('Stripe was disconnected: its key is gone')
      const known = clients.get(api_key_sealed)
      if (known) {
        known.isRejected ||= rejected_at !== null
        return known.stripe
      }
      const place = { workspaceId: workspace_id, field: 'stripe_connections.api_key' }
      const apiKey = parts.cipher.open(api_key_sealed, place)
      const noteCall: CallListener = ({ resource, seconds, status }) => {
        metrics.stripeCalls.inc({ resource, status: status ?? 'none' })
        metrics.stripeCallSeconds.observe({ resource }, seconds)
      }
      const noteAnswer = async (status: number) => {
        try {
          if (status === UNAUTHORIZED) {
            client.isRejected = true
            await noteKeyRejected(parts.db, connection, context.now())
          } else if (client.isRejected && status < TOO_MANY) {
            await noteKeyWorks(parts.db, connection)
            client.isRejected = false
          }
        } catch (error) {
          parts.log.warn({ err: error, connectionId: connection.id }, 'whether Stripe takes a key could not be noted')
        }
      }
      const client = {
        stripe: createStripeClient(apiKey, parts.settings.stripeApiBase, { onAnswer: noteAnswer, onCall: noteCall }),
        isRejected: rejected_at !== null,
      }
      if (clients.size >= CLIENTS_KEPT) clients.clear()
      clients.set(api_key_sealed, client)
      return client.stripe
    },
  }
  return context
}

const UNAUTHORIZED = 401
/** From here on Stripe may not have looked at the key. */
const TOO_MANY = 429

/** What a process adds to its configuration. */
interface Surroundings {
  readonly databaseUrl: string
  readonly log: Log
  readonly stopping?: AbortSignal
  /** Connections of its own at most; the queues have theirs. */
  readonly connections?: number
}

/** Seals with the secret key, and opens what it or the one before sealed. */
export function cipherOf({ dataDir, previousSecretKey, secretKey }: Config): Cipher {
  return createCipher([secretKey ?? secretKeyIn(dataDir), ...(previousSecretKey ? [previousSecretKey] : [])])
}

/** The context of a process. Whoever opens it destroys `context.db` at the end. */
export function openContext(config: Config, { databaseUrl, log, stopping, connections = 20 }: Surroundings): Context {
  return createContext({
    db: connect(databaseUrl, { max: connections }),
    cipher: cipherOf(config),
    mail: config.mail && createResendMailer(config.mail),
    log,
    settings: config,
    ...(stopping && { stopping }),
  })
}

/** @throws PermanentError when the connection is gone. */
export async function connectionOf({ db }: Context, workspaceId: string, id: string): Promise<StripeConnection> {
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspaceId, id })
  if (!connection) throw new PermanentError('This Stripe connection no longer exists')
  return connection
}
