/** The events SecondLoop acts on. Whatever else arrives is kept as *ignored*. */

/** The charge of an invoice failed: a recovery case may open. */
export const FAILURE_EVENTS = ['invoice.payment_failed', 'invoice.payment_action_required'] as const

/** The invoice changed: an open case follows it. `invoice.payment_succeeded` says the same as `invoice.paid`. */
export const INVOICE_EVENTS = [
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.updated',
  'invoice.voided',
  'invoice.marked_uncollectible',
] as const

/**
 * What a webhook endpoint asks for, and the gap detector looks for.
 * `invoice.created` is left out on purpose: an endpoint that fails on it can hold up the invoice.
 */
export const WEBHOOK_EVENTS = [
  ...FAILURE_EVENTS,
  ...INVOICE_EVENTS,
  'invoice_payment.paid',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'payment_method.attached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'charge.refunded',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
  'credit_note.created',
  'credit_note.voided',
] as const

export const isFailureEvent = (type: string) => (FAILURE_EVENTS as readonly string[]).includes(type)
export const isInvoiceEvent = (type: string) =>
  isFailureEvent(type) || (INVOICE_EVENTS as readonly string[]).includes(type)
