import type Stripe from 'stripe'
import type { SimulatedInvoice } from './invoice.js'

export interface SimulatedInvoicePayment extends Stripe.InvoicePayment {
  invoice: string
  payment: Stripe.InvoicePayment.Payment & { payment_intent?: string }
}

export interface InvoicePaymentFacts {
  readonly id: string
  readonly created: number
  readonly invoice: SimulatedInvoice
  /** Minor units. */
  readonly amount: number
  readonly isDefault: boolean
  readonly payment: SimulatedInvoicePayment['payment']
}

export function buildInvoicePayment({ invoice, ...facts }: InvoicePaymentFacts): SimulatedInvoicePayment {
  return {
    id: facts.id,
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: facts.amount,
    created: facts.created,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: facts.isDefault,
    livemode: invoice.livemode,
    payment: facts.payment,
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  }
}
