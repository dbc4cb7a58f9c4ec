import type { Notice } from '../stripe/notice.js'
import type { Truth } from './ask-stripe.js'

/** What an event told about a case. */
export interface EventNews {
  readonly notice: Notice
  /** The event's type and id at Stripe. */
  readonly type: string
  readonly eventId: string
  readonly asOf: Date
}

export interface News {
  readonly events: readonly EventNews[]
  /** What Stripe answered when it was asked. */
  readonly truth?: Truth | null
}

/** Payment intents and charges that the news name as this invoice's. */
export function paymentIdsIn({ events, truth }: News): string[] {
  const ofEvents = events.flatMap(({ notice }) => {
    if (notice.kind === 'invoice') return notice.facts.paymentIds
    if (notice.kind === 'payment') return notice.paymentIds
    // A charge that names its invoice, as they did before basil, or whose intent is known.
    return notice.kind === 'reversal' ? notice.paymentIds : []
  })
  return [...new Set([...ofEvents, ...(truth?.facts.paymentIds ?? [])])]
}
