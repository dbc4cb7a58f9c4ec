import type Stripe from 'stripe'
import type { Account } from '../account.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { buildInvoicePayment } from '../objects/invoice-payment.js'
import { update } from '../objects/wire.js'
import { finalizeInvoice } from './drawing.js'
import { Refusal } from './refusal.js'
import { cancelOpenPayments, cancelRetry, payWith } from './settling.js'

/** What remains was paid by other means: no charge, but a payment of the invoice that names a payment record. */
export function payOutOfBand(account: Account, invoice: SimulatedInvoice): void {
  if (invoice.status === 'draft') finalizeInvoice(account, invoice)
  if (invoice.status === 'paid') throw new Refusal('Invoice is already paid')
  if (invoice.status === 'void') throw new Refusal("This invoice is void and can't be paid.")
  const payment = account.store.addPayment(
    buildInvoicePayment({
      id: account.ids.next('inpay', invoice.id),
      created: account.clock.seconds(),
      invoice,
      amount: invoice.amount_remaining,
      isDefault: false,
      payment: { payment_record: account.ids.next('pr', invoice.id), type: 'payment_record' },
    }),
  )
  payWith(account, invoice, payment, invoice.amount_remaining)
}

/** The invoice is taken back. Its subscription stays as it is. */
export function voidInvoice(account: Account, invoice: SimulatedInvoice): void {
  requireUnpaid(invoice)
  // Source: docs.stripe.com/invoicing/partial-payments
  if (invoice.amount_paid > 0) throw new Refusal("You can't void an invoice that has payments. Credit it instead.")
  close(account, invoice, 'void')
  cancelOpenPayments(account, invoice, 'void_invoice')
  account.events.emit('invoice.voided', invoice)
}

/** The owner gives up on it; it can still be paid. */
export function markUncollectible(
  account: Account,
  invoice: SimulatedInvoice,
  reason: Stripe.Invoice.StatusDetails.Uncollectible.Reason = 'user_forgiven',
): void {
  requireUnpaid(invoice)
  invoice.status_details = { uncollectible: { reason } }
  close(account, invoice, 'uncollectible')
  account.events.emit('invoice.marked_uncollectible', invoice)
}

function requireUnpaid({ status }: SimulatedInvoice): void {
  if (status !== 'open' && status !== 'uncollectible') {
    throw new Refusal("You can only pass in open invoices. This invoice isn't open.")
  }
}

function close(account: Account, invoice: SimulatedInvoice, status: 'void' | 'uncollectible'): void {
  cancelRetry(account, invoice)
  const at = status === 'void' ? 'voided_at' : 'marked_uncollectible_at'
  const previous = update(invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status,
    status_transitions: { ...invoice.status_transitions, [at]: account.clock.seconds() },
  })
  if (status === 'void') delete invoice.status_details
  account.events.emit('invoice.updated', invoice, previous)
}
