import type { Stripe } from './client.js'

/**
 * A fresh customer portal session that opens the card page directly. Unused it dies after five minutes, so it is made
 * at the click and never mailed. Source: docs.stripe.com/customer-management/portal-deep-links.
 *
 * @param doneUrl where Stripe sends the customer once the card is changed
 * @returns the session's address
 */
export async function createCardSession(stripe: Stripe, customerId: string, doneUrl: string): Promise<string> {
  const session = await stripe.billingPortal.sessions.create({
    customer: customerId,
    return_url: doneUrl,
    flow_data: {
      type: 'payment_method_update',
      after_completion: { type: 'redirect', redirect: { return_url: doneUrl } },
    },
  })
  return session.url
}

/**
 * Whether a customer may be sent there: Stripe's own pages over https, or the simulator's.
 *
 * @param apiBase `STRIPE_API_BASE`
 */
export function isStripePage(url: string, apiBase: string | null): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin } = new URL(url)
  if (protocol === 'https:' && (hostname === 'stripe.com' || hostname.endsWith('.stripe.com'))) return true
  return apiBase !== null && origin === new URL(apiBase).origin
}
