import type { Db } from '../knex.js'

/**
 * Closes the open cases of a connection that was replaced, as *dismissed*, and drops their planned touches: nobody hears
 * from us about an account that is no longer connected.
 */
export async function dismissOpenCases(trx: Db, connectionId: string, now: Date): Promise<void> {
  // In the order in which everybody locks cases.
  const open: string[] = await trx('recovery_cases')
    .where({ connection_id: connectionId, closed_at: null })
    .orderBy('id')
    .forUpdate()
    .pluck('id')
  const closed: { id: string; workspace_id: string }[] = await trx('recovery_cases')
    .whereIn('id', open)
    .update({
      closed_at: now,
      dismissed_at: now,
      outcome: 'dismissed',
      dismissed: trx.raw('open'),
      open: 0,
      enrich_at: null,
    })
    .returning(['id', 'workspace_id'])
  if (closed.length === 0) return
  const ids = closed.map(({ id }) => id)
  await trx('touches')
    .whereIn('case_id', ids)
    .where({ mail_id: null, skipped_at: null, canceled_at: null })
    .update({ canceled_at: now, reason: 'connection_changed' })
  await trx('case_entries').insert(
    closed.map(({ id, workspace_id }) => ({
      workspace_id,
      case_id: id,
      kind: 'dismissed',
      key: '',
      at: now,
      detail: { reason: 'connection_changed' },
    })),
  )
}
