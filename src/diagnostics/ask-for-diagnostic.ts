import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Diagnostic } from '../db/models/diagnostic.js'
import { StripeConnection } from '../db/models/stripe-connection.js'

/** `running`: one is under way already, or waits. */
export type AskedFor = 'asked' | 'running' | 'not_connected'

/** Asks for a run: ring for it after the commit. One at a time, whoever asks. */
export async function askForDiagnostic(
  { db, now }: Pick<Context, 'db' | 'now'>,
  workspaceId: string,
  reason: Diagnostic['reason'] = 'owner',
): Promise<AskedFor> {
  const connection = await usableConnections(db).findOne({ workspace_id: workspaceId })
  if (!connection) return 'not_connected'
  // One run at a time: the index refuses a second.
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `insert into diagnostics (workspace_id, connection_id, reason, asked_at) values (?, ?, ?, ?)
     on conflict (workspace_id) where ended_at is null do nothing returning id`,
    [workspaceId, connection.id, reason, now()],
  )
  return rows.length > 0 ? 'asked' : 'running'
}

/** Asks for the first run of the workspace's connection, unless there was one. */
export async function askForFirst(context: Pick<Context, 'db' | 'now'>, workspaceId: string): Promise<void> {
  const isNew = await withoutRun(context.db).findOne({ workspace_id: workspaceId })
  if (isNew) await askForDiagnostic(context, workspaceId, 'connected')
}

/** Usable connections of which no diagnostic was asked for yet. */
export const withoutRun = (db: Db) =>
  usableConnections(db).whereNotExists(
    Diagnostic.query(db).whereRaw(
      'diagnostics.workspace_id = stripe_connections.workspace_id and diagnostics.connection_id = stripe_connections.id',
    ),
  )

/** Connections that Stripe confirmed, and does not refuse. */
export const usableConnections = (db: Db) =>
  StripeConnection.query(db)
    .where({ replaced_at: null, rejected_at: null })
    .whereNotNull('verified_at')
    .whereNotNull('api_key_sealed')
