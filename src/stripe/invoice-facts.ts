import { AUTHENTICATION_REQUIRED, type Decline } from '../domain/decline.js'
import { PermanentError } from '../errors.js'
import {
  arrayOf,
  at,
  countOf,
  type Fields,
  fieldsOf,
  firstOf,
  flagOf,
  httpsUrlOf,
  idOf,
  isPresent,
  listOf,
  numberOf,
  oneOf,
  textOf,
  timeOf,
  wholeOf,
} from './json.js'

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

type PlanInterval = 'day' | 'week' | 'month' | 'year'

/** What an invoice says, whatever API version said it. Amounts in minor units, times in UTC, codes in Stripe's words. */
export interface InvoiceFacts {
  invoiceId: string
  number: string | null
  /** Null where the payload does not tell: a status that we don't know, or an old invoice that was never attempted. */
  status: InvoiceStatus | null
  billingReason: string | null
  collectionMethod: string | null
  livemode: boolean
  currency: string
  amountDue: number
  amountPaid: number
  amountRemaining: number
  /** By credit notes before payment; 0 in payloads from before there were any. */
  amountCredited: number
  /** When it was paid, voided or marked uncollectible, where the payload tells. */
  settledAt: Date | null
  /** Paid without Stripe; null where the payload does not tell. */
  paidOutOfBand: boolean | null
  attemptCount: number
  attempted: boolean
  nextAttemptAt: Date | null
  createdAt: Date
  /** The invoice's own `period_end`: for a renewal the moment it fell due, not the end of the period it pays for. */
  periodEndAt: Date | null
  hostedInvoiceUrl: string | null
  customer: {
    id: string | null
    account: string | null
    name: string | null
    /** Null for a deleted customer, who must not be written to. */
    email: string | null
    locales: string[]
  }
  subscriptionId: string | null
  plan: { label: string | null; interval: PlanInterval | null; intervalCount: number | null }
  /** What refunds and disputes name: payment intents and charges that paid it, or tried to. */
  paymentIds: string[]
  card: Card | null
  decline: Decline | null
}

type Plan = InvoiceFacts['plan']

interface Card {
  /** As payment methods spell it: `visa`, `amex`, `diners`. */
  brand: string
  last4: string
  expMonth: number | null
  expYear: number | null
}

/** A failed attempt, with its time in seconds since 1970. */
interface Failure {
  at: number
  decline: Decline
  card: Card | null
}

/**
 * Reads an invoice of any API version from 2018 to 2026-10-28.endive, with its parts as ids or expanded. Looks for the
 * fields that are there, never at a version number: what an endpoint sends has the endpoint's version.
 *
 * A field that no case can do without is refused when it is missing or of the wrong type; any other counts as absent.
 * Only the lines in the payload are read (Stripe sends the first ten).
 * @throws PermanentError when the value is no invoice, or lacks its id, currency, amounts or time of creation
 */
export function readInvoiceFacts(value: unknown): InvoiceFacts {
  const invoice = fieldsOf(value)
  if (invoice.object !== 'invoice') throw new PermanentError('Not a Stripe invoice: its object is not "invoice"')

  const lines = listOf(invoice.lines)
  const failure = newest(failuresOf(invoice))
  const attempts = numberOf(invoice.attempt_count)
  const attempted = flagOf(invoice.attempted) ?? (attempts ?? 0) > 0

  return {
    invoiceId: idOf(invoice.id) ?? refuse('id'),
    number: textOf(invoice.number),
    status: statusOf(invoice),
    billingReason: textOf(invoice.billing_reason),
    collectionMethod: textOf(invoice.collection_method) ?? textOf(invoice.billing), // renamed in 2019-10-17
    livemode: invoice.livemode === true,
    currency: currencyOf(invoice),
    ...amountsOf(invoice),
    amountCredited: amountOf(invoice, 'pre_payment_credit_notes_amount') ?? 0,
    settledAt: settledAtOf(invoice),
    paidOutOfBand: paidOutOfBandOf(invoice),
    attemptCount: attempts ?? (attempted ? 1 : 0),
    attempted,
    nextAttemptAt: timeOf(invoice.next_payment_attempt),
    createdAt: timeOf(invoice.created) ?? timeOf(invoice.date) ?? refuse('created'), // `date` before 2019-03-14
    periodEndAt: timeOf(invoice.period_end),
    hostedInvoiceUrl: httpsUrlOf(invoice.hosted_invoice_url),
    customer: customerOf(invoice),
    subscriptionId: subscriptionIdOf(invoice, lines),
    plan: planOf(renewedLine(lines)),
    paymentIds: paymentIdsOf(invoice),
    card: failure?.card ?? defaultCardOf(invoice),
    decline: failure?.decline ?? null,
  }
}

