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

interface Answer {
  /** When the provider was asked: of a refusal since then it says nothing. */
  readonly since: Date
  readonly now: Date
  /** Whether that is over for good; otherwise the next mail shows, and the owner is not told anew of the same. */
  readonly proven: boolean
}

/** It may be used again. */
export async function noteSenderWorks(
  db: Db,
  { workspace_id, provider_key }: UsedSender,
  { since, now, proven }: Answer,
): Promise<void> {
  await Sender.query(db)
    .where({ workspace_id, provider_key })
    .where((before) => before.whereNull('withdrawn_at').orWhere('withdrawn_at', '<=', since))
    .patch({
      withdrawn_at: null,
      withdrawn_because: null,
      checked_at: now,
      ...(proven && { withdrawal_tried_at: null, withdrawal_told_at: null }),
    })
}
