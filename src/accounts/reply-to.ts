import { emailAddress } from '../config.js'
import type { Context } from '../context.js'
import { AddressConfirmation } from '../db/models/address-confirmation.js'
import { Owner } from '../db/models/owner.js'
import { Workspace } from '../db/models/workspace.js'
import { type AskedToConfirm, askToConfirm } from './ask-to-confirm.js'

export type AskedForReplyTo =
  | AskedToConfirm
  /** It is the owner's, or in use already: nothing has to be confirmed. */
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Nothing is known against the address for replies. */
export const TAKES_MAIL = { reply_to_bounced_at: null, reply_to_tried_at: null, reply_to_told_at: null } as const

/**
 * Asks for another address for customers' replies. One that is not the owner's is used once its mailbox said yes; until
 * then replies go where they went.
 */
export async function askForReplyTo(
  context: Context,
  { workspaceId, address }: { workspaceId: string; address: string },
): Promise<AskedForReplyTo> {
  const { db } = context
  const parsed = emailAddress.safeParse(address)
  if (!parsed.success) {
    return {
      kind: 'refused',
      reason: 'This is not an address we can write to. Check it for missing or odd characters.',
    }
  }
  const email = parsed.data
  const workspace = await Workspace.query(db).findById(workspaceId).throwIfNotFound()
  const owner = await Owner.query(db).findById(workspace.owner_id).throwIfNotFound()
  if (email === owner.email) {
    await clearReplyTo(context, workspaceId)
    return { kind: 'saved' }
  }
  if (email === workspace.reply_to && !workspace.reply_to_bounced_at) {
    await forgetAsked(context, owner.id)
    return { kind: 'saved' }
  }
  return askToConfirm(context, { ownerId: owner.id, email, purpose: 'reply_to', workspaceName: workspace.name })
}

/** Replies go to the owner again, and an address that was asked for before does not come into use any more. */
export async function clearReplyTo({ db }: Context, workspaceId: string): Promise<void> {
  await db.transaction(async (trx) => {
    const workspace = await Workspace.query(trx)
      .patchAndFetchById(workspaceId, { reply_to: null, ...TAKES_MAIL })
      .throwIfNotFound()
    await forgetAsked({ db: trx }, workspace.owner_id)
  })
}

/** The address that was asked for and has not said yes yet. */
export async function pendingReplyTo({ db, now }: Context, workspaceId: string): Promise<string | null> {
  const workspace = await Workspace.query(db).findById(workspaceId).throwIfNotFound()
  const asked = await AddressConfirmation.query(db)
    .findOne({ owner_id: workspace.owner_id, purpose: 'reply_to', used_at: null })
    .where('expires_at', '>', now())
  return asked?.email ?? null
}

async function forgetAsked({ db }: Pick<Context, 'db'>, ownerId: string): Promise<void> {
  await AddressConfirmation.query(db).where({ owner_id: ownerId, purpose: 'reply_to', used_at: null }).delete()
}