// The invoice itself

/** Before 2018-11-08 the status was spread over booleans; `closed` only meant that Stripe had stopped collecting. */
function statusOf(invoice: Fields): InvoiceStatus | null {
  if (textOf(invoice.status) !== null) return oneOf(STATUSES, invoice.status)
  if (invoice.paid === true) return 'paid'
  if (invoice.forgiven === true) return 'uncollectible'
  return invoice.attempted === true ? 'open' : null
}

function currencyOf(invoice: Fields): string {
  const currency = textOf(invoice.currency)?.toLowerCase() ?? ''
  return /^[a-z]{3}$/.test(currency) ? currency : refuse('currency')
}

/** Old payloads may name the amount due only. */
function amountsOf(invoice: Fields): Pick<InvoiceFacts, 'amountDue' | 'amountPaid' | 'amountRemaining'> {
  const isPaid = statusOf(invoice) === 'paid'
  const amountDue = amountOf(invoice, 'amount_due') ?? refuse('amount_due')
  const amountPaid = amountOf(invoice, 'amount_paid') ?? (isPaid ? amountDue : 0)
  const amountRemaining = amountOf(invoice, 'amount_remaining') ?? (isPaid ? 0 : Math.max(0, amountDue - amountPaid))
  return { amountDue, amountPaid, amountRemaining }
}

/** An expanded customer is fresher than the copy that the invoice took when it was finalized. */
function customerOf(invoice: Fields): InvoiceFacts['customer'] {
  const customer = fieldsOf(invoice.customer)
  return {
    id: idOf(invoice.customer),
    account: idOf(invoice.customer_account) ?? idOf(customer.customer_account),
    name: textOf(customer.name) ?? textOf(invoice.customer_name),
    email: customer.deleted === true ? null : (textOf(customer.email) ?? textOf(invoice.customer_email)),
    locales: arrayOf(customer.preferred_locales)
      .map(textOf)
      .filter((locale) => locale !== null),
  }
}

/** Basil (2025-03-31) moved the subscription below `parent`. A line of its own names it where the invoice does not. */
function subscriptionIdOf(invoice: Fields, lines: readonly Fields[]): string | null {
  return (
    idOf(at(invoice.parent, 'subscription_details', 'subscription')) ??
    idOf(invoice.subscription) ??
    firstOf(lines, (line) => (isOfSubscription(line) ? subscriptionIdOfLine(line) : null))
  )
}

function paymentIdsOf(invoice: Fields): string[] {
  const payments = listOf(invoice.payments).map(({ payment }) => payment)
  const ids = [invoice, ...payments].flatMap((holder) => [
    idOf(at(holder, 'payment_intent')),
    idOf(at(holder, 'charge')),
    idOf(at(holder, 'payment_intent', 'latest_charge')),
    idOf(at(holder, 'charge', 'payment_intent')),
  ])
  return [...new Set(ids.filter((id) => id !== null))]
}

