import type { WorkspaceInput } from '../config.js'
import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import { SigningSecret } from '../db/models/signing-secret.js'
import { Workspace } from '../db/models/workspace.js'
import { StartError } from '../errors.js'
import { missingPermissions } from '../stripe/permissions.js'
import type { ExaminedKey } from '../stripe/verify-key.js'
import { currentConnection, examineKey, TAKEN } from './connect-stripe.js'
import { insertWorkspace } from './make-workspace.js'
import { places } from './places.js'
import { isAccountTaken, saveConnection } from './save-connection.js'
import { saveSigningSecret } from './save-signing-secret.js'

export interface CreatedWorkspace {
  readonly workspaceId: string
  /** Holds the opaque token: tell it to the owner only. */
  readonly webhookUrl: string
  readonly key: ExaminedKey
  /** Whether a signing secret is stored: without one every webhook is refused. */
  readonly hasSigningSecret: boolean
}

/**
 * Creates the owner's workspace with its Stripe connection, or brings the existing one to what is given: its id,
 * webhook URL and prompts stay (open cases follow those: `switchPrompts`). A key that Stripe does not answer for is stored unverified; one that Stripe refuses is not stored.
 *
 * @throws StartError when the key is none we take
 */
export async function createWorkspace(context: Context, input: WorkspaceInput): Promise<CreatedWorkspace> {
  const owner = await Owner.query(context.db).findOne({ email: input.ownerEmail })
  const known = owner && (await Workspace.query(context.db).findOne({ owner_id: owner.id }))
  const current = known && (await currentConnection(context.db, known.id))
  const examined = await examineKey(context, current, input.stripeKey)
  if ('refused' in examined) throw refused(examined.refused)
  const { verdict: key } = examined
  if (key.kind === 'lacking') {
    const missing = missingPermissions(key.capabilities).filter(({ required }) => required)
    throw refused(`The key lacks what nothing works without: ${missing.map(({ name }) => name).join(' · ')}.`)
  }

  return context.db.transaction(async (trx) => {
    const workspace = await saveWorkspace(context, trx, input)
    const saved = await saveConnection(context, trx, workspace.id, examined).catch((error: unknown) => {
      throw isAccountTaken(error) ? refused(TAKEN) : error
    })
    if (saved.kind === 'taken') throw refused(TAKEN)
    if (saved.kind === 'kept_old') {
      throw refused('Stripe did not answer, and the key that is there works. Run this command again in a minute.')
    }
    const { connection } = saved
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

async function saveWorkspace(context: Context, trx: Db, input: WorkspaceInput): Promise<Workspace> {
  const owner = await Owner.query(trx)
    .insert({ email: input.ownerEmail })
    .onConflict('email')
    .merge(['email'])
    .returning('*')
  const existing = await Workspace.query(trx).findOne({ owner_id: owner.id }).forUpdate()
  if (existing) return existing.$query(trx).patchAndFetch({ name: input.name })

  const prompts_on_at = input.promptsOn ? context.now() : null
  return insertWorkspace(context, trx, { owner_id: owner.id, name: input.name, prompts_on_at })
}

const refused = (reason: string) => new StartError(`STRIPE_KEY: ${reason} Nothing was stored.`)
