import { refundable } from '../billing/refunding.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { StripeSimulator } from '../simulator.js'
import type { Delivery } from '../webhooks/sender.js'

/** What happened so far in figures, for a drill that runs in another process. */
export function stateOf(simulator: StripeSimulator) {
  const { account, faults, log, sessions, webhooks } = simulator
  const { store } = account
  return {
    account: account.id,
    livemode: account.livemode,
    customers: store.customers.size,
    subscriptions: count(store.subscriptions, ({ status }) => status),
    invoices: count(store.invoices, ({ status }) => status ?? 'draft'),
    charges: count(store.charges, ({ status }) => status),
    refunds: count(store.refunds, ({ status }) => status ?? 'unknown'),
    disputes: count(store.disputes, ({ status }) => status),
    creditNotes: count(store.creditNotes, ({ status }) => status),
    portalSessions: sessions.size,
    events: account.events.events.size,
    deliveries: {
      ...{ pending: 0, delivered: 0, failed: 0, lost: 0 },
      ...count(webhooks.deliveries, ({ state }) => state),
      duplicates: webhooks.deliveries.filter(({ duplicate }) => duplicate).length,
      tries: webhooks.deliveries.reduce((sum, { tries }) => sum + tries, 0),
    },
    endpoints: webhooks.endpoints.map(({ apiVersion, disabled, events, id, url }) => {
      return { id, url, apiVersion, events, disabled }
    }),
    calls: log.calls.length,
    notSimulated: [...new Set(log.notSimulated)],
    faults: faults.list(),
  }
}

export type InvoiceRow = ReturnType<typeof invoiceRow>

export function invoiceRow(simulator: StripeSimulator, invoice: SimulatedInvoice) {
  const { store } = simulator.account
  const error = store.intentOf(invoice.id)?.last_payment_error
  const charges = store.successfulChargesOf(invoice.id)
  const disputes = charges.flatMap((charge) => store.disputes.of(charge.id))
  return {
    id: invoice.id,
    customer: invoice.customer,
    subscription: invoice.parent.subscription_details.subscription,
    name: invoice.customer_name,
    email: invoice.customer_email,
    status: invoice.status,
    amount_due: invoice.amount_due,
    amount_paid: invoice.amount_paid,
    amount_remaining: invoice.amount_remaining,
    amount_refunded: charges.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0),
    amount_refundable: charges.reduce((sum, charge) => sum + refundable(charge), 0),
    amount_credited: invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount,
    /** The newest one. */
    dispute: disputes.map(({ amount, id, status }) => ({ id, amount, status })).at(-1) ?? null,
    currency: invoice.currency,
    attempt_count: invoice.attempt_count,
    next_payment_attempt: invoice.next_payment_attempt,
    decline: error?.decline_code ?? error?.code ?? null,
    created: invoice.created,
    hosted_invoice_url: invoice.hosted_invoice_url,
  }
}

export function deliveryRow(delivery: Delivery) {
  return {
    event: delivery.event.id,
    type: delivery.event.type,
    object: delivery.event.objectId,
    created: delivery.event.created,
    endpoint: delivery.endpoint.url,
    duplicate: delivery.duplicate,
    state: delivery.state,
    tries: delivery.tries,
    lastResult: delivery.lastResult ?? null,
    deliveredAt: delivery.deliveredAt ?? null,
  }
}

function count<T>(items: Iterable<T>, by: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[by(item)] = (counts[by(item)] ?? 0) + 1
  return counts
}
