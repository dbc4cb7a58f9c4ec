/** What the rule looks at; the facts of an invoice have it. Amounts in minor units, the rest in Stripe's own words. */
export interface CaseCandidate {
  billingReason: string | null
  collectionMethod: string | null
  subscriptionId: string | null
  amountRemaining: number
}

export type Recoverability = { opens: true } | { opens: false; reason: string }

/** Stripe's `billing_reason`s of a running subscription; `subscription` stands on those from before May 2018. */
const RENEWALS: ReadonlySet<string> = new Set([
  'subscription',
  'subscription_cycle',
  'subscription_threshold',
  'subscription_update',
])

const NOT_RENEWALS: ReadonlyMap<string, string> = new Map([
  ['subscription_create', 'This is the first invoice of a new subscription, not a renewal'],
  ['manual', 'This is a one-off invoice, not a renewal'],
  ['quote_accept', 'This invoice comes from an accepted quote, not from a renewal'],
  ['automatic_pending_invoice_item_invoice', 'This invoice collects single items, it is not a renewal'],
  ['upcoming', 'This is a preview of an invoice that does not exist yet'],
])

/**
 * Whether a failed invoice opens a recovery case: an automatically collected renewal with an amount left to pay.
 *
 * An invoice without a `billing_reason` is an old one and opens when it names a subscription. The invoice's status is
 * left out on purpose: what was voided or paid since closes the case, so that the order of events changes nothing.
 * Endpoints older than 2018-10-31 call a first invoice `subscription_update`
 * (docs.stripe.com/changelog/2018-10-31/first-invoice-subscription-billing-reason-subscription-create), so ask again
 * with the invoice as Stripe tells it at our own API version.
 * @returns why not in words for the owner, without a full stop
 */
export function isRecoverable(invoice: CaseCandidate): Recoverability {
  const { billingReason } = invoice
  if (billingReason !== null && !RENEWALS.has(billingReason)) {
    return no(NOT_RENEWALS.get(billingReason) ?? 'Stripe made this invoice for another reason than a renewal')
  }
  if (invoice.subscriptionId === null) return no('This invoice belongs to no subscription')
  if (invoice.collectionMethod !== null && invoice.collectionMethod !== 'charge_automatically') {
    return no('This invoice is sent to the customer to pay, Stripe does not charge it by itself')
  }
  if (invoice.amountRemaining <= 0) return no('Nothing is left to pay on this invoice')
  return { opens: true }
}

function no(reason: string): Recoverability {
  return { opens: false, reason }
}
