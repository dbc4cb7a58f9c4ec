import type { EventLog, RecordedEvent } from './event-log.js'
import type { Store } from './store.js'

/** An invoice as it stood when a payment for it failed for the first time. Amounts in minor units. */
export interface FirstFailure {
  readonly invoice: string
  /** Seconds. */
  readonly at: number
  readonly amount_remaining: number
  readonly amount_paid: number
  readonly pre_payment_credit_notes_amount: number
  /** Decline code, or error code where there is none. */
  readonly decline: string
}

const FAILURES: ReadonlySet<string> = new Set(['invoice.payment_failed', 'invoice.payment_action_required'])

/** Remembers the first failure of every invoice, in their order: afterwards the objects alone do not tell it. */
export class FailureLog {
  readonly #first = new Map<string, FirstFailure>()

  constructor(events: EventLog, store: Store) {
    events.onEvent(({ created, objectId, type }: RecordedEvent) => {
      if (!FAILURES.has(type) || this.#first.has(objectId)) return
      const { amount_paid, amount_remaining, pre_payment_credit_notes_amount } = store.invoices.require(objectId)
      const error = store.intentOf(objectId)?.last_payment_error
      this.#first.set(objectId, {
        invoice: objectId,
        at: created,
        amount_remaining,
        amount_paid,
        pre_payment_credit_notes_amount,
        decline: error?.decline_code ?? error?.code ?? 'no_card',
      })
    })
  }

  [Symbol.iterator](): IterableIterator<FirstFailure> {
    return this.#first.values()
  }
}
