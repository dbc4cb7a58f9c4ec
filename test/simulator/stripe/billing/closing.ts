import type { Account } from '../account.js'
import type { SimulatedCustomer } from '../objects/customer.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import { update } from '../objects/wire.js'
import { endSubscription } from './collecting.js'
import { cancelRetry, settleInvoice } from './settling.js'

/** Paid by other means than Stripe: no charge, and the payment intent is canceled. */
export function payOutOfBand(account: Account, invoice: SimulatedInvoice): void {
  cancelIntent(account, invoice)
  settleInvoice(account, invoice)
}

/** The invoice is taken back. Its subscription stays as it is. */
export function voidInvoice(account: Account, invoice: SimulatedInvoice): void {
  close(account, invoice, 'void')
  cancelIntent(account, invoice)
  account.events.emit('invoice.voided', invoice)
}

/** The owner gives up on it; it can still be paid. */
export function markUncollectible(account: Account, invoice: SimulatedInvoice): void {
  close(account, invoice, 'uncollectible')
  account.events.emit('invoice.marked_uncollectible', invoice)
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
  account.events.emit('invoice.updated', invoice, previous)
}

function cancelIntent(account: Account, invoice: SimulatedInvoice): void {
  const intent = account.store.intentOf(invoice.id)
  if (!intent) return
  update(intent, { status: 'canceled', canceled_at: account.clock.seconds(), cancellation_reason: 'void_invoice' })
  account.events.emit('payment_intent.canceled', intent)
}

/** Its subscriptions end with it; its invoices stay as they are. */
export function deleteCustomer(account: Account, customer: SimulatedCustomer): void {
  for (const subscription of account.store.subscriptions) {
    if (subscription.customer === customer.id && subscription.status !== 'canceled') {
      endSubscription(account, subscription, 'cancellation_requested')
    }
  }
  account.store.deletedCustomers.add(customer.id)
  account.events.emit('customer.deleted', customer)
}
