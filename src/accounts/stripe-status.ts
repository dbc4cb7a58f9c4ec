import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import type { StripeConnection } from '../db/models/stripe-connection.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { currentConnection } from './connect-stripe.js'

/** How a workspace stands with Stripe: what is there, and what is missing. */
export interface StripeStatus {
  /** `null`: no key was ever saved, or Stripe was disconnected. */
  readonly connection: StripeConnection | null
  /** The newest one that is valid. */
  readonly signingSecret: SigningSecret | null
  /** When the first signed event arrived; `null`: we wait for it. */
  readonly firstEventAt: Date | null
  /** Webhooks that could not be verified since that secret was saved, unless one could be verified after them. */
  readonly signatureFailures: number
  /** The key is accepted with every required permission, and a signing secret is stored: what `/app` waits for. */
  readonly isVerified: boolean
}

export async function stripeStatus(context: Context, workspaceId: string): Promise<StripeStatus> {
  const { db, now } = context
  const connection = await currentConnection(db, workspaceId)
  if (!connection) {
    return { connection: null, signingSecret: null, firstEventAt: null, signatureFailures: 0, isVerified: false }
  }
  const signingSecret = (await validSecrets(db, connection, now()).orderBy('created_at', 'desc').first()) ?? null
  return {
    connection,
    signingSecret,
    firstEventAt: await firstEventOf(db, connection),
    signatureFailures: (await isFailingStill(db, connection)) ? connection.signature_failures : 0,
    isVerified: connection.verified_at !== null && signingSecret !== null,
  }
}

/** Whether `/app` is open: the key was accepted with all that is required, and webhooks can be verified. */
export async function isStripeVerified({ db, now }: Context, workspaceId: string): Promise<boolean> {
  const connection = await currentConnection(db, workspaceId)
  if (!connection?.verified_at) return false
  return (await validSecrets(db, connection, now()).first().select('id')) !== undefined
}

const validSecrets = (db: Db, { workspace_id, id }: StripeConnection, now: Date) =>
  SigningSecret.query(db)
    .where({ workspace_id, connection_id: id })
    .where((valid) => valid.whereNull('expires_at').orWhere('expires_at', '>', now))

const eventsOf = (db: Db, { workspace_id, id }: StripeConnection) =>
  StripeEvent.query(db).where({ workspace_id, connection_id: id })

/** Looked for once: from then on it stands in the row, whatever becomes of the events. */
async function firstEventOf(db: Db, connection: StripeConnection): Promise<Date | null> {
  if (connection.first_event_at) return connection.first_event_at
  const first = await eventsOf(db, connection).orderBy('received_at').first().select('received_at')
  if (!first) return null
  await connection.$query(db).where({ first_event_at: null }).patch({ first_event_at: first.received_at })
  return first.received_at
}

async function isFailingStill(db: Db, connection: StripeConnection): Promise<boolean> {
  if (!connection.signature_failed_at) return false
  const after = eventsOf(db, connection).where('received_at', '>', connection.signature_failed_at)
  return (await after.first().select('id')) === undefined
}
