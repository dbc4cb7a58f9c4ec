import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { noteKeyRejected } from '../db/queries/note-key-answer.js'
import { readApiKey } from '../stripe/api-key.js'
import { createStripeClient, type Stripe, stripeRefusal } from '../stripe/client.js'
import { readSigningSecret } from '../stripe/signing-secret.js'
import { type ExaminedKey, verifyKey } from '../stripe/verify-key.js'
import { places } from './places.js'
import { isAccountTaken, type NewKey, type SavedKey, saveConnection } from './save-connection.js'
import { saveSigningSecret } from './save-signing-secret.js'

interface Connecting {
  readonly workspaceId: string
  readonly key?: string
  readonly signingSecret?: string
}

export interface Connected {
  /** `null`: none was given. */
  readonly key: KeyOutcome | null
  readonly signingSecret: SecretOutcome | null
}

export type KeyOutcome =
  /** Not stored, and nothing has changed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Stored; the verdict says whether it is enough. */
  | { readonly kind: 'saved'; readonly verdict: ExaminedKey }
  /** Not stored: Stripe did not confirm it, and the key that is there works. */
  | { readonly kind: 'kept_old'; readonly verdict: ExaminedKey }

export type SecretOutcome = { readonly kind: 'saved' } | { readonly kind: 'refused'; readonly reason: string }

/**
 * Connects a workspace with a Stripe account, or brings its connection to what is given: a restricted key, the signing
 * secret of its endpoint, or both. A key that Stripe does not answer for is stored unverified, unless a working one
 * would give way to it.
 */
export async function connectStripe(context: Context, given: Connecting): Promise<Connected> {
  const key = given.key === undefined ? null : await takeKey(context, given.workspaceId, given.key)
  const signingSecret =
    given.signingSecret === undefined || key?.kind === 'refused'
      ? null
      : await takeSecret(context, given.workspaceId, given.signingSecret)
  return { key, signingSecret }
}

/** Asks Stripe again about the key that is stored. `null`: there is none. */
export async function checkStripeKey(context: Context, workspaceId: string): Promise<KeyOutcome | null> {
  const connection = await currentConnection(context.db, workspaceId)
  return connection ? takeKey(context, workspaceId, keyOf(context, connection)) : null
}

async function takeKey(context: Context, workspaceId: string, typed: string): Promise<KeyOutcome> {
  const examined = await examineKey(context, await currentConnection(context.db, workspaceId), typed)
  if ('refused' in examined) return { kind: 'refused', reason: examined.refused }
  const saved = await context.db
    .transaction(async (trx): Promise<SavedKey> => {
      await Workspace.query(trx).findById(workspaceId).forUpdate().throwIfNotFound()
      return saveConnection(context, trx, workspaceId, examined)
    })
    .catch((error: unknown): SavedKey => {
      if (isAccountTaken(error)) return { kind: 'taken' }
      throw error
    })
  if (saved.kind === 'taken') return { kind: 'refused', reason: TAKEN }
  return { kind: saved.kind, verdict: examined.verdict }
}

/** Does not tell whose: that would answer a question about other people's business. */
export const TAKEN =
  'This Stripe account is already connected to another workspace of this installation, and two would write to the same customers twice. Disconnect it there first.'

/** What there is to know of a key before it is stored. Makes calls to Stripe: outside of any transaction. */
export async function examineKey(
  context: Context,
  current: StripeConnection | undefined,
  typed: string,
): Promise<NewKey | { readonly refused: string }> {
  const key = typed.replace(/\s+/g, '')
  const read = readApiKey(key)
  if (!read.usable) return { refused: read.reason }

  const stripe = createStripeClient(key, context.settings.stripeApiBase)
  const verdict = await verifyKey(stripe)
  if (verdict.kind === 'rejected') {
    if (current && keyOf(context, current) === key) await noteKeyRejected(context.db, current, context.now())
    return {
      refused: verdict.expired
        ? 'This key has expired. Make a new one in Stripe and paste it here.'
        : 'Stripe does not know this key: it was revoked, or a part of it is missing. Copy it again, or make a new one.',
    }
  }
  const knowsOurs = current?.mode === read.mode ? await knowsAnInvoiceOf(context, current, verdict, stripe) : null
  return { key, mode: read.mode, verdict, knowsOurs }
}

/** Where an account's id is not known on both sides: whether the key finds the invoice of our newest case. */
async function knowsAnInvoiceOf(
  { db }: Context,
  { workspace_id, id, stripe_account_id }: StripeConnection,
  { accountId }: ExaminedKey,
  stripe: Stripe,
): Promise<boolean | null> {
  if (stripe_account_id && accountId) return null
  const newest = await RecoveryCase.query(db)
    .where({ workspace_id, connection_id: id })
    .orderBy('opened_at', 'desc')
    .first()
  if (!newest) return null
  try {
    await stripe.invoices.retrieve(newest.stripe_invoice_id)
    return true
  } catch (error) {
    return stripeRefusal(error) === 'not_found' ? false : null
  }
}

async function takeSecret(context: Context, workspaceId: string, typed: string): Promise<SecretOutcome> {
  const read = readSigningSecret(typed)
  if (!read.usable) return { kind: 'refused', reason: read.reason }
  const saved = await context.db.transaction(async (trx) => {
    const connection = await currentConnection(trx, workspaceId)
    if (connection) await saveSigningSecret(context, trx, connection, read.secret)
    return connection !== undefined
  })
  return saved
    ? { kind: 'saved' }
    : {
        kind: 'refused',
        reason: 'Save the restricted key first: the secret belongs to its account. Then paste it again.',
      }
}

export async function currentConnection(db: Db, workspaceId: string): Promise<StripeConnection | undefined> {
  return StripeConnection.query(db).findOne({ workspace_id: workspaceId, replaced_at: null })
}

/** Of the current connection, which always has one. */
const keyOf = ({ cipher }: Context, { api_key_sealed, workspace_id }: StripeConnection) =>
  cipher.open(api_key_sealed ?? '', places.apiKey(workspace_id))
