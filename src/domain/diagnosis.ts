import { isRecoverable } from './case-rules.js'
import { classifyDecline, type Decline, type DeclineClass } from './decline.js'
import { sum } from './sum.js'

/**
 * What the 90-day diagnostic keeps of each thing that Stripe lists. Amounts in minor units, times in seconds since 1970
 * as Stripe tells them, codes in Stripe's words.
 */
export type BillingRecord =
  | InvoiceRecord
  | ChargeRecord
  | PaymentRecord
  | CreditRecord
  | DisputeRecord
  | SubscriptionRecord
  | IntentRecord

export interface InvoiceRecord {
  readonly kind: 'invoice'
  readonly id: string
  readonly number: string | null
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void' | null
  readonly billingReason: string | null
  readonly collectionMethod: string | null
  readonly livemode: boolean
  /** Of a test clock, whose time is not the world's. */
  readonly simulated: boolean
  readonly currency: string
  readonly due: number
  readonly paid: number
  readonly remaining: number
  /** By credit notes before payment, and after. */
  readonly creditedBefore: number
  readonly creditedAfter: number
  readonly attempted: boolean
  readonly attempts: number
  readonly createdAt: number
  readonly finalizedAt: number | null
  /** When it was paid, voided or given up. */
  readonly settledAt: number | null
  /** `null`: this API version does not say. */
  readonly outOfBand: boolean | null
  readonly customerId: string | null
  readonly customerName: string | null
  readonly subscriptionId: string | null
  readonly plan: string | null
}

export interface ChargeRecord {
  readonly kind: 'charge'
  readonly id: string
  /** Its payment intent. */
  readonly intentId: string | null
  /** Told by API versions before basil (2025-03-31) only. */
  readonly invoiceId: string | null
  readonly outcome: 'failed' | 'succeeded' | 'pending'
  readonly createdAt: number
  readonly amount: number
  readonly refunded: number
  readonly disputed: boolean
  readonly card: string | null
  readonly decline: Decline | null
}

/** What ties an invoice to a payment intent, a charge, or money from outside of Stripe. */
export interface PaymentRecord {
  readonly kind: 'payment'
  readonly id: string
  readonly invoiceId: string
  readonly intentId: string | null
  readonly chargeId: string | null
  readonly outOfBand: boolean
  /** The one that Stripe's own attempts use. */
  readonly isDefault: boolean
  readonly isPaid: boolean
  readonly amount: number
  readonly paidAt: number | null
}

export interface CreditRecord {
  readonly kind: 'credit'
  readonly id: string
  readonly invoiceId: string
  readonly createdAt: number
  readonly beforePayment: number
  /** What it gave back after payment without a refund. */
  readonly givenBack: number
}

export interface DisputeRecord {
  readonly kind: 'dispute'
  readonly id: string
  readonly chargeId: string
  /** What the bank has taken back: 0 once it is won. */
  readonly taken: number
}

export interface SubscriptionRecord {
  readonly kind: 'subscription'
  readonly id: string
  readonly endedAt: number | null
}

/** A payment intent that is not paid. */
export interface IntentRecord {
  readonly kind: 'intent'
  readonly id: string
  readonly decline: Decline | null
}

/** One invoice with all that belongs to it. */
export interface Dossier {
  readonly invoice: InvoiceRecord
  /** `null`: the key may not read charges. */
  readonly charges: readonly ChargeRecord[] | null
  readonly payments: readonly PaymentRecord[]
  readonly intents: readonly IntentRecord[]
  /** `null`: the key may not read credit notes. */
  readonly credits: readonly CreditRecord[] | null
  readonly disputes: readonly DisputeRecord[]
  readonly hasEnded: boolean
}

/** Ways in which money came back after a failed renewal. */
export const WAYS = ['retried', 'paid', 'late', 'outOfBand', 'unclear'] as const
/** All that can have become of what was at risk: the parts of each finding add up to it, to the cent. */
export const PARTS = ['lost', ...WAYS, 'returned', 'forgiven', 'open'] as const

type Way = (typeof WAYS)[number]
export type Part = (typeof PARTS)[number]
export type Parts = Readonly<Record<Part, number>>

/** A renewal that failed, and what became of its money. */
export interface Finding {
  readonly invoiceId: string
  readonly number: string | null
  readonly customerId: string | null
  readonly customerName: string | null
  readonly subscriptionId: string | null
  readonly plan: string | null
  readonly billingReason: string
  readonly currency: string
  readonly firstFailedAt: number
  /** When the last of it came; `null` where something is not back. */
  readonly recoveredAt: number | null
  /** Of the first failure. */
  readonly declineClass: DeclineClass
  readonly declineCode: string | null
  /** Stripe schedules attempts after this decline, and never executes them. */
  readonly neverRetried: boolean
  /** What was left to pay at the first failure. */
  readonly atRisk: number
  readonly parts: Parts
}

/** Why an invoice is left out of the figures. */
export type Exclusion = 'first_invoice' | 'by_hand' | 'one_off' | 'nothing_due' | 'draft' | 'other_mode' | 'test_clock'

