import type { Stripe } from './client.js'
import { stripeRefusal } from './client.js'
import { type InvoiceFacts, readInvoiceFacts } from './invoice-facts.js'

/**
 * What we want to know of an invoice, in one call. The second wish is for keys that may not read payments:
 * Stripe refuses the whole call when one expansion is not allowed. Lists and objects expand four levels at most.
 */
const WISHES = [['customer', 'payments.data.payment.payment_intent'], ['customer'], []]

/**
 * Asks Stripe for the invoice as it is now.
 *
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function fetchInvoice(stripe: Stripe, invoiceId: string, wishes = WISHES): Promise<InvoiceFacts> {
  const [expand = [], ...fewer] = wishes
  try {
    return readInvoiceFacts(await stripe.invoices.retrieve(invoiceId, { expand }))
  } catch (error) {
    if (fewer.length > 0 && stripeRefusal(error) === 'permission_missing') return fetchInvoice(stripe, invoiceId, fewer)
    throw error
  }
}
