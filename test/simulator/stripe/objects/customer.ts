import type Stripe from 'stripe'

export interface SimulatedCustomer extends Stripe.Customer {
  invoice_settings: Stripe.Customer.InvoiceSettings & { default_payment_method: string | null }
}

export interface CustomerFacts {
  readonly id: string
  readonly created: number
  readonly livemode: boolean
  readonly name: string | null
  readonly email: string | null
  readonly currency: string | null
  readonly country: string | null
  readonly preferredLocales: string[]
  readonly invoicePrefix: string
}

export function buildCustomer(facts: CustomerFacts): SimulatedCustomer {
  return {
    id: facts.id,
    object: 'customer',
    address: facts.country
      ? { city: null, country: facts.country, line1: null, line2: null, postal_code: null, state: null }
      : null,
    balance: 0,
    created: facts.created,
    currency: facts.currency,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: facts.email,
    invoice_prefix: facts.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: facts.livemode,
    metadata: {},
    name: facts.name,
    next_invoice_sequence: 2,
    phone: null,
    preferred_locales: facts.preferredLocales,
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}
