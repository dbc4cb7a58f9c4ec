import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'
import { readDigest } from './read-digest.js'
import { writeDigest } from './write-digest.js'

/**
 * The digest as it would be mailed now. Changes nothing, sends nothing.
 *
 * @returns `null`: there is nothing to say, so there would be none
 */
export async function previewDigest(
  context: Context,
  workspaceId: string,
): Promise<{ subject: string; html: string; text: string } | null> {
  const workspace = await Workspace.query(context.db).findById(workspaceId).throwIfNotFound()
  const news = await readDigest(context, workspace)
  return news && writeDigest(context.settings, workspace, news)
}
