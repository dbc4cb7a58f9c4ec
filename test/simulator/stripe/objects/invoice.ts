import type Stripe from 'stripe'
import { money } from '../../money.js'
import type { SimulatedCustomer } from './customer.js'
import type { SimulatedSubscription } from './subscription.js'
import { decimal, listInside } from './wire.js'

export interface SimulatedInvoice extends Stripe.Invoice {
  customer: string
  next_payment_attempt: number | null
  parent: Stripe.Invoice.Parent & {
    subscription_details: Stripe.Invoice.Parent.SubscriptionDetails & { subscription: string }
  }
}

export interface InvoiceFacts {
  readonly id: string
  readonly lineId: string
  readonly created: number
  readonly accountName: string
  readonly accountCountry: string
  readonly customer: SimulatedCustomer
  readonly subscription: SimulatedSubscription
  readonly productName: string
  readonly billingReason: Stripe.Invoice.BillingReason
  readonly periodStart: number
  readonly periodEnd: number
  /** Minor units; the price times the quantity when absent. */
  readonly amount?: number | undefined
}

/** A draft of a subscription's invoice in the shape since basil (2025-03-31). */
export function buildInvoice(facts: InvoiceFacts): SimulatedInvoice {
  const { customer, subscription } = facts
  const amount = facts.amount ?? invoiceAmount(subscription)
  return {
    id: facts.id,
    object: 'invoice',
    account_country: facts.accountCountry,
    account_name: facts.accountName,
    account_tax_ids: null,
    amount_due: amount,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: amount,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: facts.billingReason,
    collection_method: 'charge_automatically',
    created: facts.created,
    currency: subscription.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listInside(`/v1/invoices/${facts.id}/lines`, [buildLine(facts, amount)]),
    livemode: customer.livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: facts.periodStart,
    period_start: facts.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: amount,
    subtotal_excluding_tax: amount,
    test_clock: null,
    total: amount,
    total_discount_amounts: [],
    total_excluding_tax: amount,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
}

function invoiceAmount(subscription: SimulatedSubscription): number {
  return subscription.items.data.reduce((sum, item) => sum + item.price.unit_amount * (item.quantity ?? 1), 0)
}

function buildLine(facts: InvoiceFacts, amount: number): Stripe.InvoiceLineItem {
  const item = facts.subscription.items.data[0]!
  const quantity = item.quantity ?? 1
  return {
    id: facts.lineId,
    object: 'line_item',
    amount,
    currency: facts.subscription.currency,
    description: `${quantity} × ${facts.productName} (at ${money(item.price.unit_amount, item.price.currency)} / ${item.price.recurring.interval})`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: facts.id,
    livemode: facts.customer.livemode,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: facts.subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { end: facts.periodEnd, start: facts.periodStart },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: item.price.id, product: item.price.product },
      type: 'price_details',
      unit_amount_decimal: item.price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: decimal(String(quantity)),
    subscription: facts.subscription.id,
    subtotal: amount,
    taxes: [],
  }
}
