/**
 * How a recovery case moves. Pure: takes plain values, gives the next state, and never looks at a clock.
 *
 * A case is a handful of facts, each of which takes the further along of two sights of it, whatever their order: the
 * earliest failure, the invoice at its furthest, the subscription's end, each refund, dispute and credit by itself. What
 * became of the money follows from them alone, so the final state depends on the set of what was seen, never on its
 * order, and seeing a thing twice changes nothing.
 */

export type Outcome = 'recovered' | 'lost' | 'forgiven' | 'dismissed'
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

/** The charge of a renewal failed. Amounts in minor units of the case's currency, as they stood at that moment. */
export interface Failure {
  readonly at: Date
  readonly amountRemaining: number
  readonly amountPaid: number
  /** By credit notes before payment. */
  readonly amountCredited: number
}

/** The invoice as it was at one moment, from an event's payload or from Stripe itself. */
export interface InvoiceSight {
  readonly asOf: Date
  readonly status: InvoiceStatus | null
  readonly amountRemaining: number
  readonly amountPaid: number
  /** By credit notes before payment. */
  readonly amountCredited: number
  /** When it got its status, where Stripe tells. */
  readonly settledAt: Date | null
  /** Stripe's first and automatic attempts; those by hand are not counted. */
  readonly attemptCount: number
}

/** The invoice at its furthest. */
interface InvoiceState extends Omit<InvoiceSight, 'attemptCount' | 'status'> {
  readonly status: InvoiceStatus
  readonly attemptsUnpaid: number
  /** `null`: it was not seen paid. */
  readonly attemptsPaid: number | null
}

export interface SubscriptionSight {
  readonly asOf: Date
  readonly endedAt: Date | null
  /** Paused, or the collection of its invoices is. */
  readonly isPaused: boolean
}

/** Money that went again after it was paid, by one refund, dispute or credit; negative where a refund came back. */
export interface Reversal {
  /** Stripe's id of what it is. */
  readonly key: string
  readonly amount: number
  readonly asOf: Date
  /** Nothing follows: a closed dispute, a voided credit note. */
  readonly isFinal: boolean
}

export interface CaseState {
  /** The earliest one seen. */
  readonly failure: Failure
  readonly invoice: InvoiceState
  readonly subscription: SubscriptionSight | null
  readonly dismissedAt: Date | null
  /** By key. */
  readonly reversals: ReadonlyMap<string, Reversal>
}

export type Observation =
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'invoice'; readonly invoice: InvoiceSight }
  | { readonly kind: 'subscription'; readonly subscription: SubscriptionSight }
  | { readonly kind: 'reversal'; readonly reversal: Reversal }
  | { readonly kind: 'dismissal'; readonly at: Date }

/** Where the exposure went, in minor units. Always `exposure` is the sum of the other six. */
export interface Figures {
  readonly exposure: number
  /** Paid after the first failure, less what was returned. */
  readonly recovered: number
  readonly returned: number
  readonly lost: number
  readonly forgiven: number
  readonly dismissed: number
  readonly open: number
}

export interface Ending {
  readonly outcome: Outcome
  readonly at: Date
}

export function openCase(failure: Failure): CaseState {
  const { at, ...amounts } = failure
  const invoice = {
    ...amounts,
    asOf: at,
    status: 'open',
    settledAt: null,
    attemptsUnpaid: 0,
    attemptsPaid: null,
  } as const
  return { failure, invoice, subscription: null, dismissedAt: null, reversals: new Map() }
}

export function observe(state: CaseState, seen: Observation): CaseState {
  switch (seen.kind) {
    case 'failure':
      return isEarlier(seen.failure, state.failure) ? { ...state, failure: seen.failure } : state
    case 'invoice':
      return { ...state, invoice: furtherInvoice(state.invoice, seen.invoice) }
    case 'subscription':
      return { ...state, subscription: furtherSubscription(state.subscription, seen.subscription) }
    case 'reversal':
      return { ...state, reversals: withReversal(state.reversals, seen.reversal) }
    case 'dismissal':
      return { ...state, dismissedAt: earliest(state.dismissedAt, seen.at) }
  }
}

const isEarlier = (a: Failure, b: Failure) =>
  (a.at.getTime() - b.at.getTime() || b.amountRemaining - a.amountRemaining) < 0

/** Stripe lets an uncollectible invoice be paid or voided; paid and void are the end. */
const RANK: Record<InvoiceStatus, number> = { draft: 0, open: 0, uncollectible: 1, void: 2, paid: 3 }

/**
 * The status never goes back and what was paid never shrinks; only what remains and what was credited may go either way,
 * because a credit note can be voided: there the newer sight counts.
 */
