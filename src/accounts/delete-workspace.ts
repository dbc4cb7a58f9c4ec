import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { Owner } from '../db/models/owner.js'
import { SignInToken } from '../db/models/sign-in-token.js'
import { Touch } from '../db/models/touch.js'
import { Workspace } from '../db/models/workspace.js'
import { writeToOwner } from './write-to-owner.js'

export type DeletedWorkspace =
  /** Everything is gone; whether the farewell mail was taken. */
  | { readonly kind: 'deleted'; readonly farewell: 'sent' | 'not_sent' | 'no_provider' }
  /** What was typed is not the workspace's name: nothing has changed. */
  | { readonly kind: 'not_confirmed' }
  /** It was gone already, and whoever deleted it wrote the farewell. */
  | { readonly kind: 'gone' }

const DEADLOCK = '40P01'

/**
 * Deletes a workspace with its owner: every row, session and link, in one commit. Jobs that are still queued find
 * nothing and end; customers' links lead nowhere; webhooks get 404 within 15 seconds.
 *
 * The owner gets one farewell mail after the commit, or none: nobody is left to remember that it was not sent, so a
 * crash in between, or a provider that is down, costs the mail. It is never sent twice.
 */
export async function deleteWorkspace(
  context: Context,
  { workspaceId, typedName }: { workspaceId: string; typedName: string },
): Promise<DeletedWorkspace> {
  const workspace = await Workspace.query(context.db).findById(workspaceId)
  if (!workspace) return { kind: 'gone' }
  if (typedName.trim() !== workspace.name) return { kind: 'not_confirmed' }

  const owner = await erase(context.db, workspace)
  if (!owner) return { kind: 'gone' }
  const farewell = await writeToOwner(
    context,
    owner.email,
    {
      subject: `${workspace.name} was deleted from SecondLoop`,
      paragraphs: [
        'Your workspace is gone, with everything in it: cases, mails, events, the Stripe key, and your sign-in.',
        'Links in mails that your customers have lead nowhere now. Two things are left for you to do in Stripe: delete the webhook endpoint, and revoke the restricted key.',
        'If you switched off Stripe’s own mails about failed payments, switch them on again.',
      ],
      smallPrint: 'You get this because you owned the workspace. We have not kept your address.',
    },
    `farewell-${workspaceId}`,
  )
  if (farewell === 'not_sent') context.log.error({ workspaceId }, 'a farewell mail could not be sent')
  return { kind: 'deleted', farewell }
}

/** @returns the owner as it was; `null` when somebody else was faster */
async function erase(
  db: Db,
  { id, owner_id }: Pick<Workspace, 'id' | 'owner_id'>,
  isRetry = false,
): Promise<Owner | null> {
  try {
    return await db.transaction(async (trx) => {
      // In the order in which workers lock: touches before what they hang on.
      await Touch.query(trx).where({ workspace_id: id }).delete()
      const [owner] = await Owner.query(trx).where({ id: owner_id }).delete().returning('*')
      if (!owner) return null
      await SignInToken.query(trx).where({ email: owner.email }).delete()
      return owner
    })
  } catch (error) {
    if (!isRetry && (error as { code?: string }).code === DEADLOCK) return erase(db, { id, owner_id }, true)
    throw error
  }
}
