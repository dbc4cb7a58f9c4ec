import type { Db } from '../knex.js'

/**
 * Reserves the next moment at which a provider key may be called, over all workers. One that lies too far ahead is left
 * to others: whoever asks again and again must not push it further away. Nobody reserves so far ahead that it is more than
 * twice as far away: that was a worker whose clock is wrong, and nobody waits for it.
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
       set next_slot_at = greatest(
         case when ${IS_BELIEVABLE} then pacing.next_slot_at end,
         pacing.paused_until,
         :now::timestamptz) + :spacingMs * interval '1 millisecond'
       where (pacing.next_slot_at <= ${LATEST} or not ${IS_BELIEVABLE})
         and (pacing.paused_until is null or pacing.paused_until <= ${LATEST})
     returning next_slot_at - :spacingMs * interval '1 millisecond' as slot`,
    { providerKey, spacingMs, withinMs, now },
  )
  return rows[0]?.slot ?? null
}

const LATEST = `:now::timestamptz + :withinMs * interval '1 millisecond'`
const IS_BELIEVABLE = `(pacing.next_slot_at <= :now::timestamptz + 2 * :withinMs * interval '1 millisecond')`

/** The first pause after a refusal, and the longest. */
const FIRST_PAUSE_S = 5
const LONGEST_PAUSE_S = 60

/**
 * The provider took nothing: nobody calls for as long as it asked, and a key that is refused again and again, such as a
 * revoked one, is used less and less often. A rate limit says itself how long, and is no refusal.
 */
export async function pauseMailSlots(
  db: Db,
  providerKey: string,
  { retryAfterMs, isThrottled, now }: { retryAfterMs: number; isThrottled: boolean; now: Date },
): Promise<void> {
  await db.raw(
    `update mail_pacing set
       refusals = refusals + :counted,
       paused_until = greatest(paused_until, :now::timestamptz + greatest(
         :retryAfterMs * interval '1 millisecond',
         :counted * least(:first * 2 ^ least(refusals, 10), :longest) * interval '1 second'))
     where provider_key = :providerKey`,
    {
      providerKey,
      retryAfterMs,
      now,
      counted: isThrottled ? 0 : 1,
      first: FIRST_PAUSE_S,
      longest: LONGEST_PAUSE_S,
    },
  )
}

/** The provider answers again. */
export async function unpauseMailSlots(db: Db, providerKey: string): Promise<void> {
  await db('mail_pacing').where({ provider_key: providerKey }).where('refusals', '>', 0).update({ refusals: 0 })
}