export type Diagnosis =
  | { readonly kind: 'failed'; readonly finding: Finding }
  /** A renewal that went through. */
  | { readonly kind: 'fine' }
  /** With what became of it where a charge failed: counted apart. */
  | { readonly kind: 'excluded'; readonly because: Exclusion; readonly finding: Finding | null }

/**
 * Stripe's recommended retries end two weeks after the first failure: what comes after that came late.
 * Source: docs.stripe.com/billing/revenue-recovery/smart-retries
 */
export const LATE_AFTER_DAYS = 14

/**
 * What became of one invoice. A failed renewal is an automatically collected invoice of a subscription with at least one
 * failed charge, or one that was attempted, is unpaid and has an amount remaining.
 *
 * The dossier's parts were listed at different moments: where they disagree, a payment that is known counts.
 */
export function diagnose(dossier: Dossier, { livemode }: { livemode: boolean }): Diagnosis {
  const because = exclusionOf(dossier.invoice, livemode)
  const finding = findingOf(dossier)
  if (because) return { kind: 'excluded', because, finding: finding && finding.atRisk > 0 ? finding : null }
  if (!finding) return { kind: 'fine' }
  return finding.atRisk > 0 ? { kind: 'failed', finding } : { kind: 'excluded', because: 'nothing_due', finding: null }
}

/** `null`: no charge of it failed. */
function findingOf(dossier: Dossier): Finding | null {
  const { invoice } = dossier
  const failure = firstFailure(dossier)
  if (!failure) return null
  const { class: declineClass, code, retriedByStripe } = classifyDecline(failure.decline)
  return {
    invoiceId: invoice.id,
    number: invoice.number,
    customerId: invoice.customerId,
    customerName: invoice.customerName,
    subscriptionId: invoice.subscriptionId,
    plan: invoice.plan,
    billingReason: invoice.billingReason ?? 'subscription',
    currency: invoice.currency,
    firstFailedAt: failure.at,
    declineClass,
    declineCode: code,
    neverRetried: !retriedByStripe,
    ...moneyOf(dossier, failure),
  }
}

function exclusionOf(invoice: InvoiceRecord, livemode: boolean): Exclusion | null {
  if (invoice.livemode !== livemode) return 'other_mode'
  if (invoice.simulated) return 'test_clock'
  if (invoice.status === 'draft') return 'draft'
  if (invoice.billingReason === 'subscription_create') return 'first_invoice'
  if (invoice.collectionMethod !== null && invoice.collectionMethod !== 'charge_automatically') return 'by_hand'
  // Whether something is left to pay now is another question: a failed renewal may be paid by now.
  if (!isRecoverable({ ...invoice, amountRemaining: 1 }).opens) return 'one_off'
  return invoice.due + invoice.creditedBefore === 0 ? 'nothing_due' : null
}

interface Failure {
  readonly at: number
  readonly decline: Decline | null
}

/** A bank that wants a confirmation may leave no charge: the invoice was attempted, and is not paid. */
function firstFailure({ invoice, charges, intents }: Dossier): Failure | null {
  const failed = (charges ?? []).filter(({ outcome }) => outcome === 'failed').sort((a, b) => a.createdAt - b.createdAt)
  if (failed[0]) return { at: failed[0].createdAt, decline: failed[0].decline }
  const isUnpaid = invoice.status !== 'paid' && invoice.status !== 'draft' && invoice.remaining > 0
  if (!invoice.attempted || !isUnpaid || charges?.some(({ outcome }) => outcome === 'pending')) return null
  const decline = intents.find((intent) => intent.decline !== null)?.decline ?? null
  return { at: invoice.finalizedAt ?? invoice.createdAt, decline }
}

/** Money that came for an invoice. */
interface Payment {
  readonly amount: number
  readonly at: number
  readonly way: 'charged' | 'outOfBand' | 'unclear'
  readonly charge: ChargeRecord | null
  readonly isDefault: boolean
}

function moneyOf(dossier: Dossier, failure: Failure): Pick<Finding, 'atRisk' | 'parts' | 'recoveredAt'> {
  const { invoice, credits, hasEnded } = dossier
  const payments = paymentsOf(dossier)
  const remaining =
    invoice.status === 'paid' ? 0 : Math.max(0, Math.min(invoice.remaining, invoice.due - sum(payments, amountOf)))
  const earlierCredits = (credits ?? []).filter(({ createdAt }) => createdAt < failure.at)
  const credited = Math.max(0, invoice.creditedBefore - sum(earlierCredits, ({ beforePayment }) => beforePayment))
  const after = payments.filter(({ at }) => at >= failure.at).sort((a, b) => a.at - b.at)

  const parts: Record<Part, number> = { ...NO_PARTS }
  const returned = returnedOf(dossier, after)
  after.forEach((payment, nth) => {
    parts[wayOf(dossier, payment, failure)] += payment.amount - (returned[nth] ?? 0)
    parts.returned += returned[nth] ?? 0
  })
  parts.forgiven = credited
  if (invoice.status === 'void') parts.forgiven += remaining
  else if (invoice.status === 'uncollectible' || hasEnded) parts.lost += remaining
  else parts.open += remaining

  const last = after.at(-1)
  return {
    atRisk: remaining + credited + sum(after, amountOf),
    parts,
    recoveredAt: last && remaining === 0 && parts.returned === 0 ? last.at : null,
  }
}

