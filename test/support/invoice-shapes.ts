/**
 * A renewal invoice as Stripe's API versions spell it, from 2018 to 2026, each with its parts as ids and expanded.
 * Every shape tells the same story, as far as the version can tell it, so that a test can be run over all of them.
 */

const VERSIONS = [
  '2018-02-28', // booleans for a status, `date`, `billing`, lines with the subscription's id, no reason and no address
  '2018-11-08', // status and address, still `date` and `billing`; the reason may be the legacy one
  '2019-05-16', // payment intents, `created`
  '2020-03-02', // `collection_method`; here with plans only
  '2020-08-27', // prices beside the plans
  '2022-11-15', // `latest_charge` instead of the intent's list of charges
  '2024-09-30.acacia',
  '2025-03-31.basil', // subscription below `parent`, payments as a list, prices as ids below `pricing`
  '2025-09-30.clover',
  '2026-07-29.dahlia',
  '2026-10-28.endive',
] as const

type Version = (typeof VERSIONS)[number]

/** An API version, with its parts as ids (as webhooks send them) or expanded (as we ask for them). */
export type Shape = Version | `${Version} expanded`

export const SHAPES: readonly Shape[] = VERSIONS.flatMap((version) => [version, `${version} expanded`] as const)

/** Webhooks send these. */
export const WEBHOOK_SHAPES: readonly Shape[] = VERSIONS

/** The story. Amounts in minor units, times in seconds since 1970. */
export interface Renewal {
  id: string
  number: string | null
  customer: string
  email: string | null
  name: string | null
  locales: string[]
  subscription: string | null
  product: string
  nickname: string | null
  interval: 'day' | 'week' | 'month' | 'year'
  intervalCount: number
  currency: string
  amount: number
  amountPaid: number
  attemptCount: number
  attempted: boolean
  created: number
  nextAttempt: number | null
  billingReason: string | null
  collectionMethod: string
  livemode: boolean
  hostedInvoiceUrl: string | null
  paymentIntent: string
  charge: string
  decline: {
    code: string
    decline_code?: string
    advice_code?: string
    network_advice_code?: string
    network_decline_code?: string
  }
  card: { brand: string; last4: string; exp_month: number; exp_year: number }
}

export const RENEWAL: Readonly<Renewal> = {
  id: 'in_renewal',
  number: 'A1B2C3D4-0007',
  customer: 'cus_ada',
  email: 'ada@example.com',
  name: 'Ada Example',
  locales: ['de', 'en'],
  subscription: 'sub_pro',
  product: 'Pro',
  nickname: null,
  interval: 'month',
  intervalCount: 1,
  currency: 'usd',
  amount: 4900,
  amountPaid: 0,
  attemptCount: 1,
  attempted: true,
  created: 1_790_000_000,
  nextAttempt: 1_790_259_200,
  billingReason: 'subscription_cycle',
  collectionMethod: 'charge_automatically',
  livemode: false,
  hostedInvoiceUrl: 'https://invoice.stripe.com/i/acct_1/test_renewal',
  paymentIntent: 'pi_renewal',
  charge: 'ch_renewal',
  decline: { code: 'card_declined', decline_code: 'insufficient_funds', advice_code: 'try_again_later' },
  card: { brand: 'visa', last4: '0341', exp_month: 8, exp_year: 2028 },
}

type Json = Record<string, unknown>
type Status = 'open' | 'paid'

/** A renewal whose first charge failed, as the shape spells it. */
export function failedInvoice(shape: Shape, overrides: Partial<Renewal> = {}): Json {
  return invoiceOf(shape, { ...RENEWAL, ...overrides }, 'open')
}

/** The same renewal once it is paid in full. */
export function paidInvoice(shape: Shape, overrides: Partial<Renewal> = {}): Json {
  const renewal = { ...RENEWAL, ...overrides }
  return invoiceOf(shape, { ...renewal, amountPaid: renewal.amount, nextAttempt: null }, 'paid')
}

/** What Stripe posts: the object in its envelope. */
export function eventOf(
  type: string,
  object: Json,
  envelope: { apiVersion?: string; created?: number; livemode?: boolean; id?: string } = {},
): Json {
  return {
    id: envelope.id ?? `evt_${type.replaceAll('.', '_')}`,
    object: 'event',
    api_version: envelope.apiVersion ?? '2026-10-28.endive',
    created: envelope.created ?? RENEWAL.created + 60,
    data: { object },
    livemode: envelope.livemode ?? object.livemode === true,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  }
}

