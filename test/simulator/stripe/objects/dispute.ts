import type Stripe from 'stripe'
import type { SimulatedCharge } from './charge.js'

export interface SimulatedDispute extends Stripe.Dispute {
  charge: string
  payment_intent: string
}

export interface DisputeFacts {
  readonly id: string
  readonly created: number
  readonly charge: SimulatedCharge
  /** Minor units. */
  readonly amount: number
  readonly reason: string
  readonly customerName: string | null
  readonly customerEmail: string | null
}

/** Made up, about what card networks give. */
const DAYS_TO_ANSWER = 9

/** A chargeback that waits for an answer. */
export function buildDispute({ charge, ...facts }: DisputeFacts): SimulatedDispute {
  const card = charge.payment_method_details?.card
  return {
    id: facts.id,
    object: 'dispute',
    amount: facts.amount,
    balance_transactions: [],
    charge: charge.id,
    created: facts.created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE, customer_email_address: facts.customerEmail, customer_name: facts.customerName },
    evidence_details: {
      due_by: facts.created + DAYS_TO_ANSWER * 24 * 3600,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: charge.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: card?.brand ?? 'visa',
        case_type: 'chargeback',
        network: card?.network ?? 'visa',
        network_reason_code: null,
      },
      type: 'card',
    },
    reason: facts.reason,
    status: 'needs_response',
  }
}

const NO_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}
