import { LRUCache } from 'lru-cache'
import type { Context } from '../context.js'
import { PreviousWebhookToken } from '../db/models/previous-webhook-token.js'
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

/** A changed secret or URL takes effect this soon in every process; what ends by the clock ends on time. */
const KNOWN_FOR_MS = 15_000

interface Known {
  readonly target: WebhookTarget | null
  /** When the URL or one of the secrets ends: what is known is good until then. */
  readonly endsAt: Date | null
}

const NOBODY: Known = { target: null, endsAt: null }

/** Looks webhook tokens up by hash and remembers the answer for a moment: most events come to few URLs. */
export function createWebhookTargets(context: Context): WebhookTargets {
  const known = new LRUCache<string, Known>({
    max: 5_000,
    ttl: KNOWN_FOR_MS,
    fetchMethod: (hash) => look(context, hash),
  })
  return {
    async find(token, fresh = false) {
      const hash = hashToken(token)
      const { endsAt } = known.get(hash) ?? NOBODY
      const hasEnded = endsAt !== null && endsAt <= context.now()
      return (await known.fetch(hash, { forceRefresh: fresh || hasEnded }))?.target ?? null
    },
  }
}

async function look({ db, cipher, now }: Context, hash: string): Promise<Known> {
  const time = now()
  const workspace = await Workspace.query(db).findOne({ webhook_token_hash: hash }).select('id')
  const previous = workspace
    ? undefined
    : await PreviousWebhookToken.query(db).findOne({ token_hash: hash }).where('ends_at', '>', time)
  const workspaceId = workspace?.id ?? previous?.workspace_id
  if (!workspaceId) return NOBODY
  const connection = await StripeConnection.query(db).findOne({ workspace_id: workspaceId, replaced_at: null })
  if (!connection) return NOBODY
  const secrets = await SigningSecret.query(db)
    .where({ workspace_id: workspaceId, connection_id: connection.id })
    .where((valid) => valid.whereNull('expires_at').orWhere('expires_at', '>', time))
  const place = { workspaceId, field: 'signing_secrets.secret' }
  const target = {
    workspaceId,
    connectionId: connection.id,
    livemode: connection.mode === 'live',
    secrets: secrets.map(({ secret_sealed }) => cipher.open(secret_sealed, place)),
  }
  return { target, endsAt: earliest([previous?.ends_at, ...secrets.map(({ expires_at }) => expires_at)]) }
}

function earliest(times: readonly (Date | null | undefined)[]): Date | null {
  return times.filter((time) => time instanceof Date).sort((a, b) => a.getTime() - b.getTime())[0] ?? null
}

/** Counts a webhook that could not be verified, for the owner to see. */
export async function countSignatureFailure({ db, now }: Context, { workspaceId, connectionId }: WebhookTarget) {
  await StripeConnection.query(db)
    .where({ workspace_id: workspaceId, id: connectionId })
    .patch({ signature_failures: db.raw('signature_failures + 1') as never, signature_failed_at: now() })
}
