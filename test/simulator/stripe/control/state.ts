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
    portalSessions: sessions.size,
    events: account.events.events.size,
    deliveries: {
      ...{ pending: 0, delivered: 0, lost: 0 },
      ...count(webhooks.deliveries, ({ state }) => state),
      duplicates: webhooks.deliveries.filter(({ duplicate }) => duplicate).length,
      tries: webhooks.deliveries.reduce((sum, { tries }) => sum + tries, 0),
    },
    endpoints: webhooks.endpoints.map(({ apiVersion, events, id, url }) => ({ id, url, apiVersion, events })),
    calls: log.calls.length,
    notSimulated: [...new Set(log.notSimulated)],
    faults: faults.list(),
  }
}

export function invoiceRow(simulator: StripeSimulator, invoice: SimulatedInvoice) {
  const intent = simulator.account.store.intentOf(invoice.id)
  const error = intent?.last_payment_error
  return {
    id: invoice.id,
    customer: invoice.customer,
    subscription: invoice.parent.subscription_details.subscription,
    name: invoice.customer_name,
    email: invoice.customer_email,
    status: invoice.status,
    amount_due: invoice.amount_due,
    amount_remaining: invoice.amount_remaining,
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
