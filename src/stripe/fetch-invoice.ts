import type { Stripe } from './client.js'
import { stripeRefusal } from './client.js'
import { type InvoiceFacts, readInvoiceFacts } from './invoice-facts.js'
import { readSubscriptionFacts, type SubscriptionFacts } from './subscription-facts.js'

export interface FetchedInvoice {
  readonly facts: InvoiceFacts
  /** `null` where the key may not read it. */
  readonly subscription: SubscriptionFacts | null
}

interface Asking {
  readonly asOf: Date
  /** What is known of the key: what it surely may not read is not asked for. */
  readonly capabilities?: readonly { permission: string; result: string }[] | null
}

/**
 * What we want to know beside the invoice itself, in one call, most dispensable first: Stripe refuses the whole call when
 * one expansion is not allowed. Lists and objects expand four levels at most.
 */
const WISHES: readonly Wish[] = [
  { permission: 'rak_subscription_read', path: 'parent.subscription_details.subscription' },
  { permission: 'rak_payment_intent_read', path: 'payments.data.payment.payment_intent', otherwise: 'payments' },
  { permission: 'rak_customer_read', path: 'customer' },
]

interface Wish {
  readonly permission: string
  readonly path: string
  /** What needs no permission of its own. */
  readonly otherwise?: string
}

/**
 * Asks Stripe for the invoice as it is now.
 *
 * @throws Stripe's errors; see `stripeRefusal`
 */
export async function fetchInvoice(
  stripe: Stripe,
  invoiceId: string,
  { asOf, capabilities }: Asking,
): Promise<FetchedInvoice> {
  const isMissing = (slug: string) =>
    capabilities?.some(({ permission, result }) => permission === slug && result === 'missing')
  for (let allowed = WISHES.filter(({ permission }) => !isMissing(permission)); ; allowed = allowed.slice(1)) {
    const expand = WISHES.flatMap((wish) => (allowed.includes(wish) ? wish.path : (wish.otherwise ?? [])))
    try {
      const invoice = await stripe.invoices.retrieve(invoiceId, { expand })
      const subscription = invoice.parent?.subscription_details?.subscription
      return { facts: readInvoiceFacts(invoice), subscription: readSubscriptionFacts(subscription, asOf) }
    } catch (error) {
      if (allowed.length === 0 || stripeRefusal(error) !== 'permission_missing') throw error
    }
  }
}
