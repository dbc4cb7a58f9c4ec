import type Stripe from 'stripe'

export interface SimulatedPaymentMethod extends Stripe.PaymentMethod {
  card: Stripe.PaymentMethod.Card
  customer: string | null
}

export interface CardFacts {
  readonly brand: string
  readonly last4: string
  readonly expMonth: number
  readonly expYear: number
  readonly country: string
}

export interface PaymentMethodFacts {
  readonly id: string
  readonly created: number
  readonly livemode: boolean
  readonly customer: string
  readonly name: string | null
  readonly email: string | null
  readonly fingerprint: string
  readonly card: CardFacts
}

export function buildPaymentMethod({ card, ...facts }: PaymentMethodFacts): SimulatedPaymentMethod {
  return {
    id: facts.id,
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: {
      address: { city: null, country: card.country, line1: null, line2: null, postal_code: null, state: null },
      email: facts.email,
      name: facts.name,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: card.country,
      display_brand: card.brand,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: facts.fingerprint,
      funding: 'credit',
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: facts.created,
    customer: facts.customer,
    customer_account: null,
    livemode: facts.livemode,
    metadata: {},
    type: 'card',
  }
}
