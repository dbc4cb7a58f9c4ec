import { type Stripe, stripeRefusal } from './client.js'

/** What Stripe said to a key. */
export type KeyVerdict =
  | { readonly kind: 'accepted' }
  /** Stripe knows the key and refuses it, or it may not read invoices: the owner must mend it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Stripe did not answer: nothing is known. */
  | { readonly kind: 'unanswered' }

/**
 * Asks Stripe for what recovery can't do without. An id that does not exist is asked for: "no such invoice" means that
 * the key may read invoices.
 */
export async function verifyKey(stripe: Stripe): Promise<KeyVerdict> {
  const probes: [permission: string, probe: () => Promise<unknown>][] = [
    ['Invoices: read', () => stripe.invoices.retrieve('in_secondloop_probe')],
    ['Customers: read', () => stripe.customers.retrieve('cus_secondloop_probe')],
  ]
  for (const [permission, probe] of probes) {
    try {
      await probe()
    } catch (error) {
      const refusal = stripeRefusal(error)
      if (refusal === 'not_found') continue
      if (refusal === 'key_rejected')
        return { kind: 'refused', reason: 'Stripe does not know this key, or it was revoked' }
      if (refusal === 'permission_missing')
        return { kind: 'refused', reason: `The key lacks the permission ${permission}` }
      if (refusal === null) throw error
      return { kind: 'unanswered' }
    }
  }
  return { kind: 'accepted' }
}
