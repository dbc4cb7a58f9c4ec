import type { Context } from '../context.js'
import { Sender } from '../db/models/sender.js'

/** Mails go through the installation's sender again. A delivery under way that nobody can repeat now is left to a human. */
export async function removeSender({ db }: Context, workspaceId: string): Promise<void> {
  await Sender.query(db).where({ workspace_id: workspaceId }).delete()
}
