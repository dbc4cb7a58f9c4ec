import type { StripeConnection } from '../../db/models/stripe-connection.js'
import { cardInWords } from '../../domain/card.js'
import { nextAttempt, sentCount } from './case-standing.js'
import type { CaseData, TouchData } from './rows.js'
import type { View } from './view.js'
import { customerInWords, planOf } from './words.js'

export interface FactView {
  readonly label: string
  readonly text: string
  /** A page of Stripe's dashboard. */
  readonly href: string | null
}

/** What Stripe knows, with links to its dashboard. */
export function presentStripeFacts(
  row: CaseData,
  touches: readonly TouchData[],
  { mode }: Pick<StripeConnection, 'mode'>,
  view: View,
): FactView[] {
  const page = dashboard(mode)
  const card = cardInWords(row.card_brand, row.card_last4)
  const attempt = nextAttempt(row, view)
  const customer = row.stripe_customer_id
  return [
    fact('Invoice', row.invoice_number ?? 'Open in Stripe', page('invoices', row.stripe_invoice_id)),
    // Newer invoices may name an account instead of a customer: that has another page.
    fact('Customer', customerInWords(row), customer?.startsWith('cus_') ? page('customers', customer) : null),
    ...(row.customer_name && row.customer_email ? [fact('Mail address', row.customer_email)] : []),
    fact('Subscription', planOf(row) ?? 'Open in Stripe', page('subscriptions', row.stripe_subscription_id)),
    ...(card ? [fact('Charged', card)] : []),
    fact('Attempts', `${row.attempt_count} by Stripe`),
    fact('Mails', `${sentCount(touches)} by us`),
    ...(row.outcome ? [] : [fact('Next attempt', attempt ? view.times.moment(attempt) : 'None planned by Stripe')]),
  ]
}

const fact = (label: string, text: string, href: string | null = null): FactView => ({ label, text, href })

/** Pages of Stripe's dashboard, such as `page('customers', id)`. */
export const dashboard = (mode: StripeConnection['mode']) => (kind: string, id: string) =>
  `https://dashboard.stripe.com/${mode === 'test' ? 'test/' : ''}${kind}/${encodeURIComponent(id)}`

/** Where Stripe's own mails about failed payments are switched off. */
export const stripeMailSettings = (mode: StripeConnection['mode']) =>
  `https://dashboard.stripe.com/${mode === 'test' ? 'test/' : ''}settings/billing/automatic`
