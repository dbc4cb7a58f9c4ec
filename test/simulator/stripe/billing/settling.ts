import type { Account } from '../account.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedInvoicePayment } from '../objects/invoice-payment.js'
import { update } from '../objects/wire.js'
import { activateByPayment } from './subscription-status.js'

/** Money came by one of an invoice's payments: all that remained, or a part. Minor units. */
export function payWith(
  account: Account,
  invoice: SimulatedInvoice,
  payment: SimulatedInvoicePayment,
  amount: number,
): void {
  update(payment, {
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: account.clock.seconds() },
  })
  if (amount === invoice.amount_remaining) {
    settleInvoice(account, invoice, { payment })
    return
  }
  const previous = update(invoice, {
    amount_paid: invoice.amount_paid + amount,
    amount_remaining: invoice.amount_remaining - amount,
  })
  askForRemaining(account, invoice)
  account.events.emit('invoice.updated', invoice, previous)
  account.events.emit('invoice_payment.paid', payment)
}

export interface Settlement {
  /** What paid the last of it; absent where nothing was due, or a credit note took the rest. */
  readonly payment?: SimulatedInvoicePayment
  /** What its amounts were before, where they have just been changed: reported with the change of status. */
  readonly previous?: Partial<SimulatedInvoice>
}

/** Nothing is left to pay: no retry comes any more, and payments under way are canceled. */
export function settleInvoice(account: Account, invoice: SimulatedInvoice, settlement: Settlement = {}): void {
  const { clock, events } = account
  const { payment } = settlement
  cancelRetry(account, invoice)
  cancelOpenPayments(account, invoice, 'automatic')

  const previous = update(invoice, {
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: clock.seconds() },
  })
  delete invoice.status_details
  events.emit('invoice.updated', invoice, { ...previous, ...settlement.previous })
  events.emit('invoice.paid', invoice)
  // Unlike `invoice.paid` it tells of attempts to pay only. Source: the SDK's types of events
  if (payment?.payment.payment_intent !== undefined) events.emit('invoice.payment_succeeded', invoice)
  if (payment) events.emit('invoice_payment.paid', payment)
  activateByPayment(account, invoice)
}

/** Stripe keeps the default payment and its intent in step with what remains. Source: the SDK's type of `is_default` */
export function askForRemaining(account: Account, invoice: SimulatedInvoice): void {
  const payment = account.store.paymentOf(invoice.id)
  const intent = payment && account.store.intentBehind(payment)
  if (payment?.status !== 'open' || !intent) return
  payment.amount_requested = invoice.amount_remaining
  intent.amount = invoice.amount_remaining
}

type CancellationReason = 'automatic' | 'void_invoice'

/** With their payment intents. */
export function cancelOpenPayments(account: Account, invoice: SimulatedInvoice, reason: CancellationReason): void {
  for (const payment of account.store.paymentsOf(invoice.id)) {
    if (payment.status === 'open') cancelPayment(account, payment, reason)
  }
}

export function cancelPayment(account: Account, payment: SimulatedInvoicePayment, reason: CancellationReason): void {
  const now = account.clock.seconds()
  update(payment, { status: 'canceled', status_transitions: { canceled_at: now, paid_at: null } })
  const intent = account.store.intentBehind(payment)
  if (!intent) return
  update(intent, { status: 'canceled', canceled_at: now, cancellation_reason: reason, next_action: null })
  account.events.emit('payment_intent.canceled', intent)
}

export function cancelRetry(account: Account, invoice: SimulatedInvoice): void {
  account.retries.get(invoice.id)?.()
  account.retries.delete(invoice.id)
}
