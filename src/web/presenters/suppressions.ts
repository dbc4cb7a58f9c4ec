import type { SuppressedAddress, SuppressionsPage } from '../../recovery/list-suppressions.js'
import { age } from './ages.js'
import type { View } from './view.js'

export interface SuppressionView {
  readonly id: string
  readonly address: string
  readonly why: string
  /** ISO 8601, to the second in words, and how long ago. */
  readonly at: string
  readonly exact: string
  readonly age: string
}

export interface SuppressionsView {
  readonly suppressions: readonly SuppressionView[]
  readonly next: string | null
  readonly total: number
}

/** What to know before and after an address is allowed again. */
export const BEFORE_ALLOWING =
  'Allow an address only when its owner asked for it or you know that it works now. The mail provider keeps a list of its own: take the address off that one as well, or it is refused again and comes back here.'

export function presentSuppressions({ suppressions, next, total }: SuppressionsPage, view: View): SuppressionsView {
  return {
    suppressions: suppressions.map(({ id, address, reason, since }) => ({
      id,
      address: address ?? 'A customer who was forgotten',
      why: WHY[reason],
      at: since.toISOString(),
      exact: view.times.exact(since),
      age: age(since, view.now),
    })),
    next,
    total,
  }
}

const WHY: Record<SuppressedAddress['reason'], string> = {
  bounced: 'A mail bounced: the mailbox does not take any.',
  complained: 'Somebody there marked a mail as spam.',
  suppressed: 'The mail provider does not deliver to it.',
}
