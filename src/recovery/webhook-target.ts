import { LRUCache } from 'lru-cache'
import type { Context } from '../context.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { hashToken } from '../secrets/tokens.js'

/** Whose events arrive at a webhook URL, and what proves them. */
export interface WebhookTarget {
  readonly workspaceId: string
  readonly connectionId: string
  readonly livemode: boolean
  /** Decrypted, in memory only. */
  readonly secrets: readonly string[]
}

export interface WebhookTargets {
  /**
   * `null`: no workspace has this token.
   *
   * @param fresh asks the database even for what is remembered: a secret may just have been changed
   */
  find(token: string, fresh?: boolean): Promise<WebhookTarget | null>
}

/** A changed secret or URL takes effect this soon in every process. */
const KNOWN_FOR_MS = 15_000

/** Looks webhook tokens up by hash and remembers the answer for a moment: most events come to few URLs. */
export function createWebhookTargets(context: Context): WebhookTargets {
  const known = new LRUCache<string, { target: WebhookTarget | null }>({
    max: 5_000,
    ttl: KNOWN_FOR_MS,
    fetchMethod: async (hash) => ({ target: await look(context, hash) }),
  })
  return {
    async find(token, fresh = false) {
      return (await known.fetch(hashToken(token), { forceRefresh: fresh }))?.target ?? null
    },
  }
}

async function look({ db, cipher, now }: Context, hash: string): Promise<WebhookTarget | null> {
  const workspace = await Workspace.query(db).findOne({ webhook_token_hash: hash }).select('id')
  if (!workspace) return null
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspace.id, replaced_at: null })
  if (!connection) return null
  const secrets = await SigningSecret.query(db)
    .where({ workspace_id: workspace.id, connection_id: connection.id })
    .where((valid) => valid.whereNull('expires_at').orWhere('expires_at', '>', now()))
  const place = { workspaceId: workspace.id, field: 'signing_secrets.secret' }
  return {
    workspaceId: workspace.id,
    connectionId: connection.id,
    livemode: connection.mode === 'live',
    secrets: secrets.map(({ secret_sealed }) => cipher.open(secret_sealed, place)),
  }
}

/** Counts a webhook that could not be verified, for the owner to see. */
export async function countSignatureFailure({ db, now }: Context, { workspaceId, connectionId }: WebhookTarget) {
  await StripeConnection.query(db)
    .where({ workspace_id: workspaceId, id: connectionId })
    .patch({ signature_failures: db.raw('signature_failures + 1') as never, signature_failed_at: now() })
}