/** Since basil (2025-03-31) money that never went through Stripe is a payment that names a payment record. */
function paidOutOfBandOf(invoice: Fields): boolean | null {
  const flag = flagOf(invoice.paid_out_of_band)
  if (flag !== null) return flag
  const paid = listOf(invoice.payments).filter(({ status }) => status === 'paid')
  return paid.length === 0 ? null : at(paid[0]?.payment, 'type') === 'payment_record'
}

function settledAtOf(invoice: Fields): Date | null {
  const { paid_at, voided_at, marked_uncollectible_at } = fieldsOf(invoice.status_transitions)
  const times = { paid: paid_at, void: voided_at, uncollectible: marked_uncollectible_at, open: null, draft: null }
  return timeOf(times[statusOf(invoice) ?? 'open'])
}

// Lines and the plan

/** What the customer subscribes to: the largest renewal, or in a change of plan the largest part of the new one. */
function renewedLine(lines: readonly Fields[]): Fields | null {
  const renewals = lines.filter((line) => isOfSubscription(line) && !isProration(line))
  if (renewals.length > 0) return largest(renewals)
  return largest(lines.filter((line) => subscriptionIdOfLine(line) !== null && isProration(line)))
}

function largest(lines: readonly Fields[]): Fields | null {
  return lines.reduce<Fields | null>((best, line) => (best && sizeOf(best) >= sizeOf(line) ? best : line), null)
}

const sizeOf = (line: Fields): number => wholeOf(line.amount) ?? Number.NEGATIVE_INFINITY

/** `parent` tells what a line is since basil (2025-03-31), `type` before. */
function isOfSubscription(line: Fields): boolean {
  return line.type === 'subscription' || at(line.parent, 'type') === 'subscription_item_details'
}

function isProration(line: Fields): boolean {
  return line.proration === true || parentOf(line).proration === true
}

function subscriptionIdOfLine(line: Fields): string | null {
  const lineId = textOf(line.id)
  return (
    idOf(parentOf(line).subscription) ??
    idOf(line.subscription) ??
    // Until 2018-05-21 the id of a subscription's line was the subscription's.
    (lineId?.startsWith('sub_') ? lineId : null)
  )
}

/** The details for the kind of line it is; the others may stand beside them and mean nothing. */
function parentOf(line: Fields): Fields {
  return fieldsOf(at(line.parent, textOf(at(line.parent, 'type')) ?? ''))
}

function planOf(line: Fields | null): Plan {
  if (line === null) return { label: null, interval: null, intervalCount: null }

  const sold = fieldsOf(at(line.pricing, 'price_details'))
  const prices = [line.price, line.plan, sold.price].map(fieldsOf)
  const products = [...prices.map((price) => price.product), sold.product].map(fieldsOf)
  const description = textOf(line.description)
  const recurrence =
    firstOf(prices, (price) => recurrenceOf(price.recurring) ?? recurrenceOf(price)) ??
    recurrenceInWords(description) ??
    (isProration(line) ? null : recurrenceOfPeriod(line.period))

  return {
    label:
      firstOf(products, (product) => labelOf(product.name)) ??
      labelOf(description && planInWords(description)) ??
      firstOf(prices, (price) => labelOf(price.name)) ?? // plans had a name until 2018-02-05
      firstOf(prices, (price) => labelOf(price.nickname)), // Stripe hides it from customers: only for want of a name
    interval: recurrence?.interval ?? null,
    intervalCount: recurrence?.intervalCount ?? null,
  }
}

interface Recurrence {
  interval: PlanInterval
  intervalCount: number
}

function recurrenceOf(value: unknown): Recurrence | null {
  const { interval: name, interval_count: count } = fieldsOf(value)
  const interval = oneOf(INTERVALS, name)
  return interval && { interval, intervalCount: numberOf(count) || 1 }
}

