import type { WorkspaceInput } from '../config.js'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import { dismissOpenCases } from '../db/queries/dismiss-open-cases.js'
import { StartError } from '../errors.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { type ApiKey, readApiKey } from '../stripe/api-key.js'
import { createStripeClient } from '../stripe/client.js'
import { type KeyVerdict, verifyKey } from '../stripe/verify-key.js'

export interface CreatedWorkspace {
  readonly workspaceId: string
  /** Holds the opaque token: tell it to the owner only. */
  readonly webhookUrl: string
  readonly key: KeyVerdict
  /** Whether a signing secret is stored: without one every webhook is refused. */
  readonly hasSigningSecret: boolean
}

/** Where the encrypted secrets of a workspace belong. */
export const places = {
  webhookToken: (workspaceId: string) => ({ workspaceId, field: 'workspaces.webhook_token' }),
  apiKey: (workspaceId: string) => ({ workspaceId, field: 'stripe_connections.api_key' }),
  signingSecret: (workspaceId: string) => ({ workspaceId, field: 'signing_secrets.secret' }),
}

/**
 * Creates the owner's workspace with its Stripe connection, or brings the existing one to what is given: its id and
 * webhook URL stay. A key that Stripe does not answer for is stored unverified; one that Stripe refuses is not stored.
 *
 * @throws StartError when the key is none we take
 */
export async function createWorkspace(context: Context, input: WorkspaceInput): Promise<CreatedWorkspace> {
  const apiKey = readApiKey(input.stripeKey)
  if (!apiKey.usable) throw new StartError(`STRIPE_KEY: ${apiKey.reason}`)

  const key = await verifyKey(createStripeClient(input.stripeKey, context.settings.stripeApiBase))
  if (key.kind === 'refused') throw new StartError(`STRIPE_KEY: ${key.reason}. Nothing was stored.`)

  return context.db.transaction(async (trx) => {
    const workspace = await saveWorkspace(context, trx, input)
    const connection = await saveConnection(context, trx, workspace, input, apiKey.mode, key)
    if (input.webhookSecret) await saveSigningSecret(context, trx, connection, input.webhookSecret)
    const secrets = await SigningSecret.query(trx).where({ connection_id: connection.id }).resultSize()
    const token = context.cipher.open(workspace.webhook_token_sealed, places.webhookToken(workspace.id))
    return {
      workspaceId: workspace.id,
      webhookUrl: `${context.settings.appUrl}/webhooks/stripe/${token}`,
      key,
      hasSigningSecret: secrets > 0,
    }
  })
}

async function saveWorkspace({ cipher, now }: Context, trx: Db, input: WorkspaceInput): Promise<Workspace> {
  const owner = await Owner.query(trx)
    .insert({ email: input.ownerEmail })
    .onConflict('email')
    .merge(['email'])
    .returning('*')
  const existing = await Workspace.query(trx).findOne({ owner_id: owner.id }).forUpdate()
  const promptsOn = input.promptsOn ?? Boolean(existing?.prompts_on_at)
  const promptsOnAt = promptsOn ? (existing?.prompts_on_at ?? now()) : null
  if (existing) return existing.$query(trx).patchAndFetch({ name: input.name, prompts_on_at: promptsOnAt })

  const token = newToken()
  const workspace = await Workspace.query(trx).insertAndFetch({
    owner_id: owner.id,
    name: input.name,
    prompts_on_at: promptsOnAt,
    webhook_token_hash: hashToken(token),
    webhook_token_sealed: '',
  })
  return workspace
    .$query(trx)
    .patchAndFetch({ webhook_token_sealed: cipher.seal(token, places.webhookToken(workspace.id)) })
}

/** A key of the same mode replaces the stored one; a key of the other mode begins a new connection, and the cases of the
 * old one close. */
async function saveConnection(
  { cipher, now }: Context,
  trx: Db,
  { id: workspaceId }: Workspace,
  { stripeKey }: WorkspaceInput,
  mode: (ApiKey & { usable: true })['mode'],
  key: KeyVerdict,
): Promise<StripeConnection> {
  const current = await StripeConnection.query(trx)
    .findOne({ workspace_id: workspaceId, replaced_at: null })
    .forUpdate()
  const isSameKey =
    current?.mode === mode && cipher.open(current.api_key_sealed, places.apiKey(workspaceId)) === stripeKey
  const verifiedAt = key.kind === 'accepted' ? now() : isSameKey ? (current?.verified_at ?? null) : null
  if (current && isSameKey) return current.$query(trx).patchAndFetch({ verified_at: verifiedAt })

  const columns = {
    api_key_sealed: cipher.seal(stripeKey, places.apiKey(workspaceId)),
    api_key_last4: stripeKey.slice(-4),
    key_saved_at: now(),
    verified_at: verifiedAt,
  }
  if (current?.mode === mode) return current.$query(trx).patchAndFetch(columns)
  if (current) {
    await current.$query(trx).patch({ replaced_at: now() })
    await dismissOpenCases(trx, current.id, now())
  }
  return StripeConnection.query(trx).insertAndFetch({ workspace_id: workspaceId, mode, ...columns })
}

/** The given secret is the only one from now on. */
async function saveSigningSecret(
  { cipher }: Context,
  trx: Db,
  { workspace_id, id: connection_id }: StripeConnection,
  secret: string,
): Promise<void> {
  const stored = await SigningSecret.query(trx).where({ workspace_id, connection_id })
  const place = places.signingSecret(workspace_id)
  const same = stored.find((one) => cipher.open(one.secret_sealed, place) === secret)
  const others = stored.filter((one) => one !== same).map(({ id }) => id)
  await SigningSecret.query(trx).whereIn('id', others).delete()
  if (!same) {
    await SigningSecret.query(trx).insert({
      workspace_id,
      connection_id,
      secret_sealed: cipher.seal(secret, place),
      last4: secret.slice(-4),
    })
  }
}
