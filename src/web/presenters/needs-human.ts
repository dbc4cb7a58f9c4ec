import type { StripeConnection } from '../../db/models/stripe-connection.js'
import type { HumanNeed } from '../../db/queries/needs-human.js'
import { type HumanAction, humanActionFor, humanWords } from '../../domain/needs-human.js'
import type { HumanNeeds } from '../../recovery/read-needs-human.js'
import { age } from './ages.js'
import { dashboard } from './stripe-facts.js'
import { type MoneyView, presentMoney, type View } from './view.js'
import { customerInWords } from './words.js'

/** One line of what only the owner can do. */
export interface NeedView {
  /** A customer, or what of the owner's it is. */
  readonly who: string
  /** The case; `null`: it is of none. */
  readonly href: string | null
  readonly amount: MoneyView | null
  /** Since when: ISO 8601, to the second in words, and how long. */
  readonly at: string
  readonly exact: string
  readonly age: string
  readonly why: string
  readonly todo: string
  readonly action: { readonly label: string; readonly href: string }
}

export interface NeedsView {
  /** The most pressing first. */
  readonly needs: readonly NeedView[]
  /** How many there are in all. */
  readonly total: number
}

export function presentNeeds(
  { needs, total }: HumanNeeds,
  { mode }: Pick<StripeConnection, 'mode'>,
  view: View,
): NeedsView {
  return { total, needs: needs.map((need) => presentNeed(need, mode, view)) }
}

function presentNeed(need: HumanNeed, mode: StripeConnection['mode'], view: View): NeedView {
  const { reason, detail, since, caseId, amount, currency } = need
  const named = { customer_name: need.customerName, customer_email: need.customerEmail }
  return {
    who: caseId ? customerInWords(named) : 'Your Stripe key',
    href: caseId && caseHref(caseId),
    amount: amount !== null && currency ? presentMoney(amount, currency, view) : null,
    at: since.toISOString(),
    exact: view.times.exact(since),
    age: age(since, view.now),
    ...humanWords(reason, detail),
    action: linkFor(need, mode),
  }
}

const LABELS: Record<HumanAction, string> = {
  new_key: 'Enter a new key',
  answer_dispute: 'Answer in Stripe',
  pay_now: 'Retry payment',
  check_provider: 'Open the case',
  write_yourself: 'Open the case',
  mend_address: 'Open in Stripe',
  change_card_in_stripe: 'Open in Stripe',
}

/** Into Stripe where it is done there, else to the case, which has the buttons. */
function linkFor(need: HumanNeed, mode: StripeConnection['mode']): NeedView['action'] {
  const action = humanActionFor(need.reason)
  if (action === 'new_key') return { label: LABELS[action], href: '/onboarding/stripe' }
  const atStripe = stripeHref(action, need, mode)
  if (atStripe) return { label: LABELS[action], href: atStripe }
  return { label: action === 'pay_now' ? LABELS[action] : LABELS.write_yourself, href: caseHref(String(need.caseId)) }
}

function stripeHref(action: HumanAction, need: HumanNeed, mode: StripeConnection['mode']): string | null {
  const page = dashboard(mode)
  const { detail, stripeCustomerId: customer, stripeSubscriptionId: subscription } = need
  if (action === 'answer_dispute' && detail) return page('disputes', detail)
  if (action === 'change_card_in_stripe' && subscription) return page('subscriptions', subscription)
  // Newer invoices may name an account instead of a customer: that has another page.
  return action === 'mend_address' && customer?.startsWith('cus_') ? page('customers', customer) : null
}

const caseHref = (caseId: string) => `/app/cases/${caseId}`
