import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { dismissOpenCases } from '../db/queries/dismiss-open-cases.js'
import type { ExaminedKey } from '../stripe/verify-key.js'
import { places } from './places.js'

export interface NewKey {
  readonly key: string
  readonly mode: 'test' | 'live'
  readonly verdict: ExaminedKey
  /** Where an account's id is not known: whether it knows what the current connection's account knows. */
  readonly knowsOurs: boolean | null
}

export type SavedKey =
  | { readonly kind: 'saved'; readonly connection: StripeConnection }
  /** Stripe did not confirm it, and the key that is there works: it goes on. */
  | { readonly kind: 'kept_old' }
  /** Another workspace of this installation has that live account. */
  | { readonly kind: 'taken' }

/**
 * Makes a key the workspace's own. The same account in the same mode keeps its connection and gets the key; another one
 * begins a new connection, and the open cases of the old one close as dismissed. Whoever calls has locked the workspace,
 * so that of two at once the second sees what the first did.
 *
 * @throws what `isAccountTaken` knows, when another workspace was faster
 */
export async function saveConnection(
  { cipher, now }: Context,
  trx: Db,
  workspaceId: string,
  { key, mode, verdict, knowsOurs }: NewKey,
): Promise<SavedKey> {
  const current = await StripeConnection.query(trx)
    .findOne({ workspace_id: workspaceId, replaced_at: null })
    .forUpdate()
  const isSameKey =
    current?.mode === mode && cipher.open(current.api_key_sealed ?? '', places.apiKey(workspaceId)) === key
  const isAccepted = verdict.kind === 'accepted'
  if (current?.verified_at && !current.rejected_at && !isSameKey && !isAccepted) return { kind: 'kept_old' }
  if (mode === 'live' && verdict.accountId && (await isWithAnother(trx, workspaceId, verdict.accountId))) {
    return { kind: 'taken' }
  }

  const isKept = isSameKey && verdict.kind === 'unanswered'
  const checked = {
    capabilities: JSON.stringify(verdict.capabilities) as never,
    capabilities_checked_at: now(),
    verified_at: isAccepted ? now() : isKept ? current.verified_at : null,
    ...(verdict.accountId && { stripe_account_id: verdict.accountId }),
    ...(verdict.accountName && { account_name: verdict.accountName }),
    ...(!isKept && { rejected_at: null, rejection_tried_at: null, rejection_told_at: null }),
  }
  const stored = {
    api_key_sealed: cipher.seal(key, places.apiKey(workspaceId)),
    api_key_last4: key.slice(-4),
    key_saved_at: now(),
  }
  if (current && isSameKey) return saved(await current.$query(trx).patchAndFetch(checked))
  if (current && current.mode === mode && isSameAccount(current, verdict, knowsOurs)) {
    return saved(await current.$query(trx).patchAndFetch({ ...stored, ...checked }))
  }
  if (current) {
    await current.$query(trx).patch({ replaced_at: now() })
    await dismissOpenCases(trx, current.id, now())
  }
  return saved(
    await StripeConnection.query(trx).insertAndFetch({ workspace_id: workspaceId, mode, ...stored, ...checked }),
  )
}

const saved = (connection: StripeConnection): SavedKey => ({ kind: 'saved', connection })

/** By id where both are known, else by what the accounts know; when nothing can be compared they count as one. */
function isSameAccount({ stripe_account_id }: StripeConnection, { accountId }: ExaminedKey, knowsOurs: boolean | null) {
  if (stripe_account_id && accountId) return stripe_account_id === accountId
  return knowsOurs ?? true
}

async function isWithAnother(trx: Db, workspaceId: string, accountId: string): Promise<boolean> {
  const other = await StripeConnection.query(trx)
    .where({ mode: 'live', stripe_account_id: accountId, replaced_at: null })
    .whereNot({ workspace_id: workspaceId })
    .first()
    .select('id')
  return other !== undefined
}

/** Two workspaces brought the same live account at the same moment. */
export const isAccountTaken = (error: unknown) =>
  (error as { constraint?: string }).constraint === 'one_workspace_a_live_account'