function invoiceOf(shape: Shape, renewal: Renewal, status: Status): Json {
  const [version, expanded] = [shape.split(' ')[0] as Version, shape.endsWith(' expanded')]
  const common = commonFields(renewal, expanded)
  if (version === '2018-02-28') return { ...common, ...withBooleans(renewal, status, expanded) }
  if (version === '2018-11-08') return { ...common, ...withDate(renewal, status, expanded) }
  if (version >= '2025-03-31') return { ...common, ...withParent(version, renewal, status, expanded) }
  return { ...common, ...withPaymentIntent(version, renewal, status, expanded) }
}

/** What no version changed. */
function commonFields(renewal: Renewal, expanded: boolean): Json {
  return {
    id: renewal.id,
    object: 'invoice',
    amount_due: renewal.amount,
    amount_paid: renewal.amountPaid,
    amount_remaining: renewal.amount - renewal.amountPaid,
    attempt_count: renewal.attemptCount,
    attempted: renewal.attempted,
    currency: renewal.currency,
    customer: expanded
      ? {
          id: renewal.customer,
          object: 'customer',
          email: renewal.email,
          name: renewal.name,
          preferred_locales: renewal.locales,
        }
      : renewal.customer,
    description: null,
    hosted_invoice_url: renewal.hostedInvoiceUrl,
    livemode: renewal.livemode,
    next_payment_attempt: renewal.nextAttempt,
    number: renewal.number,
    period_end: renewal.created,
    period_start: renewal.created - lengthOf(renewal),
    subtotal: renewal.amount,
    total: renewal.amount,
  }
}

/** 2018, until 2018-05-21 and 2018-11-08: the line's id is the subscription's, booleans stand for a status. */
function withBooleans(renewal: Renewal, status: Status, expanded: boolean): Json {
  const { number: _number, ...line } = lineOf(renewal, { id: renewal.subscription, description: null })
  return {
    billing: renewal.collectionMethod,
    charge: expanded ? chargeOf(renewal, status) : renewal.charge,
    closed: status === 'paid',
    date: renewal.created,
    forgiven: false,
    lines: linesOf({ ...line, plan: planOf(renewal, renewal.nickname ?? renewal.product), type: 'subscription' }),
    paid: status === 'paid',
    subscription: subscriptionOf(renewal, expanded),
  }
}

/** 2018-11-08: a status, but the time of creation is still `date`, and there are no payment intents yet. */
function withDate(renewal: Renewal, status: Status, expanded: boolean): Json {
  return {
    auto_advance: status === 'open',
    billing: renewal.collectionMethod,
    billing_reason: renewal.billingReason,
    charge: expanded ? chargeOf(renewal, status) : renewal.charge,
    customer_email: renewal.email,
    customer_name: renewal.name,
    date: renewal.created,
    lines: linesOf({
      ...lineOf(renewal, { id: 'sli_renewal' }),
      plan: planOf(renewal, renewal.nickname, expanded),
      subscription: renewal.subscription,
      type: 'subscription',
    }),
    paid: status === 'paid',
    status,
    subscription: subscriptionOf(renewal, expanded),
  }
}

/** From 2019-05-16 to acacia: subscription, payment intent and charge on the invoice. */
function withPaymentIntent(version: Version, renewal: Renewal, status: Status, expanded: boolean): Json {
  return {
    auto_advance: status === 'open',
    [version >= '2019-10-17' ? 'collection_method' : 'billing']: renewal.collectionMethod,
    billing_reason: renewal.billingReason,
    charge: renewal.charge,
    created: renewal.created,
    customer_email: renewal.email,
    customer_name: renewal.name,
    default_payment_method: null,
    last_finalization_error: null,
    lines: linesOf({
      ...lineOf(renewal, { id: 'il_renewal' }),
      plan: planOf(renewal, renewal.nickname, expanded),
      ...(version >= '2020-08-27' ? { price: priceOf(renewal, expanded) } : {}),
      subscription: renewal.subscription,
      subscription_item: 'si_renewal',
      type: 'subscription',
    }),
    paid: status === 'paid',
    paid_out_of_band: false,
    payment_intent: expanded ? intentOf(version, renewal, status) : renewal.paymentIntent,
    status,
    subscription: subscriptionOf(renewal, expanded),
  }
}

