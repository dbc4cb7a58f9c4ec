/** What a kind of object needs to be read, also when it is reached by expansion. */
export const READ_PERMISSION: Readonly<Record<string, string>> = {
  charge: 'charge_read',
  credit_note: 'credit_note_read',
  customer: 'customer_read',
  dispute: 'dispute_read',
  invoice: 'invoice_read',
  invoice_payment: 'invoice_read',
  payment_intent: 'payment_intent_read',
  payment_method: 'payment_method_read',
  price: 'plan_read',
  product: 'product_read',
  refund: 'charge_read',
  subscription: 'subscription_read',
}
