import { PermanentError } from '../errors.js'
import { isFailureEvent, isInvoiceEvent } from './event-types.js'
import { type InvoiceFacts, readInvoiceFacts } from './invoice-facts.js'
import { arrayOf, at, countOf, type Fields, fieldsOf, idOf, textOf, wholeOf } from './json.js'
import { readSubscriptionFacts, type SubscriptionFacts } from './subscription-facts.js'

/**
 * What an event tells, whatever API version told it. `about` holds the Stripe ids of all that it speaks of: invoice,
 * subscription, customer, payments. Amounts in minor units of `currency`.
 */
export type Notice = { readonly about: readonly string[] } & (
  | { readonly kind: 'invoice'; readonly facts: InvoiceFacts; readonly isFailure: boolean }
  | { readonly kind: 'payment'; readonly invoiceId: string; readonly paymentIds: string[]; readonly outOfBand: boolean }
  | {
      readonly kind: 'subscription'
      readonly facts: SubscriptionFacts
      /** Its own default card was changed to this one; `null`: to none. */
      readonly newCard?: string | null
    }
  | {
      readonly kind: 'customer'
      readonly customerId: string
      readonly isDeleted: boolean
      readonly newCard?: string | null
      /** Name, address or languages are others now. */
      readonly detailsChanged: boolean
    }
  | {
      readonly kind: 'card'
      readonly customerId: string | null
      readonly paymentMethodId: string
      readonly change: 'attached' | 'updated' | 'network_updated'
    }
  | {
      readonly kind: 'reversal'
      readonly reversal: 'refund' | 'dispute' | 'credit'
      /** Stripe's id of what it is. */
      readonly key: string
      /** What it takes of what was paid; negative where a refund came back. */
      readonly amount: number
      readonly currency: string
      readonly isFinal: boolean
      /** What the bank or the owner did, for the timeline. */
      readonly step: ReversalStep
      /** Known at once from old payloads and of credit notes; else the payments tell. */
      readonly invoiceId: string | null
      readonly paymentIds: readonly string[]
    }
)

export type ReversalStep =
  | 'refunded'
  | 'refund_failed'
  | 'disputed'
  | 'dispute_won'
  | 'dispute_lost'
  | 'dispute_closed'
  | 'credited'
  | 'credit_voided'

/**
 * Reads an event of one of our types.
 *
 * @param payload the event as Stripe sent it
 * @returns `null` for types that no recovery step depends on
 * @throws PermanentError when the payload is not what its type claims
 */
export function readNotice(type: string, payload: string, occurredAt: Date): Notice | null {
  const event = fieldsOf(parsed(payload))
  const object = fieldsOf(at(event.data, 'object'))
  const before = fieldsOf(at(event.data, 'previous_attributes'))
  if (isInvoiceEvent(type)) return invoiceNotice(object, isFailureEvent(type))
  if (type.startsWith('customer.subscription.')) return subscriptionNotice(object, before, occurredAt)
  if (!Object.hasOwn(READERS, type)) return null
  return READERS[type]?.(object, before, textOf(event.id) ?? refuse(type)) ?? null
}

type Reader = (object: Fields, before: Fields, eventId: string) => Notice

const READERS: Readonly<Record<string, Reader>> = {
  'invoice_payment.paid': paymentNotice,
  'customer.updated': (object, before) => customerNotice(object, before, false),
  'customer.deleted': (object, before) => customerNotice(object, before, true),
  'payment_method.attached': (object) => cardNotice(object, 'attached'),
  'payment_method.updated': (object) => cardNotice(object, 'updated'),
  'payment_method.automatically_updated': (object) => cardNotice(object, 'network_updated'),
  'charge.refunded': refundNotice,
  'refund.failed': failedRefundNotice,
  'charge.dispute.created': disputeNotice,
  'charge.dispute.closed': disputeNotice,
  'credit_note.created': creditNotice,
  'credit_note.voided': creditNotice,
}

/** Its subscription and customer are left out: they have events of their own, which a case looks for by those ids. */
function invoiceNotice(object: Fields, isFailure: boolean): Notice {
  const facts = readInvoiceFacts(object)
  return { kind: 'invoice', facts, isFailure, about: ids(facts.invoiceId, ...facts.paymentIds) }
}

function paymentNotice(object: Fields): Notice {
  const invoiceId = idOf(object.invoice) ?? refuse('invoice_payment.paid')
  const payment = fieldsOf(object.payment)
  const paymentIds = ids(idOf(payment.payment_intent), idOf(payment.charge))
  const outOfBand = payment.type === 'payment_record'
  return { kind: 'payment', invoiceId, paymentIds, outOfBand, about: ids(invoiceId, ...paymentIds) }
}

function subscriptionNotice(object: Fields, before: Fields, occurredAt: Date): Notice {
  const facts = readSubscriptionFacts(object, occurredAt) ?? refuse('customer.subscription')
  return {
    kind: 'subscription',
    facts,
    about: ids(facts.subscriptionId, customerIdOf(object)),
    ...('default_payment_method' in before && { newCard: idOf(object.default_payment_method) }),
  }
}

const DETAILS = ['name', 'email', 'preferred_locales']

