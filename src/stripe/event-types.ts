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

export const isFailureEvent = (type: string) => (FAILURE_EVENTS as readonly string[]).includes(type)
export const isInvoiceEvent = (type: string) =>
  isFailureEvent(type) || (INVOICE_EVENTS as readonly string[]).includes(type)
