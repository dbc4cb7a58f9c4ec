import type {
  BillingRecord,
  ChargeRecord,
  CreditRecord,
  DisputeRecord,
  IntentRecord,
  InvoiceRecord,
  PaymentRecord,
  SubscriptionRecord,
} from '../domain/diagnosis.js'
import { planInWords } from '../domain/plan.js'
import { PermanentError } from '../errors.js'
import { declineOfCharge, declineOfIntent, readInvoiceFacts } from './invoice-facts.js'
import { at, countOf, fieldsOf, idOf, isPresent, textOf } from './json.js'
import { takenByNote, WITHDRAWN } from './notice.js'
import { readSubscriptionFacts } from './subscription-facts.js'

/**
 * Reads what Stripe lists, in the shapes before and since basil (2025-03-31).
 *
 * @returns nothing for an object that has no part in any figure
 * @throws PermanentError when a part is missing that the figures cannot do without
 */
export type RecordReader = (object: unknown) => BillingRecord[]

export const invoiceRecord: RecordReader = (object) => {
  const invoice = fieldsOf(object)
  const facts = readInvoiceFacts(invoice)
  const { label, interval, intervalCount } = facts.plan
  const record: InvoiceRecord = {
    kind: 'invoice',
    id: facts.invoiceId,
    number: facts.number,
    status: facts.status,
    billingReason: facts.billingReason,
    collectionMethod: facts.collectionMethod,
    livemode: facts.livemode,
    simulated: idOf(invoice.test_clock) !== null,
    currency: facts.currency,
    due: facts.amountDue,
    paid: facts.amountPaid,
    remaining: facts.amountRemaining,
    creditedBefore: facts.amountCredited,
    creditedAfter: countOf(invoice.post_payment_credit_notes_amount) ?? 0,
    attempted: facts.attempted,
    attempts: facts.attemptCount,
    createdAt: seconds(facts.createdAt),
    finalizedAt: countOf(at(invoice.status_transitions, 'finalized_at')),
    settledAt: facts.settledAt && seconds(facts.settledAt),
    outOfBand: facts.paidOutOfBand,
    customerId: facts.customer.id ?? facts.customer.account,
    customerName: facts.customer.name ?? facts.customer.email,
    subscriptionId: facts.subscriptionId,
    plan: planInWords(label, interval, intervalCount),
  }
  return [record]
}

const OUTCOMES: ReadonlyMap<string, ChargeRecord['outcome']> = new Map([
  ['failed', 'failed'],
  ['succeeded', 'succeeded'],
  ['pending', 'pending'],
])

export const chargeRecord: RecordReader = (object) => {
  const charge = fieldsOf(object)
  const outcome = OUTCOMES.get(textOf(charge.status) ?? '') ?? (charge.paid === true ? 'succeeded' : 'failed')
  const record: ChargeRecord = {
    kind: 'charge',
    id: required(idOf(charge.id), 'charge'),
    intentId: idOf(charge.payment_intent),
    invoiceId: idOf(charge.invoice),
    outcome,
    createdAt: required(countOf(charge.created), 'charge'),
    amount: countOf(charge.amount_captured) || required(countOf(charge.amount), 'charge'),
    refunded: countOf(charge.amount_refunded) ?? 0,
    disputed: charge.disputed === true,
    card: idOf(charge.payment_method) ?? idOf(charge.source),
    decline: outcome === 'failed' ? declineOfCharge(charge) : null,
  }
  return record.intentId || record.invoiceId ? [record] : []
}

export const paymentRecord: RecordReader = (object) => {
  const payment = fieldsOf(object)
  const means = fieldsOf(payment.payment)
  const record: PaymentRecord = {
    kind: 'payment',
    id: required(idOf(payment.id), 'invoice payment'),
    invoiceId: required(idOf(payment.invoice), 'invoice payment'),
    intentId: idOf(means.payment_intent),
    chargeId: idOf(means.charge),
    outOfBand: means.type === 'payment_record',
    isDefault: payment.is_default === true,
    isPaid: payment.status === 'paid',
    amount: countOf(payment.amount_paid) ?? countOf(payment.amount_requested) ?? 0,
    paidAt: countOf(at(payment.status_transitions, 'paid_at')),
  }
  return [record]
}

/** The intent behind a payment that is not paid, where it is expanded. */
export const intentRecord: RecordReader = (object) => {
  const intent = at(fieldsOf(object).payment, 'payment_intent')
  const id = idOf(at(intent, 'id'))
  const record: IntentRecord | null = id === null ? null : { kind: 'intent', id, decline: declineOfIntent(intent) }
  return record ? [record] : []
}

export const creditRecord: RecordReader = (object) => {
  const note = fieldsOf(object)
  if (note.status === 'void') return []
  const amount = countOf(note.amount) ?? 0
  // Since 2024-10-28 the note tells its parts, before only its type.
  const record: CreditRecord = {
    kind: 'credit',
    id: required(idOf(note.id), 'credit note'),
    invoiceId: required(idOf(note.invoice), 'credit note'),
    createdAt: required(countOf(note.created), 'credit note'),
    beforePayment: countOf(note.pre_payment_amount) ?? (note.type === 'pre_payment' ? amount : 0),
    givenBack: takenByNote(note),
  }
  return [record]
}

export const disputeRecord: RecordReader = (object) => {
  const dispute = fieldsOf(object)
  const record: DisputeRecord = {
    kind: 'dispute',
    id: required(idOf(dispute.id), 'dispute'),
    chargeId: required(idOf(dispute.charge), 'dispute'),
    taken: WITHDRAWN.includes(textOf(dispute.status) ?? '') ? required(countOf(dispute.amount), 'dispute') : 0,
  }
  return [record]
}

/** The subscription of an open invoice, where it is expanded. */
export const subscriptionRecord: RecordReader = (object) => {
  const invoice = fieldsOf(object)
  const details = at(invoice.parent, 'subscription_details', 'subscription')
  const found = isPresent(fieldsOf(details)) ? details : invoice.subscription
  const facts = readSubscriptionFacts(found, new Date(0))
  if (!facts) return []
  const record: SubscriptionRecord = {
    kind: 'subscription',
    id: facts.subscriptionId,
    endedAt: facts.endedAt && seconds(facts.endedAt),
  }
  return [record]
}

const seconds = (time: Date) => Math.floor(time.getTime() / 1_000)

function required<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new PermanentError(`A part of this ${what} is missing or of the wrong type`)
  return value
}
