import type Stripe from 'stripe'
import type { SimulatedInvoice } from './invoice.js'

export interface SimulatedPaymentIntent extends Stripe.PaymentIntent {
  customer: string
  latest_charge: string | null
  payment_method: string | null
}

export interface PaymentIntentFacts {
  readonly id: string
  readonly created: number
  readonly invoice: SimulatedInvoice
  /** Minor units. */
  readonly amount: number
  readonly description: string | null
}

export function buildPaymentIntent({ invoice, ...facts }: PaymentIntentFacts): SimulatedPaymentIntent {
  return {
    id: facts.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: facts.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${facts.id}_secret_simulated`,
    confirmation_method: 'automatic',
    created: facts.created,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    description: facts.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: invoice.livemode,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_details: { customer_reference: null, order_reference: invoice.id },
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
}
