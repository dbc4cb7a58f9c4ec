import type { Db } from '../knex.js'
import { Sender, type WithdrawnBecause } from '../models/sender.js'

/** A sender as it was when it was used: what is said of its key does not touch a newer one. */
type UsedSender = Pick<Sender, 'workspace_id' | 'provider_key'>

/** The provider refuses mails from it. Since when is kept; that the owner is to be told follows from the row. */
export async function noteSenderWithdrawn(
  db: Db,
  { workspace_id, provider_key }: UsedSender,
  because: WithdrawnBecause,
  now: Date,
): Promise<void> {
  await Sender.query(db)
    .where({ workspace_id, provider_key, withdrawn_at: null })
    .patch({ withdrawn_at: now, withdrawn_because: because })
}

/**
 * It may be used again.
 *
 * @param proven whether the provider said so; otherwise the next mail shows, and the owner who was told already is not told
 *   anew of the same
 */
export async function noteSenderWorks(
  db: Db,
  { workspace_id, provider_key }: UsedSender,
  { now, proven }: { readonly now: Date; readonly proven: boolean },
): Promise<void> {
  await Sender.query(db)
    .where({ workspace_id, provider_key })
    .patch({
      withdrawn_at: null,
      withdrawn_because: null,
      ...(proven && { checked_at: now, withdrawal_tried_at: null, withdrawal_told_at: null }),
    })
}
