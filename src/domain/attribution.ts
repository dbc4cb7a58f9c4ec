/**
 * Who paid the last of a case: we, with the new card; the customer, on session (or the owner by hand, which Stripe does
 * not tell apart); Stripe's own retry; somebody outside of Stripe; or nobody knows.
 */
export type PaidBy = 'us' | 'customer' | 'retry' | 'out_of_band' | 'unknown'

export interface Payment {
  readonly at: Date
  readonly by: PaidBy
}

/** What is known of how a case came back, in any order. */
export interface Evidence {
  /** When our links were opened; fetches are no evidence. */
  readonly openedAt: readonly Date[]
  readonly cardChanges: readonly { readonly at: Date; readonly by: 'customer' | 'network' }[]
  /** `null`: it is not paid. */
  readonly payment: Payment | null
}

export interface Attribution {
  readonly paidBy: PaidBy | null
  readonly assisted: boolean
}

/**
 * Whether a payment was our doing: we made it, or after an opening of our link the customer changed the card or paid on
 * session. Stripe's retry of the same card is not, even after an opening, nor is money from outside of Stripe.
 */
export function attribute({ openedAt, cardChanges, payment }: Evidence): Attribution {
  if (!payment) return { paidBy: null, assisted: false }
  const followsOpening = (at: Date) => openedAt.some((opening) => isNotBefore(at, opening))
  const changedCard = cardChanges.some(
    ({ at, by }) => by === 'customer' && followsOpening(at) && isNotBefore(payment.at, at),
  )
  const { by } = payment
  const assisted =
    by === 'us' || (by === 'customer' && followsOpening(payment.at)) || (by !== 'out_of_band' && changedCard)
  return { paidBy: by, assisted }
}

/** Stripe tells times in whole seconds. */
const isNotBefore = (a: Date, b: Date) => secondOf(a) >= secondOf(b)
const secondOf = (at: Date) => Math.floor(at.getTime() / 1_000)

/** What is known of the payment that settled an invoice. `null`: not known. */
export interface PaymentTraces {
  /** Our own charge of the new card succeeded. */
  readonly ourPayment: boolean
  readonly outOfBand: boolean | null
  readonly attemptCountWhenPaid: number | null
  /** The highest that was seen while the invoice was unpaid. */
  readonly attemptCountOfLastFailure: number | null
}

/**
 * Stripe's `attempt_count` counts the first and the automatic attempts, not those by hand: it climbs when a retry pays,
 * and stays when somebody does. Source: docs.stripe.com/api/invoices/object#invoice_object-attempt_count.
 */
export function paidByOf({
  ourPayment,
  outOfBand,
  attemptCountWhenPaid: paid,
  attemptCountOfLastFailure: failed,
}: PaymentTraces): PaidBy {
  if (ourPayment) return 'us'
  if (outOfBand) return 'out_of_band'
  if (paid === null || failed === null || paid < failed) return 'unknown'
  return paid > failed ? 'retry' : 'customer'
}