/** Since basil (2025-03-31): the subscription below `parent`, payments as a list that webhooks leave out. */
function withParent(version: Version, renewal: Renewal, status: Status, expanded: boolean): Json {
  const { proration: _proration, ...line } = lineOf(renewal, { id: 'il_renewal' })
  return {
    amount_overpaid: 0,
    auto_advance: status === 'open',
    billing_reason: renewal.billingReason,
    collection_method: renewal.collectionMethod,
    created: renewal.created,
    customer_account: null,
    customer_email: renewal.email,
    customer_name: renewal.name,
    default_payment_method: null,
    last_finalization_error: null,
    lines: linesOf({
      ...line,
      parent: {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          proration_details: { credited_items: null },
          subscription: renewal.subscription,
          subscription_item: 'si_renewal',
        },
        type: 'subscription_item_details',
      },
      pricing: {
        price_details: { price: expanded ? priceOf(renewal, true) : 'price_pro', product: 'prod_pro' },
        type: 'price_details',
        unit_amount_decimal: String(renewal.amount),
      },
    }),
    parent: renewal.subscription && {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: subscriptionOf(renewal, expanded) },
      type: 'subscription_details',
    },
    ...(expanded ? { payments: { object: 'list', data: [paymentOf(version, renewal, status)], has_more: false } } : {}),
    status,
  }
}

// The parts

function linesOf(line: Json): Json {
  return { object: 'list', data: [line], has_more: false, total_count: 1 }
}

function lineOf(renewal: Renewal, overrides: Json): Json {
  const every = renewal.intervalCount > 1 ? `every ${renewal.intervalCount} ${renewal.interval}s` : renewal.interval
  return {
    object: 'line_item',
    amount: renewal.amount,
    currency: renewal.currency,
    description: `1 × ${renewal.product} (at $49.00 / ${every})`,
    livemode: renewal.livemode,
    period: { start: renewal.created, end: renewal.created + lengthOf(renewal) },
    proration: false,
    quantity: 1,
    ...overrides,
  }
}

function planOf(renewal: Renewal, nickname: string | null, expanded = false): Json {
  return {
    id: 'plan_pro',
    object: 'plan',
    amount: renewal.amount,
    currency: renewal.currency,
    interval: renewal.interval,
    interval_count: renewal.intervalCount,
    nickname,
    product: expanded ? productOf(renewal) : 'prod_pro',
  }
}

function priceOf(renewal: Renewal, expanded: boolean): Json {
  return {
    id: 'price_pro',
    object: 'price',
    currency: renewal.currency,
    nickname: renewal.nickname,
    product: expanded ? productOf(renewal) : 'prod_pro',
    recurring: { interval: renewal.interval, interval_count: renewal.intervalCount, usage_type: 'licensed' },
    type: 'recurring',
    unit_amount: renewal.amount,
    unit_amount_decimal: String(renewal.amount),
  }
}

function productOf(renewal: Renewal): Json {
  return { id: 'prod_pro', object: 'product', name: renewal.product }
}

function subscriptionOf(renewal: Renewal, expanded: boolean): unknown {
  if (renewal.subscription === null || !expanded) return renewal.subscription
  return { id: renewal.subscription, object: 'subscription', status: 'past_due' }
}

function chargeOf(renewal: Renewal, status: Status): Json {
  const failed = status === 'open'
  const { code, decline_code, ...advice } = renewal.decline
  return {
    id: renewal.charge,
    object: 'charge',
    amount: renewal.amount,
    created: renewal.created + 30,
    failure_code: failed ? code : null,
    outcome: failed
      ? { network_status: 'declined_by_network', reason: decline_code ?? null, type: 'issuer_declined', ...advice }
      : { network_status: 'approved_by_network', reason: null, type: 'authorized' },
    paid: !failed,
    payment_intent: null,
    payment_method_details: { card: renewal.card, type: 'card' },
    status: failed ? 'failed' : 'succeeded',
  }
}

function intentOf(version: Version, renewal: Renewal, status: Status): Json {
  const failed = status === 'open'
  const charge = { ...chargeOf(renewal, status), payment_intent: renewal.paymentIntent }
  return {
    id: renewal.paymentIntent,
    object: 'payment_intent',
    amount: renewal.amount,
    created: renewal.created,
    last_payment_error: failed
      ? {
          ...renewal.decline,
          charge: renewal.charge,
          payment_method: { id: 'pm_renewal', object: 'payment_method', card: renewal.card, type: 'card' },
          type: 'card_error',
        }
      : null,
    ...(version >= '2022-11-15' ? { latest_charge: charge } : { charges: { object: 'list', data: [charge] } }),
    status: failed ? 'requires_payment_method' : 'succeeded',
  }
}

function paymentOf(version: Version, renewal: Renewal, status: Status): Json {
  return {
    id: 'inpay_renewal',
    object: 'invoice_payment',
    amount_paid: renewal.amountPaid || null,
    amount_requested: renewal.amount,
    created: renewal.created,
    invoice: renewal.id,
    is_default: true,
    payment: { payment_intent: intentOf(version, renewal, status), type: 'payment_intent' },
    status,
  }
}

function lengthOf({ interval, intervalCount }: Renewal): number {
  return { day: 1, week: 7, month: 30, year: 365 }[interval] * intervalCount * 86_400
}
