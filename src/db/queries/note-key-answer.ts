import type { Db } from '../knex.js'

/** A connection as it was when its key was used: what is said of that key does not touch a newer one. */
interface UsedKey {
  readonly id: string
  readonly api_key_sealed: string | null
}

/** Stripe refuses the key (401). Since when is kept; that the owner is to be told follows from the row. */
export async function noteKeyRejected(db: Db, { id, api_key_sealed }: UsedKey, now: Date): Promise<void> {
  await db('stripe_connections').where({ id, api_key_sealed, rejected_at: null }).update({ rejected_at: now })
}

/** Stripe takes the key again. */
export async function noteKeyWorks(db: Db, { id, api_key_sealed }: UsedKey): Promise<void> {
  await db('stripe_connections')
    .where({ id, api_key_sealed })
    .whereNotNull('rejected_at')
    .update({ rejected_at: null, rejection_tried_at: null, rejection_told_at: null })
}
