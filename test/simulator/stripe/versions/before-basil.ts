import type { Json, Past, VersionStep } from './step.js'

/**
 * Basil moved an invoice's payments, subscription and prices elsewhere. Sources: docs.stripe.com/changelog/basil and the
 * SDK's changelog for 18.0.0; that new fields stand beside the old ones: payloads of 2022-11-15 made in 2026.
 */
export const beforeBasil: VersionStep = {
  version: '2025-03-31.basil',
  gives: {
    charge: (charge, past) => ({
      destination: null,
      dispute: charge.disputed ? past.disputeOf(String(charge.id)) : null,
      invoice: typeof charge.payment_intent === 'string' ? past.invoiceOf(charge.payment_intent) : null,
      order: null,
    }),
    credit_note: ({ refunds }) => ({ refund: firstRefund(refunds), tax_amounts: [] }),
    credit_note_line_item: ({ amount }) => ({ amount_excluding_tax: amount, tax_amounts: [] }),
    invoice,
    line_item: lineItem,
    payment_intent: (intent, past) => ({ invoice: past.invoiceOf(String(intent.id)) }),
    plan: () => ({ aggregate_usage: null }),
    price: ({ recurring }) => ({ recurring: recurring && { aggregate_usage: null, ...(recurring as Json) } }),
    subscription,
  },
}

function invoice(invoice: Json, past: Past): Json {
  const id = String(invoice.id)
  const details = (invoice.parent as { subscription_details: Json | null } | null)?.subscription_details ?? null
  const paid = invoice.status === 'paid'
  // Money that never went through Stripe counts as paid only from basil on.
  const outOfBand = paid && Number(invoice.amount_paid) > 0 && !past.wasCharged(id)
  return {
    ...(outOfBand && { amount_paid: 0, amount_remaining: invoice.amount_due }),
    application_fee_amount: null,
    charge: past.chargeOf(id),
    discount: null,
    paid,
    paid_out_of_band: outOfBand,
    payment_intent: past.intentOf(id),
    quote: null,
    rendering_options: null,
    subscription: details?.subscription ?? null,
    subscription_details: details && { metadata: details.metadata },
    tax: null,
    total_tax_amounts: [],
    transfer_data: null,
  }
}

function lineItem(line: Json, past: Past): Json {
  const details = (line.parent as { subscription_item_details: Json | null } | null)?.subscription_item_details
  const named = (line.pricing as { price_details?: { price: string } } | null)?.price_details?.price
  const price = named === undefined ? undefined : past.price(named)
  return {
    amount_excluding_tax: line.amount,
    plan: price ? planOf(price) : null,
    price: price ?? null,
    proration: details?.proration ?? false,
    proration_details: details?.proration_details ?? { credited_items: null },
    subscription: details?.subscription ?? null,
    subscription_item: details?.subscription_item ?? null,
    tax_amounts: [],
    tax_rates: [],
    type: details ? 'subscription' : 'invoiceitem',
    unit_amount_excluding_tax: price?.unit_amount_decimal ?? null,
  }
}

/** Periods were the subscription's own; a single item's plan stood beside its items. */
function subscription({ items }: Json): Json {
  const data = (items as { data: Json[] }).data
  const [first] = data
  const single = data.length === 1
  return {
    current_period_end: first?.current_period_end ?? null,
    current_period_start: first?.current_period_start ?? null,
    discount: null,
    plan: single ? (first?.plan ?? null) : null,
    quantity: single ? (first?.quantity ?? null) : null,
  }
}

/** The plan as which old versions show a price. */
function planOf({ recurring, ...price }: Json): Json {
  const { interval, interval_count, meter, trial_period_days, usage_type } = recurring as Json
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: price.livemode,
    metadata: price.metadata,
    meter,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: null,
    trial_period_days,
    usage_type,
  }
}

function firstRefund(refunds: unknown): unknown {
  const [first] = (refunds ?? []) as { readonly refund: unknown }[]
  return first?.refund ?? null
}
