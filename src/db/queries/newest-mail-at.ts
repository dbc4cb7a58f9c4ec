import type { Db } from '../knex.js'
import type { RecoveryCase } from '../models/recovery-case.js'

/**
 * When the mail provider took the newest mail about a case; `now` while the fate of one is open, because it may be taken
 * at this very moment; `null` when there was none.
 */
export async function newestMailAt(
  db: Db,
  { workspace_id, id }: Pick<RecoveryCase, 'workspace_id' | 'id'>,
  now: Date,
): Promise<Date | null> {
  const { rows } = await db.raw<{ rows: { at: Date | null }[] }>(
    `select max(coalesce(touch.sent_at, :now)) as at
     from touches touch
       join mails mail on mail.id = touch.mail_id
       join deliveries delivery on delivery.id = mail.delivery_id
     where touch.workspace_id = :workspace_id and touch.case_id = :id
       and touch.skipped_at is null and touch.canceled_at is null
       and (touch.sent_at is not null or delivery.abandoned_at is null)`,
    { workspace_id, id, now },
  )
  return rows[0]?.at ?? null
}
