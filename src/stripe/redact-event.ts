import { at, fieldsOf, idOf } from './json.js'

/**
 * Whom an event is about: the customer itself, or the one that its object names.
 *
 * @param payload the event as Stripe sent it
 * @returns the id of a customer, or of the account that stands for one; `null` where the event names none
 */
export function customerIn(payload: string): string | null {
  const object = at(parsed(payload), 'data', 'object')
  const { customer, customer_account, id, object: kind } = fieldsOf(object)
  return kind === 'customer' ? idOf(id) : (idOf(customer) ?? idOf(customer_account))
}

/**
 * The event without what tells of a person: ids, states, sums and times stay, so that it still reads as the invoice that
 * it was about. What is kept is named; whatever else Stripe sends, now or later, goes.
 */
export function redactEvent(payload: string): string {
  return JSON.stringify({ ...fieldsOf(redacted(parsed(payload))), redacted: true })
}

const KEPT = new Set([
  ...['id', 'object', 'api_version', 'created', 'livemode', 'type', 'data', 'pending_webhooks', 'deleted'],
  ...['status', 'billing_reason', 'collection_method', 'billing', 'attempt_count', 'attempted', 'auto_advance'],
  ...['next_payment_attempt', 'date', 'period_start', 'period_end', 'period', 'start', 'end', 'paid', 'closed'],
  ...['forgiven', 'currency', 'amount', 'amount_due', 'amount_paid', 'amount_remaining', 'amount_overpaid'],
  ...['subtotal', 'total', 'quantity', 'proration', 'customer', 'customer_account', 'subscription', 'parent'],
  ...['subscription_details', 'subscription_item_details', 'lines', 'items', 'has_more', 'total_count'],
  ...['plan', 'price', 'pricing', 'price_details', 'product', 'recurring', 'interval', 'interval_count'],
  ...['payment_intent', 'charge', 'payments', 'payment', 'is_default', 'invoice', 'canceled_at', 'ended_at'],
  ...['status_transitions', 'paid_at', 'voided_at', 'marked_uncollectible_at', 'paid_out_of_band'],
  ...['pre_payment_credit_notes_amount', 'pre_payment_amount', 'post_payment_amount', 'refunds', 'refund'],
  ...['previous_attributes', 'amount_refunded', 'pause_collection', 'behavior'],
  ...['invoice_settings', 'default_payment_method'],
])

/** Stripe's objects are some ten levels deep. What lies deeper than anything that we read goes. */
const DEEPEST = 50

function redacted(value: unknown, levels = DEEPEST): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((inner) => redacted(inner, levels - 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => KEPT.has(key))
      .map(([key, inner]) => [key, redacted(inner, levels - 1)]),
  )
}

/** What can't be read names nobody. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return null
  }
}
