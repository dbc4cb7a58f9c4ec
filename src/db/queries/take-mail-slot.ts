import type { Db } from '../knex.js'

/**
 * Reserves the next moment at which a provider key may be called, over all workers. One that lies too far ahead is left
 * to others: whoever asks again and again must not push it further away.
 *
 * @param spacingMs time between two calls
 * @param withinMs how far ahead the moment may lie
 * @returns when to call, `null` when that is too far ahead
 */
export async function takeMailSlot(
  db: Db,
  providerKey: string,
  { spacingMs, withinMs, now }: { spacingMs: number; withinMs: number; now: Date },
): Promise<Date | null> {
  const { rows } = await db.raw<{ rows: { slot: Date }[] }>(
    `insert into mail_pacing as pacing (provider_key, next_slot_at)
     values (:providerKey, :now::timestamptz + :spacingMs * interval '1 millisecond')
     on conflict (provider_key) do update
       set next_slot_at = greatest(pacing.next_slot_at, :now::timestamptz) + :spacingMs * interval '1 millisecond'
       where pacing.next_slot_at <= :now::timestamptz + :withinMs * interval '1 millisecond'
     returning next_slot_at - :spacingMs * interval '1 millisecond' as slot`,
    { providerKey, spacingMs, withinMs, now },
  )
  return rows[0]?.slot ?? null
}

/** The provider asked for a pause: nobody calls before `until`. */
export async function postponeMailSlots(db: Db, providerKey: string, until: Date): Promise<void> {
  await db('mail_pacing')
    .where({ provider_key: providerKey })
    .update({ next_slot_at: db.raw('greatest(next_slot_at, ?::timestamptz)', [until]) })
}