/** Reads the end of `1 × Pro (at $30.00 / every 3 months)`; Stripe writes it in English for most accounts. */
function recurrenceInWords(description: string | null): Recurrence | null {
  const price = description?.slice(description.lastIndexOf('(')) ?? ''
  const [, count, name] = /\/ (?:every (\d{1,3}) )?(day|week|month|year)s?\)$/.exec(price) ?? []
  const interval = oneOf(INTERVALS, name)
  return interval && { interval, intervalCount: Number(count ?? 1) }
}

const LENGTHS: readonly { from: number; to: number; recurrence: Recurrence }[] = [
  { from: 1, to: 1, recurrence: { interval: 'day', intervalCount: 1 } },
  { from: 7, to: 7, recurrence: { interval: 'week', intervalCount: 1 } },
  { from: 14, to: 14, recurrence: { interval: 'week', intervalCount: 2 } },
  { from: 28, to: 31, recurrence: { interval: 'month', intervalCount: 1 } },
  { from: 59, to: 62, recurrence: { interval: 'month', intervalCount: 2 } },
  { from: 89, to: 92, recurrence: { interval: 'month', intervalCount: 3 } },
  { from: 181, to: 184, recurrence: { interval: 'month', intervalCount: 6 } },
  { from: 365, to: 366, recurrence: { interval: 'year', intervalCount: 1 } },
  { from: 730, to: 731, recurrence: { interval: 'year', intervalCount: 2 } },
]

/** A guess by the days that the line covers. */
function recurrenceOfPeriod(value: unknown): Recurrence | null {
  const period = fieldsOf(value)
  const days = Math.round(((wholeOf(period.end) ?? 0) - (wholeOf(period.start) ?? 0)) / 86_400)
  return LENGTHS.find(({ from, to }) => from <= days && days <= to)?.recurrence ?? null
}

const QUANTITY = /^\d[^×]* × /
const PRORATED = /^(?:Remaining|Unused) time on (.+?)(?: \(with [^()]*\))? after \d{1,2} \p{L}+ \d{4}$/u

/** `1 × Pro (at $30.00 / month)` and `Remaining time on Pro after 17 Jun 2024` are both about `Pro`. */
function planInWords(description: string): string {
  const prorated = PRORATED.exec(description)?.[1]
  if (prorated !== undefined) return prorated.replace(QUANTITY, '')
  if (QUANTITY.test(description)) return description.replace(QUANTITY, '').replace(/ \([^()]*\)$/, '')
  return description.replace(/^Trial period for /, '')
}

/** A label is for people: never one of Stripe's ids. */
function labelOf(value: unknown): string | null {
  const label = textOf(value)
  return label !== null && /^(?:price|plan|prod|sub|si|sku)_\w+$/.test(label) ? null : label
}

// Payments that failed

/** Basil (2025-03-31) took the payment intent and the charge off the invoice and made them a list of payments. */
function failuresOf(invoice: Fields): Failure[] {
  return [
    failureOf(invoice.payment_intent, invoice.charge, 0),
    ...listOf(invoice.payments).map(({ payment, created }) =>
      failureOf(at(payment, 'payment_intent'), at(payment, 'charge'), countOf(created) ?? 0),
    ),
  ].filter((failure) => failure !== null)
}

function newest(failures: readonly Failure[]): Failure | null {
  return failures.reduce<Failure | null>((best, each) => (best && best.at >= each.at ? best : each), null)
}

/**
 * Why the latest attempt of a payment failed, as far as its intent or charge is expanded. The intent's last error
 * counts, with what the charge of that error adds. After a later success the error is gone and the newest failed charge
 * tells.
 */
