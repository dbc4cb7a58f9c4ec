import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import type { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'
import { hashToken, newToken } from '../secrets/tokens.js'
import { maySignIn } from './sign-up-rules.js'
import type { WorkspaceDetails } from './workspace-details.js'

export type MadeWorkspace =
  | { readonly kind: 'made' | 'had_one'; readonly workspace: Workspace }
  /** Somebody else claimed the installation since this owner signed in. */
  | { readonly kind: 'closed' }

/** "One claims the installation", as a number of our own. */
const CLAIM_LOCK = 5_310_118

/**
 * Makes a signed-in owner's workspace. The first one claims the installation: whoever comes at the same moment waits,
 * and is then asked for as a newcomer. Running it twice changes nothing: an owner has one.
 */
export async function makeWorkspace(
  context: Context,
  owner: Pick<Owner, 'id' | 'email'>,
  details: WorkspaceDetails,
): Promise<MadeWorkspace> {
  return context.db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [CLAIM_LOCK])
    const existing = await Workspace.query(trx).findOne({ owner_id: owner.id })
    if (existing) return { kind: 'had_one', workspace: existing }
    if (!(await maySignIn({ ...context, db: trx }, owner.email))) return { kind: 'closed' }
    const workspace = await insertWorkspace(context, trx, {
      owner_id: owner.id,
      name: details.name,
      sender_name: details.senderName,
      time_zone: details.timeZone,
    })
    return { kind: 'made', workspace }
  })
}

/** With a webhook URL of its own, whose token is kept as a hash and encrypted. */
export async function insertWorkspace(
  { cipher }: Pick<Context, 'cipher'>,
  trx: Db,
  row: Partial<Workspace> & Pick<Workspace, 'owner_id' | 'name'>,
): Promise<Workspace> {
  const token = newToken()
  const workspace = await Workspace.query(trx).insertAndFetch({
    ...row,
    webhook_token_hash: hashToken(token),
    webhook_token_sealed: '',
  })
  const place = { workspaceId: workspace.id, field: 'workspaces.webhook_token' }
  return workspace.$query(trx).patchAndFetch({ webhook_token_sealed: cipher.seal(token, place) })
}
