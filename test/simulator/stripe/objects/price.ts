import type Stripe from 'stripe'
import { decimal } from './wire.js'

export interface SimulatedPrice extends Stripe.Price {
  product: string
  unit_amount: number
  recurring: Stripe.Price.Recurring
}

export interface PriceFacts {
  readonly id: string
  readonly created: number
  readonly livemode: boolean
  readonly product: string
  readonly nickname: string
  readonly currency: string
  /** Minor units of the currency. */
  readonly amount: number
  readonly interval: 'month' | 'year'
}

export function buildProduct(facts: { id: string; created: number; livemode: boolean; name: string }): Stripe.Product {
  return {
    id: facts.id,
    object: 'product',
    active: true,
    created: facts.created,
    default_price: null,
    description: null,
    images: [],
    livemode: facts.livemode,
    marketing_features: [],
    metadata: {},
    name: facts.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: facts.created,
    url: null,
  }
}

export function buildPrice(facts: PriceFacts): SimulatedPrice {
  return {
    id: facts.id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: facts.created,
    currency: facts.currency,
    custom_unit_amount: null,
    livemode: facts.livemode,
    lookup_key: null,
    metadata: {},
    nickname: facts.nickname,
    product: facts.product,
    recurring: {
      interval: facts.interval,
      interval_count: 1,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: facts.amount,
    unit_amount_decimal: decimal(String(facts.amount)),
  }
}

/** The old name of a price: subscription items still carry one beside their price. */
export function planOf(price: SimulatedPrice): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring.interval,
    interval_count: price.recurring.interval_count,
    livemode: price.livemode,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  }
}
