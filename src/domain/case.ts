/**
 * How a recovery case moves. Pure: takes plain values, gives the next state, and never looks at a clock.
 *
 * The final state depends on the set of what was seen and on Stripe's truth, never on the order of arrival:
 * the earliest failure sets the exposure, the newest snapshot sets the rest, and a payment is never unseen.
 */

export type Outcome = 'recovered' | 'lost' | 'forgiven' | 'dismissed'

/** Amounts are minor units of the case's currency. */
export interface CaseState {
  /** Amount remaining at the first failure. */
  readonly exposure: number
  readonly amountRemaining: number
  readonly recovered: number
  /** Of the first failure. */
  readonly failedAt: Date
  /** How new the last applied snapshot is. */
  readonly asOf: Date
  readonly closedAt: Date | null
  readonly outcome: Outcome | null
}

/** The invoice as it was at one moment, from an event's payload or from Stripe itself. */
export interface InvoiceSnapshot {
  readonly asOf: Date
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void' | null
  readonly amountRemaining: number
}

/** The charge of a renewal failed, with this much remaining. */
export interface Failure {
  readonly at: Date
  readonly amountRemaining: number
}

export function openCase(failure: Failure): CaseState {
  return {
    exposure: failure.amountRemaining,
    amountRemaining: failure.amountRemaining,
    recovered: 0,
    failedAt: failure.at,
    asOf: failure.at,
    closedAt: null,
    outcome: null,
  }
}

/** A failure seen after a later one moves the case's beginning back; a further one changes nothing here. */
export function applyFailure(state: CaseState, failure: Failure): CaseState {
  if (failure.at >= state.failedAt) return state
  const exposure = failure.amountRemaining
  return {
    ...state,
    failedAt: failure.at,
    exposure,
    recovered: state.outcome === 'recovered' ? exposure : state.recovered,
  }
}

/** A snapshot older than the last applied one changes nothing, unless it says that the invoice was paid. */
export function applySnapshot(state: CaseState, snapshot: InvoiceSnapshot): CaseState {
  const outcome = outcomeOf(snapshot)
  const isPayment = outcome === 'recovered'
  if (state.outcome === 'recovered' && (isPayment || !isNewer(state, snapshot))) return state
  if (!isPayment && !isNewer(state, snapshot)) return state

  const asOf = snapshot.asOf > state.asOf ? snapshot.asOf : state.asOf
  if (outcome && RANK[outcome] > rankOf(state)) {
    return {
      ...state,
      asOf,
      amountRemaining: isPayment ? 0 : snapshot.amountRemaining,
      recovered: isPayment ? state.exposure : state.recovered,
      outcome,
      closedAt: snapshot.asOf,
    }
  }
  // A closed case is never reopened: Stripe has no way back from paid, void or uncollectible to open.
  return state.outcome ? { ...state, asOf } : { ...state, asOf, amountRemaining: snapshot.amountRemaining }
}

/** Stripe lets an uncollectible invoice be paid or voided; a dismissed case can only be paid. */
const RANK: Record<Outcome, number> = { lost: 1, forgiven: 2, dismissed: 2, recovered: 3 }
const rankOf = (state: CaseState) => (state.outcome ? RANK[state.outcome] : 0)

function outcomeOf(snapshot: InvoiceSnapshot): Outcome | null {
  if (snapshot.status === 'paid') return 'recovered'
  if (snapshot.status === 'void') return 'forgiven'
  if (snapshot.status === 'uncollectible') return 'lost'
  return null
}

/** Stripe's event times have whole seconds: within one, what is further along in an invoice's life wins. */
function isNewer(state: CaseState, snapshot: InvoiceSnapshot): boolean {
  const outcome = outcomeOf(snapshot)
  if (snapshot.asOf.getTime() === state.asOf.getTime()) return (outcome ? RANK[outcome] : 0) >= rankOf(state)
  return snapshot.asOf > state.asOf
}