function furtherInvoice(known: InvoiceState, { attemptCount, ...seen }: InvoiceSight): InvoiceState {
  const status = seen.status ?? 'open'
  const ahead = RANK[status] - RANK[known.status]
  const at = RANK[status] === 0 ? null : (seen.settledAt ?? seen.asOf)
  const newer = isNewer(known, seen) ? seen : known
  const isPaid = status === 'paid'
  return {
    asOf: latest(known.asOf, seen.asOf),
    status: ahead > 0 ? status : known.status,
    settledAt: ahead > 0 ? at : ahead === 0 ? earliest(known.settledAt, at) : known.settledAt,
    amountPaid: Math.max(known.amountPaid, seen.amountPaid),
    amountRemaining: newer.amountRemaining,
    amountCredited: newer.amountCredited,
    attemptsUnpaid: isPaid ? known.attemptsUnpaid : Math.max(known.attemptsUnpaid, attemptCount),
    attemptsPaid: isPaid ? Math.max(known.attemptsPaid ?? 0, attemptCount) : known.attemptsPaid,
  }
}

/** Event times have whole seconds: within one, credits are taken as made rather than voided. */
function isNewer(known: InvoiceState, seen: Omit<InvoiceSight, 'attemptCount'>): boolean {
  const ahead = seen.asOf.getTime() - known.asOf.getTime()
  const credited = seen.amountCredited - known.amountCredited
  return (ahead || credited || known.amountRemaining - seen.amountRemaining) > 0
}

/** An end is an end. Of pauses the newer sight counts; within one second the pause does, which holds mail back. */
function furtherSubscription(known: SubscriptionSight | null, seen: SubscriptionSight): SubscriptionSight {
  if (!known) return seen
  const ahead = seen.asOf.getTime() - known.asOf.getTime()
  return {
    asOf: latest(known.asOf, seen.asOf),
    endedAt: earliest(known.endedAt, seen.endedAt),
    isPaused: ahead === 0 ? known.isPaused || seen.isPaused : (ahead > 0 ? seen : known).isPaused,
  }
}

function withReversal(known: ReadonlyMap<string, Reversal>, seen: Reversal): ReadonlyMap<string, Reversal> {
  const before = known.get(seen.key)
  const ahead = !before
    ? 1
    : Number(seen.isFinal) - Number(before.isFinal) ||
      seen.asOf.getTime() - before.asOf.getTime() ||
      seen.amount - before.amount
  return ahead > 0 ? new Map(known).set(seen.key, seen) : known
}

/** A payment counts whatever else was seen; the owner's word before Stripe's; `null`: the case is open. */
export function endingOf(state: CaseState): Ending | null {
  const { invoice, subscription, dismissedAt, failure } = state
  const settledAt = invoice.settledAt ?? invoice.asOf
  if (invoice.status === 'paid') {
    return { outcome: paidSince(state) > 0 ? 'recovered' : 'forgiven', at: latest(settledAt, failure.at) }
  }
  if (dismissedAt) return { outcome: 'dismissed', at: dismissedAt }
  if (invoice.status === 'void') return { outcome: 'forgiven', at: settledAt }
  if (invoice.status === 'uncollectible') return { outcome: 'lost', at: settledAt }
  if (subscription?.endedAt) return { outcome: 'lost', at: latest(subscription.endedAt, failure.at) }
  return null
}

/** What neither came back nor was credited goes whole to the outcome. */
export function figuresOf(state: CaseState): Figures {
  const exposure = state.failure.amountRemaining
  const credited = creditedSince(state)
  const paid = paidSince(state)
  const reversed = [...state.reversals.values()].reduce((sum, { amount }) => sum + amount, 0)
  const returned = within(reversed, paid)
  const rest = exposure - paid - credited
  const outcome = endingOf(state)?.outcome
  const restOf = (end: Outcome | undefined) => (outcome === end ? rest : 0)
  return {
    exposure,
    recovered: paid - returned,
    returned,
    lost: restOf('lost'),
    forgiven: credited + restOf('forgiven'),
    dismissed: restOf('dismissed'),
    open: restOf(undefined),
  }
}

/** A paid invoice was paid for all that was not credited: old payloads don't count what came out of band. */
function paidSince(state: CaseState): number {
  const { failure, invoice } = state
  const payable = failure.amountRemaining - creditedSince(state)
  return invoice.status === 'paid' ? payable : within(invoice.amountPaid - failure.amountPaid, payable)
}

const creditedSince = ({ failure, invoice }: CaseState) =>
  within(invoice.amountCredited - failure.amountCredited, failure.amountRemaining)

const within = (amount: number, most: number) => Math.min(Math.max(0, amount), most)
const latest = (a: Date, b: Date) => (a > b ? a : b)
const earliest = (a: Date | null, b: Date | null) => (a && b ? (a < b ? a : b) : (a ?? b))
