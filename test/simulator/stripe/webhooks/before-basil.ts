import type { EventRelations } from '../event-log.js'
import { planOf } from '../objects/price.js'
import type { Store } from '../store.js'

type Json = Record<string, unknown>

/**
 * An object as versions before basil (2025-03-31) shape it, from its current shape. Source of the differences:
 * docs.stripe.com/changelog/basil. The input is a copy of its own and is changed.
 */
export function shapeBeforeBasil(object: Json, relations: EventRelations, store: Store): Json {
  switch (object.object) {
    case 'invoice':
      return invoiceBeforeBasil(object, relations, store)
    case 'subscription':
      return subscriptionBeforeBasil(object)
    case 'charge':
      return { ...object, invoice: relations.invoice ?? null, order: null, dispute: null, destination: null }
    case 'payment_intent':
      return { ...object, invoice: relations.invoice ?? null }
    default:
      return object
  }
}

/** The old values of a change, as those versions name them: a subscription's period was its own, not its items'. */
export function previousBeforeBasil(kind: unknown, { items, ...previous }: Json): Json {
  if (kind !== 'subscription' || items === undefined) return items === undefined ? previous : { ...previous, items }
  return { ...previous, ...(items as { data: Json[] }).data[0] }
}

function invoiceBeforeBasil(invoice: Json, relations: EventRelations, store: Store): Json {
  const { parent, amount_overpaid, total_taxes, total_pretax_credit_amounts, payments, customer_account, ...kept } =
    invoice
  const details = (parent as { subscription_details: Json | null } | null)?.subscription_details ?? null
  const lines = kept.lines as { data: Json[] }
  return {
    ...kept,
    application_fee_amount: null,
    charge: relations.charge ?? null,
    discount: null,
    lines: { ...lines, data: lines.data.map((line) => lineBeforeBasil(line, store)) },
    paid: kept.status === 'paid',
    // Paid without any charge: the owner said so.
    paid_out_of_band: kept.status === 'paid' && kept.amount_due !== 0 && !relations.charge,
    payment_intent: relations.payment_intent ?? null,
    quote: null,
    subscription: details?.subscription ?? null,
    subscription_details: details && { metadata: details.metadata },
    tax: null,
    total_tax_amounts: [],
    transfer_data: null,
  }
}

function lineBeforeBasil(line: Json, store: Store): Json {
  const { parent, pricing, pretax_credit_amounts, taxes, subtotal, quantity_decimal, ...kept } = line
  const details = (parent as { subscription_item_details: Json | null } | null)?.subscription_item_details
  const named = (pricing as { price_details?: { price: string } } | null)?.price_details?.price
  const price = named === undefined ? undefined : store.prices.get(named)
  return {
    ...kept,
    plan: price ? planOf(price) : null,
    price: price ?? null,
    proration: details?.proration ?? false,
    proration_details: { credited_items: null },
    subscription: details?.subscription ?? null,
    subscription_item: details?.subscription_item ?? null,
    tax_amounts: [],
    tax_rates: [],
    type: 'subscription',
    unit_amount_excluding_tax: price ? String(price.unit_amount) : null,
  }
}

function subscriptionBeforeBasil(subscription: Json): Json {
  const { billing_mode, billing_schedules, managed_payments, customer_account, ...kept } = subscription
  const items = kept.items as { data: Json[] }
  const first = items.data[0]
  return {
    ...kept,
    current_period_end: first?.current_period_end ?? null,
    current_period_start: first?.current_period_start ?? null,
    discount: null,
    items: {
      ...items,
      data: items.data.map(({ current_period_end, current_period_start, current_trial, ...item }) => item),
    },
    plan: items.data.length === 1 ? first?.plan : null,
    quantity: items.data.length === 1 ? first?.quantity : null,
  }
}
