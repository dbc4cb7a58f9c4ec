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
 * @param timeoutMs for all tries together
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function fetchInvoice(stripe: Stripe, invoiceId: string, timeoutMs: number): Promise<InvoiceFacts> {
  const deadline = Date.now() + timeoutMs
  for (const [index, expand] of WISHES.entries()) {
    try {
      const invoice = await stripe.invoices.retrieve(
        invoiceId,
        { expand },
        { timeout: Math.max(1, deadline - Date.now()) },
      )
      return readInvoiceFacts(invoice)
    } catch (error) {
      const isLast = index === WISHES.length - 1
      if (isLast || stripeRefusal(error) !== 'permission_missing') throw error
    }
  }
  throw new Error('unreachable')
}