export const NO_PARTS: Parts = Object.freeze({
  lost: 0,
  retried: 0,
  paid: 0,
  late: 0,
  outOfBand: 0,
  unclear: 0,
  returned: 0,
  forgiven: 0,
  open: 0,
})

/** All that was paid, before the first failure and after. What the invoice tells and no payment explains is unclear. */
function paymentsOf({ invoice, charges: readable, payments }: Dossier): Payment[] {
  const charges = readable ?? []
  const chargeBehind = ({ chargeId, intentId }: PaymentRecord) =>
    charges.find(
      ({ id, intentId: its, outcome }) =>
        outcome === 'succeeded' && (id === chargeId || (intentId !== null && its === intentId)),
    ) ?? null
  const known = payments.flatMap((payment): Payment[] => {
    const charge = chargeBehind(payment)
    if (!payment.isPaid && !charge) return []
    return [
      {
        amount: payment.isPaid ? payment.amount : (charge?.amount ?? 0),
        at: payment.paidAt ?? charge?.createdAt ?? invoice.settledAt ?? invoice.createdAt,
        way: payment.outOfBand ? 'outOfBand' : 'charged',
        charge,
        isDefault: payment.isDefault,
      },
    ]
  })
  const tied = new Set(known.map(({ charge }) => charge?.id))
  const others = charges
    .filter(({ id, outcome }) => outcome === 'succeeded' && !tied.has(id))
    .map(
      (charge): Payment => ({
        amount: charge.amount,
        at: charge.createdAt,
        way: 'charged',
        charge,
        isDefault: payments.length === 0,
      }),
    )
  const all = [...known, ...others]
  const told = invoice.status === 'paid' ? Math.max(invoice.paid, invoice.due) : invoice.paid
  const unexplained = told - sum(all, amountOf)
  if (unexplained <= 0) return all
  const at = invoice.settledAt ?? all.at(-1)?.at ?? invoice.createdAt
  const way = invoice.outOfBand ? 'outOfBand' : 'unclear'
  return [...all, { amount: unexplained, at, way, charge: null, isDefault: false }]
}

/**
 * By whom a payment came. Stripe's own attempt is one that `attempt_count` counted (it counts automatic attempts, not
 * those by hand), with the card that had failed, after a decline that Stripe does retry. What else came through Stripe in
 * time came because somebody did something: the customer, or the owner.
 * Source: docs.stripe.com/api/invoices/object#invoice_object-attempt_count
 */
function wayOf({ charges, invoice }: Dossier, payment: Payment, failure: Failure): Way {
  if (payment.way !== 'charged') return payment.way
  if (payment.at - failure.at > LATE_AFTER_DAYS * 86_400) return 'late'
  if (!charges) return 'unclear'
  const { charge } = payment
  const failed = charges
    .filter(({ createdAt, intentId, outcome }) => {
      return outcome === 'failed' && createdAt <= payment.at && (!charge || intentId === charge.intentId)
    })
    .sort((a, b) => a.createdAt - b.createdAt)
  const lastFailed = failed.at(-1)
  const isSameCard = !charge?.card || !lastFailed?.card || charge.card === lastFailed.card
  const isCounted = payment.isDefault && invoice.attempts > failed.length
  return isCounted && isSameCard && classifyDecline(lastFailed?.decline ?? null).retriedByStripe ? 'retried' : 'paid'
}

/** What went back of each payment: refunds and disputes of its charge, then credits, off the newest first. */
function returnedOf(
  { charges: readable, credits, disputes, invoice }: Dossier,
  payments: readonly Payment[],
): number[] {
  const returned = payments.map(({ amount, charge }) => {
    if (!charge) return 0
    const taken = disputes.filter(({ chargeId }) => chargeId === charge.id)
    return Math.min(amount, charge.refunded + sum(taken, (dispute) => dispute.taken))
  })
  const refunded = sum(readable ?? [], (charge) => charge.refunded)
  // Without the notes it is not known which credits were refunds: those count as such first.
  let credit = credits ? sum(credits, ({ givenBack }) => givenBack) : Math.max(0, invoice.creditedAfter - refunded)
  for (let nth = payments.length - 1; nth >= 0 && credit > 0; nth -= 1) {
    const left = amountOf(payments[nth]) - (returned[nth] ?? 0)
    const taken = Math.min(left, credit)
    returned[nth] = (returned[nth] ?? 0) + taken
    credit -= taken
  }
  return returned
}

const amountOf = (payment: { readonly amount: number } | undefined) => payment?.amount ?? 0
