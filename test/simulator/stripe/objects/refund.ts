import type Stripe from 'stripe'
import type { SimulatedCharge } from './charge.js'

export interface SimulatedRefund extends Stripe.Refund {
  charge: string
  customer: string
  payment_intent: string
  metadata: Stripe.Metadata
}

export interface RefundFacts {
  readonly id: string
  readonly created: number
  readonly charge: SimulatedCharge
  /** Minor units. */
  readonly amount: number
  readonly reason: Stripe.Refund.Reason | null
  readonly metadata: Stripe.Metadata
}

/** A refund to a card: it counts as succeeded at once, and can still fail. Source: docs.stripe.com/refunds#failed-refunds */
export function buildRefund({ charge, ...facts }: RefundFacts): SimulatedRefund {
  return {
    id: facts.id,
    object: 'refund',
    amount: facts.amount,
    balance_transaction: null,
    charge: charge.id,
    created: facts.created,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: facts.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: facts.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
}
