import type { Context } from '../context.js'
import { Workspace } from '../db/models/workspace.js'

/**
 * Whether we pay the open invoice when a customer has another card. Switched on, it holds for cards that are changed from
 * then on.
 */
export async function switchPayment({ db }: Context, workspaceId: string, on: boolean): Promise<void> {
  await Workspace.query(db).findById(workspaceId).patch({ pay_with_new_card: on }).throwIfNotFound()
}
