import type Stripe from 'stripe'
import type { SimulatedInvoice } from './invoice.js'
import { decimal, listInside } from './wire.js'

export interface SimulatedCreditNote extends Stripe.CreditNote {
  customer: string
  invoice: string
  metadata: Stripe.Metadata
}

export interface CreditNoteFacts {
  readonly id: string
  readonly lineId: string
  readonly number: string
  readonly created: number
  readonly invoice: SimulatedInvoice
  /** What it takes off the invoice's remaining amount; minor units, as all amounts here. */
  readonly prePayment: number
  /** What it gives back of money already paid. */
  readonly postPayment: number
  readonly outOfBand: number
  readonly refunds: readonly { readonly refund: string; readonly amount: number }[]
  readonly reason: Stripe.CreditNote.Reason | null
  readonly memo: string | null
  readonly metadata: Stripe.Metadata
  readonly baseUrl: string
}

export function buildCreditNote({ invoice, ...facts }: CreditNoteFacts): SimulatedCreditNote {
  const amount = facts.prePayment + facts.postPayment
  return {
    id: facts.id,
    object: 'credit_note',
    amount,
    amount_shipping: 0,
    created: facts.created,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: facts.created,
    invoice: invoice.id,
    lines: listInside(`/v1/credit_notes/${facts.id}/lines`, [buildLine(facts.lineId, invoice, amount)]),
    livemode: invoice.livemode,
    memo: facts.memo,
    metadata: facts.metadata,
    number: facts.number,
    out_of_band_amount: facts.outOfBand === 0 ? null : facts.outOfBand,
    pdf: `${facts.baseUrl}/credit_notes/${facts.id}/pdf`,
    post_payment_amount: facts.postPayment,
    pre_payment_amount: facts.prePayment,
    pretax_credit_amounts: [],
    reason: facts.reason,
    refunds: facts.refunds.map(({ amount: refunded, refund }) => ({
      amount_refunded: refunded,
      payment_record_refund: null,
      refund,
      type: 'refund',
    })),
    shipping_cost: null,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: facts.postPayment === 0 ? 'pre_payment' : facts.prePayment === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  }
}

function buildLine(id: string, invoice: SimulatedInvoice, amount: number): Stripe.CreditNoteLineItem {
  return {
    id,
    object: 'credit_note_line_item',
    amount,
    description: invoice.lines.data[0]?.description ?? null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: invoice.livemode,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: 1,
    tax_rates: [],
    taxes: [],
    type: 'custom_line_item',
    unit_amount: amount,
    unit_amount_decimal: decimal(String(amount)),
  }
}