function failureOf(expandedIntent: unknown, charge: unknown, since: number): Failure | null {
  const intent = fieldsOf(expandedIntent)
  const charges = [charge, intent.latest_charge, ...listOf(intent.charges)].map(fieldsOf) // `charges` until 2022-11-15
  const failed = newest(charges.map(failureOfCharge).filter((each) => each !== null))
  const attemptedAt = charges.reduce((latest, each) => Math.max(latest, countOf(each.created) ?? 0), since)
  const error = fieldsOf(intent.last_payment_error)
  const card =
    readCard(error.payment_method) ?? readCard(error.source) ?? failed?.card ?? readCard(intent.payment_method)

  if (isPresent(error)) {
    const declined = charges.find((each) => textOf(each.id) !== null && each.id === error.charge)
    return { at: attemptedAt, decline: declineOf(error, fieldsOf(declined?.outcome)), card }
  }
  // Called `requires_source_action` until 2019-02-11.
  if (intent.status === 'requires_action' || intent.status === 'requires_source_action') {
    return { at: attemptedAt, decline: AUTHENTICATION_REQUIRED, card }
  }
  return failed && { ...failed, at: Math.max(since, failed.at), card }
}

/** Why a charge failed; `null`: it did not. */
export const declineOfCharge = (charge: Fields): Decline | null => failureOfCharge(charge)?.decline ?? null

/** Why a payment intent is not paid, as far as it is expanded; `null`: it is, or does not tell. */
export const declineOfIntent = (intent: unknown): Decline | null => failureOf(intent, null, 0)?.decline ?? null

function failureOfCharge(charge: Fields): Failure | null {
  if (charge.status !== 'failed' && textOf(charge.failure_code) === null) return null
  return {
    at: countOf(charge.created) ?? 0,
    decline: declineOf({ code: charge.failure_code }, fieldsOf(charge.outcome)),
    card: readCard(charge.payment_method_details) ?? readCard(charge.source),
  }
}

/** Of what Radar blocks, the error says `fraudulent` or `generic_decline` and only the charge's outcome says why. */
function declineOf(error: Fields, outcome: Fields): Decline {
  const code = textOf(error.decline_code)
  const reason = textOf(outcome.reason)
  return {
    code: textOf(error.code),
    declineCode: outcome.type === 'blocked' ? (reason ?? code) : (code ?? reason),
    adviceCode: textOf(error.advice_code) ?? textOf(outcome.advice_code),
    networkAdviceCode: textOf(error.network_advice_code) ?? textOf(outcome.network_advice_code),
    networkDeclineCode: textOf(error.network_decline_code) ?? textOf(outcome.network_decline_code),
  }
}

/** Where no failed payment names the card: the one that the invoice would be charged to. */
function defaultCardOf(invoice: Fields): Card | null {
  return (
    readCard(at(invoice.payment_intent, 'payment_method')) ??
    readCard(invoice.default_payment_method) ??
    readCard(invoice.default_source)
  )
}

/** A payment method or source that holds a card, or an old card object. */
function readCard(holder: unknown): Card | null {
  const card = isPresent(fieldsOf(at(holder, 'card'))) ? fieldsOf(at(holder, 'card')) : fieldsOf(holder)
  const brand = textOf(card.brand)?.toLowerCase()
  const last4 = textOf(card.last4)
  if (!brand || last4 === null || !/^\d{4}$/.test(last4)) return null
  return {
    brand: OLD_BRANDS.get(brand) ?? brand,
    last4,
    expMonth: numberOf(card.exp_month),
    expYear: numberOf(card.exp_year),
  }
}

const STATUSES: readonly InvoiceStatus[] = ['draft', 'open', 'paid', 'uncollectible', 'void']
const INTERVALS: readonly PlanInterval[] = ['day', 'week', 'month', 'year']
/** Cards as sources spelled two brands out. */
const OLD_BRANDS: ReadonlyMap<string, string> = new Map([
  ['american express', 'amex'],
  ['diners club', 'diners'],
])

function refuse(field: string): never {
  throw new PermanentError(`Not an invoice that a case can be made of: its ${field} is missing or of the wrong type`)
}

/** Null when absent. Stripe sends amounts as integers; anything else is refused rather than bent into one. */
function amountOf(invoice: Fields, field: string): number | null {
  const value = invoice[field]
  return value === undefined || value === null ? null : (countOf(value) ?? refuse(field))
}
