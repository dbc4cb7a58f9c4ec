import type { Context } from '../context.js'
import { PreviousWebhookToken } from '../db/models/previous-webhook-token.js'
import { Workspace } from '../db/models/workspace.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { places } from './places.js'
import { webhookUrlOf } from './set-up-webhook.js'

const HOUR_MS = 3_600_000

/** Long enough to change an endpoint in Stripe after a week away; Stripe repeats a failed webhook for three days. */
export const LONGEST_URL_OVERLAP_HOURS = 168

export type RotatedUrl =
  | { readonly kind: 'rotated'; readonly webhookUrl: string; readonly previousEndsAt: Date }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Gives the workspace a new webhook URL. The one before works for as long as the owner chose; so do older ones that
 * are still good, but none longer than that: whoever chooses zero wants all of them dead.
 *
 * Takes effect in every process within 15 seconds; the new URL at once.
 */
export async function rotateWebhookUrl(
  context: Context,
  { workspaceId, overlapHours }: { workspaceId: string; overlapHours: number },
): Promise<RotatedUrl> {
  const { db, cipher, now } = context
  if (!Number.isInteger(overlapHours) || overlapHours < 0 || overlapHours > LONGEST_URL_OVERLAP_HOURS) {
    return {
      kind: 'refused',
      reason: `Choose how long the old URL goes on working: 0 to ${LONGEST_URL_OVERLAP_HOURS} hours. Nothing has changed.`,
    }
  }
  const token = newToken()
  const time = now()
  const endsAt = new Date(time.getTime() + overlapHours * HOUR_MS)
  await db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
    await PreviousWebhookToken.query(trx)
      .where({ workspace_id: workspaceId })
      .where('ends_at', '>', endsAt)
      .patch({ ends_at: endsAt })
    if (endsAt > time) {
      await PreviousWebhookToken.query(trx).insert({
        workspace_id: workspaceId,
        token_hash: workspace.webhook_token_hash,
        replaced_at: time,
        ends_at: endsAt,
      })
    }
    await workspace.$query(trx).patch({
      webhook_token_hash: hashToken(token),
      webhook_token_sealed: cipher.seal(token, places.webhookToken(workspaceId)),
    })
  })
  return { kind: 'rotated', webhookUrl: await webhookUrlOf(context, workspaceId), previousEndsAt: endsAt }
}

export interface RevealedUrl {
  readonly webhookUrl: string
  /** Of URLs before it that still work, the longest first. Which they were is kept as a hash only. */
  readonly previous: readonly { readonly replacedAt: Date; readonly endsAt: Date }[]
}

/** The webhook URL as it is to be pasted in Stripe. It holds the workspace's token: for its owner only. */
export async function revealWebhookUrl(context: Context, workspaceId: string): Promise<RevealedUrl> {
  const { db, now } = context
  const previous = await PreviousWebhookToken.query(db)
    .where({ workspace_id: workspaceId })
    .where('ends_at', '>', now())
    .orderBy('ends_at', 'desc')
  return {
    webhookUrl: await webhookUrlOf(context, workspaceId),
    previous: previous.map(({ replaced_at, ends_at }) => ({ replacedAt: replaced_at, endsAt: ends_at })),
  }
}