function customerNotice(object: Fields, before: Fields, isDeleted: boolean): Notice {
  const customerId = idOf(object.id) ?? refuse('customer')
  const settings = fieldsOf(before.invoice_settings)
  return {
    kind: 'customer',
    customerId,
    isDeleted,
    about: ids(customerId, idOf(object.customer_account)),
    detailsChanged: DETAILS.some((field) => field in before),
    ...('default_payment_method' in settings && {
      newCard: idOf(at(object.invoice_settings, 'default_payment_method')),
    }),
  }
}

function cardNotice(object: Fields, change: 'attached' | 'updated' | 'network_updated'): Notice {
  const paymentMethodId = idOf(object.id) ?? refuse('payment_method')
  const customerId = customerIdOf(object)
  return { kind: 'card', customerId, paymentMethodId, change, about: ids(customerId) }
}

/**
 * The event is of the charge, which tells what was refunded in all: the step since the event before is this refund. Each
 * such step has the event for its key, so that a later refund that fails takes back its own and no other.
 */
function refundNotice(charge: Fields, before: Fields, eventId: string): Notice {
  const refunded = countOf(charge.amount_refunded) ?? refuse('charge.refunded')
  const amount = refunded - (countOf(before.amount_refunded) ?? 0)
  const paymentIds = ids(idOf(charge.id), idOf(charge.payment_intent))
  return reversal(charge, {
    reversal: 'refund',
    key: eventId,
    amount,
    isFinal: true,
    step: 'refunded',
    paymentIds,
    invoiceId: idOf(charge.invoice),
  })
}

function failedRefundNotice(refund: Fields): Notice {
  const key = idOf(refund.id) ?? refuse('refund.failed')
  const amount = -(countOf(refund.amount) ?? refuse('refund.failed'))
  const paymentIds = ids(idOf(refund.charge), idOf(refund.payment_intent))
  return reversal(refund, {
    reversal: 'refund',
    key,
    amount,
    isFinal: true,
    step: 'refund_failed',
    paymentIds,
    invoiceId: null,
  })
}

/** Inquiries (`warning_...`) and disputes that were prevented move no money. Source: the SDK's type of `Dispute.Status` */
export const WITHDRAWN = ['needs_response', 'under_review', 'lost']
const UNDECIDED = ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review']

function disputeNotice(dispute: Fields): Notice {
  const key = idOf(dispute.id) ?? refuse('charge.dispute')
  const status = textOf(dispute.status) ?? refuse('charge.dispute')
  const amount = countOf(dispute.amount) ?? refuse('charge.dispute')
  const isFinal = !UNDECIDED.includes(status)
  const step = !isFinal
    ? 'disputed'
    : status === 'won'
      ? 'dispute_won'
      : status === 'lost'
        ? 'dispute_lost'
        : 'dispute_closed'
  const paymentIds = ids(idOf(dispute.charge), idOf(dispute.payment_intent))
  return reversal(dispute, {
    reversal: 'dispute',
    key,
    amount: WITHDRAWN.includes(status) ? amount : 0,
    isFinal,
    step,
    paymentIds,
    invoiceId: null,
  })
}

/**
 * What a credit note takes after payment, as far as it is no refund, which is counted as such. What it takes before
 * payment stands on the invoice. Since 2024-10-28 the note tells its parts, before only its type.
 */
function creditNotice(note: Fields): Notice {
  const key = idOf(note.id) ?? refuse('credit_note')
  const invoiceId = idOf(note.invoice) ?? refuse('credit_note')
  const isVoid = note.status === 'void'
  return reversal(note, {
    reversal: 'credit',
    key,
    amount: isVoid ? 0 : takenByNote(note),
    isFinal: isVoid,
    step: isVoid ? 'credit_voided' : 'credited',
    paymentIds: [],
    invoiceId,
  })
}

/** What a credit note gives back after payment that is no refund. Minor units. */
export function takenByNote(note: Fields): number {
  const total = wholeOf(note.post_payment_amount) ?? (note.type === 'post_payment' ? wholeOf(note.amount) : 0) ?? 0
  if (Array.isArray(note.refunds)) {
    const refunds = arrayOf(note.refunds).map((each) => wholeOf(fieldsOf(each).amount_refunded) ?? 0)
    return Math.max(0, total - refunds.reduce((sum, amount) => sum + amount, 0))
  }
  return idOf(note.refund) ? 0 : total
}

function reversal(
  object: Fields,
  parts: Omit<Extract<Notice, { kind: 'reversal' }>, 'kind' | 'about' | 'currency'>,
): Notice {
  const currency = textOf(object.currency)?.toLowerCase() ?? refuse(parts.reversal)
  return { kind: 'reversal', ...parts, currency, about: ids(parts.invoiceId, ...parts.paymentIds) }
}

const customerIdOf = (object: Fields) => idOf(object.customer) ?? idOf(object.customer_account)

const ids = (...all: (string | null)[]): string[] => [...new Set(all.filter((id) => id !== null))]

function refuse(what: string): never {
  throw new PermanentError(`Not what its type says: a part of this ${what} event is missing or of the wrong type`)
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    throw new PermanentError('The stored event is no JSON')
  }
}
