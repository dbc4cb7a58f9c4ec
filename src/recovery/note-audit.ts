import type { Context } from '../context.js'
import { noteCheck } from '../db/queries/note-check.js'

/**
 * Notes what an audit came to with each connected workspace: the owner sees whether the sums add up.
 *
 * @param faults how many were found, by workspace
 */
export async function noteAudit(
  { db, now }: Pick<Context, 'db' | 'now'>,
  faults: ReadonlyMap<string, number>,
): Promise<void> {
  const connected: string[] = await db('stripe_connections').where({ replaced_at: null }).pluck('workspace_id')
  for (const workspaceId of connected) {
    const found = faults.get(workspaceId) ?? 0
    const looked =
      found > 0
        ? { state: 'attention' as const, because: 'faults', detail: { found } }
        : { state: 'ok' as const, because: null }
    await noteCheck(db, { workspaceId, name: 'sums' }, looked, now())
  }
}
