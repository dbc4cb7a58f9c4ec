import type Stripe from 'stripe'
import { planOf, type SimulatedPrice } from './price.js'
import { listInside } from './wire.js'

interface SimulatedSubscriptionItem extends Stripe.SubscriptionItem {
  price: SimulatedPrice
}

export interface SimulatedSubscription extends Stripe.Subscription {
  customer: string
  default_payment_method: string | null
  latest_invoice: string | null
  items: Stripe.ApiList<SimulatedSubscriptionItem>
}

export interface SubscriptionFacts {
  readonly id: string
  readonly itemId: string
  readonly created: number
  readonly livemode: boolean
  readonly customer: string
  readonly price: SimulatedPrice
  readonly quantity: number
  readonly defaultPaymentMethod: string | null
  readonly periodStart: number
  readonly periodEnd: number
}

export function buildSubscription(facts: SubscriptionFacts): SimulatedSubscription {
  const item: SimulatedSubscriptionItem = {
    id: facts.itemId,
    object: 'subscription_item',
    billing_thresholds: null,
    created: facts.created,
    current_period_end: facts.periodEnd,
    current_period_start: facts.periodStart,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(facts.price),
    price: facts.price,
    quantity: facts.quantity,
    subscription: facts.id,
    tax_rates: [],
  }
  return {
    id: facts.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: facts.created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: facts.created },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: facts.created,
    currency: facts.price.currency,
    customer: facts.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: facts.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: listInside(`/v1/subscription_items?subscription=${facts.id}`, [item]),
    latest_invoice: null,
    livemode: facts.livemode,
    managed_payments: { enabled: false },
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: facts.created,
    status: 'active',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
    trial_start: null,
  }
}
