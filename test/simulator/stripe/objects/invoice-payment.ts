import type Stripe from 'stripe'
import type { SimulatedInvoice } from './invoice.js'

export interface SimulatedInvoicePayment extends Stripe.InvoicePayment {
  invoice: string
  payment: Stripe.InvoicePayment.Payment & { payment_intent: string }
}

export function buildInvoicePayment(
  id: string,
  invoice: SimulatedInvoice,
  paymentIntent: string,
): SimulatedInvoicePayment {
  return {
    id,
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: invoice.created,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: invoice.livemode,
    payment: { payment_intent: paymentIntent, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  }
}
