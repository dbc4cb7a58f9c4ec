import type { z } from 'zod'
import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'
import { senderName, workspaceName } from './workspace-details.js'

/** What was typed is stored tidied, or refused with a sentence for its field; then nothing has changed. */
export type ChangedDetail = { readonly kind: 'saved' } | { readonly kind: 'refused'; readonly reason: string }

/** The name that customers see on every mail and page. */
export function renameWorkspace(context: Context, workspaceId: string, name: string): Promise<ChangedDetail> {
  return change(context, workspaceId, workspaceName.safeParse(name), (parsed) => ({ name: parsed }))
}

/** The first name that mails are signed with; empty: the workspace's name alone. */
export function setSenderName(context: Context, workspaceId: string, name: string): Promise<ChangedDetail> {
  return change(context, workspaceId, senderName.safeParse(name), (parsed) => ({ sender_name: parsed }))
}

async function change<Value>(
  { db }: Context,
  workspaceId: string,
  typed: z.ZodSafeParseResult<Value>,
  columns: (value: Value) => Partial<Workspace>,
): Promise<ChangedDetail> {
  if (!typed.success) return { kind: 'refused', reason: typed.error.issues[0]?.message ?? '' }
  await Workspace.query(db).findById(workspaceId).patch(columns(typed.data)).throwIfNotFound()
  return { kind: 'saved' }
}
