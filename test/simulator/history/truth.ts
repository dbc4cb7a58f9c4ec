import type { Account } from '../stripe/account.js'
import type { FirstFailure } from '../stripe/failures.js'
import type { SimulatedInvoice } from '../stripe/objects/invoice.js'

/**
 * What really happened to one failed renewal, read from the simulated Stripe's own objects and from nothing of the
 * product's. Amounts in minor units of the currency, times in seconds since 1970. Always
 * `exposed = recovered + returned + lost + forgiven + open`.
 */
export interface TruthRow {
  readonly invoice: string
  readonly customer: string
  readonly subscription: string
  readonly currency: string
  /** Of the first failure: decline code, or error code where there is none. */
  readonly decline: string
  readonly exposed: number
  readonly recovered: number
  readonly returned: number
  readonly lost: number
  readonly forgiven: number
  readonly open: number
  readonly exposed_at: number
  readonly recovered_at: number | null
  readonly returned_at: number | null
  readonly lost_at: number | null
  readonly forgiven_at: number | null
}

/** First invoices fail as `incomplete` subscriptions, and what was billed by hand is no renewal. */
const RENEWALS: ReadonlySet<string | null> = new Set([
  'subscription_cycle',
  'subscription_threshold',
  'subscription_update',
  'subscription',
])

/** One row for each renewal that failed, in the order in which they did. */
export function truthOf(account: Account): TruthRow[] {
  const returns = returnsByInvoice(account)
  const credits = creditTimes(account)
  const rows: TruthRow[] = []
  for (const failure of account.failures) {
    const invoice = account.store.invoices.require(failure.invoice)
    if (failure.amount_remaining === 0 || !RENEWALS.has(invoice.billing_reason)) continue
    rows.push(rowOf(account, failure, invoice, returns.get(invoice.id), credits.get(invoice.id) ?? null))
  }
  return rows
}

/** The table as CSV, for people and to compare two histories byte by byte. */
export function truthTable(rows: readonly TruthRow[]): string {
  const columns = Object.keys(EMPTY_ROW) as (keyof TruthRow)[]
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join(','))
  return `${[columns.join(','), ...lines].join('\n')}\n`
}

/** Names and order of the columns. */
const EMPTY_ROW: { readonly [column in keyof TruthRow]: null } = {
  invoice: null,
  customer: null,
  subscription: null,
  currency: null,
  decline: null,
  exposed: null,
  recovered: null,
  returned: null,
  lost: null,
  forgiven: null,
  open: null,
  exposed_at: null,
  recovered_at: null,
  returned_at: null,
  lost_at: null,
  forgiven_at: null,
}

interface Returns {
  amount: number
  at: number
}

function rowOf(
  account: Account,
  failure: FirstFailure,
  invoice: SimulatedInvoice,
  returns: Returns | undefined,
  creditedAt: number | null,
): TruthRow {
  const exposed = failure.amount_remaining
  const paid = Math.min(exposed, invoice.amount_paid - failure.amount_paid)
  const credited = Math.max(0, invoice.pre_payment_credit_notes_amount - failure.pre_payment_credit_notes_amount)
  const returned = Math.min(paid, returns?.amount ?? 0)
  const rest = fateOfRest(account, invoice, exposed - paid - credited)
  const forgiven = credited + rest.forgiven
  return {
    invoice: invoice.id,
    customer: invoice.customer,
    subscription: invoice.parent.subscription_details.subscription,
    currency: invoice.currency,
    decline: failure.decline,
    exposed,
    recovered: paid - returned,
    returned,
    lost: rest.lost,
    forgiven,
    open: rest.open,
    exposed_at: failure.at,
    recovered_at: paid > 0 ? lastPaymentAt(account, invoice) : null,
    returned_at: returned > 0 ? (returns?.at ?? null) : null,
    lost_at: rest.lost > 0 ? rest.at : null,
    forgiven_at: forgiven > 0 ? (rest.forgiven > 0 ? rest.at : creditedAt) : null,
  }
}

/** What is neither paid nor credited goes whole to the outcome, or is still open. */
function fateOfRest(account: Account, invoice: SimulatedInvoice, rest: number) {
  const none = { forgiven: 0, lost: 0, open: 0, at: null }
  if (rest < 0 || (rest > 0 && invoice.status === 'paid')) throw new Error(`The money of ${invoice.id} does not add up`)
  if (rest === 0) return none
  const { marked_uncollectible_at, voided_at } = invoice.status_transitions
  const { ended_at } = account.store.subscriptions.require(invoice.parent.subscription_details.subscription)
  if (invoice.status === 'void') return { ...none, forgiven: rest, at: voided_at }
  if (invoice.status === 'uncollectible') return { ...none, lost: rest, at: marked_uncollectible_at }
  if (ended_at !== null) return { ...none, lost: rest, at: ended_at }
  return { ...none, open: rest }
}

function lastPaymentAt({ store }: Account, invoice: SimulatedInvoice): number | null {
  const times = store.paymentsOf(invoice.id).map(({ status_transitions }) => status_transitions.paid_at ?? 0)
  return invoice.status_transitions.paid_at ?? (Math.max(0, ...times) || null)
}

/** Refunds that stand, disputes open or lost, and credit notes after payment as far as they are no refund themselves. */
function returnsByInvoice({ store }: Account): Map<string, Returns> {
  const returns = new Map<string, Returns>()
  const add = (invoice: string | undefined, amount: number, at: number) => {
    if (invoice === undefined || amount <= 0) return
    const known = returns.get(invoice) ?? { amount: 0, at: 0 }
    returns.set(invoice, { amount: known.amount + amount, at: Math.max(known.at, at) })
  }
  for (const refund of store.refunds) {
    if (refund.status !== 'failed' && refund.status !== 'canceled') {
      add(store.invoiceOf(refund.payment_intent), refund.amount, refund.created)
    }
  }
  for (const dispute of store.disputes) {
    if (dispute.status !== 'won') add(store.invoiceOf(dispute.payment_intent), dispute.amount, dispute.created)
  }
  for (const note of store.creditNotes) {
    if (note.status === 'void') continue
    const refunded = note.refunds.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0)
    add(note.invoice, note.post_payment_amount - refunded, note.created)
  }
  return returns
}

function creditTimes({ store }: Account): Map<string, number> {
  const times = new Map<string, number>()
  for (const note of store.creditNotes) {
    if (note.status !== 'void' && note.pre_payment_amount > 0) times.set(note.invoice, note.created)
  }
  return times
}
