/** A case that stands still, from plain values: nobody is about to write, and Stripe is not about to charge. */

export interface Standstill {
  readonly openedAt: Date
  /** Stripe's; one in the past is over. */
  readonly nextAttemptAt: Date | null
  /** By the owner, or because the subscription is paused: what is held does not stall. */
  readonly isHeld: boolean
  /** When each contact with the customer ended, in whatever way; `null`: it is planned or under way. */
  readonly contactsEndedAt: readonly (Date | null)[]
}

/** From here on a stalled case needs a human. */
export const STALLED_DAYS = 7
const STALLED_MS = STALLED_DAYS * 86_400_000

/**
 * Since when an open case is stalled: no touch planned and no next attempt by Stripe. `db/queries/needs-human.ts` says
 * the same in SQL.
 *
 * @returns `null`: it is not
 */
export function stalledSince(standstill: Standstill, now: Date): Date | null {
  const { openedAt, nextAttemptAt, isHeld, contactsEndedAt } = standstill
  const isPending = contactsEndedAt.includes(null)
  if (isHeld || isPending || (nextAttemptAt && nextAttemptAt > now)) return null
  const times = [openedAt, nextAttemptAt, ...contactsEndedAt].filter((at) => at !== null)
  return new Date(Math.max(...times.map((at) => at.getTime())))
}

/** Stalled for so long that somebody has to look. */
export function isStalled(standstill: Standstill, now: Date): boolean {
  const since = stalledSince(standstill, now)
  return since !== null && now.getTime() - since.getTime() >= STALLED_MS
}
