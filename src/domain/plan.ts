const ADJECTIVES = { day: 'daily', week: 'weekly', month: 'monthly', year: 'annual' } as const

/** A label that says its own rhythm needs no other. */
const SAYS_ITS_INTERVAL = /\b(daily|weekly|monthly|month|quarterly|yearly|annual|annually|year)\b/i

/**
 * A plan as one says it: "Pro annual", "Team every 3 months", or the bare label when the interval is not known.
 *
 * @returns `null` when the plan has no label
 */
export function planInWords(
  label: string | null,
  interval: keyof typeof ADJECTIVES | null,
  intervalCount: number | null,
): string | null {
  if (!label) return null
  if (!interval || SAYS_ITS_INTERVAL.test(label)) return label
  const count = intervalCount ?? 1
  return count === 1 ? `${label} ${ADJECTIVES[interval]}` : `${label} every ${count} ${interval}s`
}
