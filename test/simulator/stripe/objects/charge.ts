import type Stripe from 'stripe'
import type { Decline } from '../declines.js'
import type { SimulatedPaymentIntent } from './payment-intent.js'
import type { SimulatedPaymentMethod } from './payment-method.js'

export interface SimulatedCharge extends Stripe.Charge {
  customer: string
  payment_intent: string
}

export interface ChargeFacts {
  readonly id: string
  readonly created: number
  readonly intent: SimulatedPaymentIntent
  readonly paymentMethod: SimulatedPaymentMethod
  readonly amount: number
  /** Absent: the charge succeeded. */
  readonly decline?: Decline | undefined
}

export function buildCharge({ decline, intent, paymentMethod, ...facts }: ChargeFacts): SimulatedCharge {
  const paid = decline === undefined
  const { card } = paymentMethod
  return {
    id: facts.id,
    object: 'charge',
    amount: facts.amount,
    amount_captured: paid ? facts.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...paymentMethod.billing_details, tax_id: null },
    calculated_statement_descriptor: 'SIMULATED',
    captured: paid,
    created: facts.created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: intent.livemode,
    metadata: {},
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: {
      card: {
        amount_authorized: paid ? facts.amount : null,
        authorization_code: null,
        brand: card.brand,
        checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
        country: card.country,
        electronic_commerce_indicator: null,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        fingerprint: card.fingerprint ?? null,
        funding: card.funding,
        installments: null,
        last4: card.last4,
        mandate: null,
        network: card.brand,
        network_transaction_id: null,
        regulated_status: 'unregulated',
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
      type: 'card',
    },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: paid ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  }
}

function outcomeOf(decline: Decline | undefined): Stripe.Charge.Outcome {
  if (!decline) {
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 12,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  const blocked = decline.blockedByStripe === true
  return {
    advice_code: decline.adviceCode ?? null,
    network_advice_code: decline.networkAdviceCode ?? null,
    network_decline_code: decline.networkDeclineCode ?? null,
    network_status: blocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: decline.name,
    risk_level: blocked ? 'highest' : 'normal',
    risk_score: blocked ? 95 : 18,
    seller_message: `The bank returned the decline code \`${decline.name}\`.`,
    type: blocked ? 'blocked' : 'issuer_declined',
  }
}
