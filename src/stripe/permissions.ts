import type { Stripe } from './client.js'

/** A permission of a restricted key that SecondLoop needs, or can use. */
export interface Permission {
  /** As Stripe's dashboard and its refusals name it. */
  readonly slug: string
  /** As Stripe's key form says it. */
  readonly name: string
  /** What SecondLoop does with it. */
  readonly purpose: string
  /** What that costs the owner when it is missing. */
  readonly cost: string
  /** Without a required one nothing works, and `/app` stays locked. */
  readonly required: boolean
  /**
   * A call that changes nothing and reads nobody's data: it asks for what does not exist, so that "no such thing" is
   * said only to a key that may look.
   */
  readonly probe: (stripe: Stripe, options: Stripe.RequestOptions) => Promise<unknown>
}

/** In the order of the page. Source of the slugs: Stripe's own refusals, which name them. */
export const PERMISSIONS: readonly Permission[] = [
  {
    slug: 'rak_invoice_read',
    name: 'Invoices, read',
    purpose: 'See which renewals failed and what is left to pay',
    cost: 'Without it SecondLoop can see no failed renewal at all.',
    required: true,
    probe: (stripe, options) => stripe.invoices.retrieve('in_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_customer_read',
    name: 'Customers, read',
    purpose: 'Know whom to write to, and in which language',
    cost: 'Without it SecondLoop has nobody to write to.',
    required: true,
    probe: (stripe, options) => stripe.customers.retrieve('cus_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_customer_portal_write',
    name: 'Customer portal, write',
    purpose: 'Make a fresh page to change the card at each click',
    cost: 'Without it the link leads to the hosted invoice: it is paid there, but the card for the next renewal stays the old one.',
    required: false,
    probe: (stripe, options) =>
      stripe.billingPortal.sessions.create(
        { customer: 'cus_secondloop_probe', return_url: 'https://stripe.com' },
        options,
      ),
  },
  {
    slug: 'rak_payment_intent_read',
    name: 'Payment intents, read',
    purpose: 'Tell a wrong card from a bank that wants confirmation',
    cost: 'Without it mails name no reason, and a customer whose bank wants confirmation is asked for another card.',
    required: false,
    probe: (stripe, options) => stripe.paymentIntents.retrieve('pi_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_charge_read',
    name: 'Charges, read',
    purpose: 'Tell why the bank declined, and count what was refunded',
    cost: 'Without it the diagnostic can’t say why renewals fail, and older declines stay unknown.',
    required: false,
    probe: (stripe, options) => stripe.charges.retrieve('ch_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_payment_method_read',
    name: 'Payment methods, read',
    purpose: 'Notice a changed card',
    cost: 'Without it a changed card is seen only once it has paid.',
    required: false,
    probe: (stripe, options) => stripe.paymentMethods.retrieve('pm_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_subscription_read',
    name: 'Subscriptions, read',
    purpose: 'Name the plan; close the case when a subscription ends',
    cost: 'Without it a case may stay open although its subscription has ended.',
    required: false,
    probe: (stripe, options) => stripe.subscriptions.retrieve('sub_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_event_read',
    name: 'Events, read',
    purpose: 'Find and fill gaps after an outage',
    cost: 'Without it an event that never reached us is not noticed: its customer hears nothing.',
    required: false,
    probe: (stripe, options) => stripe.events.retrieve('evt_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_invoice_write',
    name: 'Invoices, write',
    purpose: 'Pay the open invoice with the new card',
    cost: 'Without it a changed card does not pay the open invoice. The case then says “Card changed, still open”, and you press Pay in Stripe.',
    required: false,
    probe: (stripe, options) => stripe.invoices.pay('in_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_subscription_write',
    name: 'Subscriptions, write',
    purpose: 'Let the next renewal use the new card too',
    cost: 'Without it a subscription that has a card of its own goes on charging the old one, until you change it in Stripe.',
    required: false,
    probe: (stripe, options) => stripe.subscriptions.update('sub_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_credit_note_read',
    name: 'Credit notes, read',
    purpose: 'Count what you credited as forgiven or returned',
    cost: 'Without it a credit is known by its event alone, and the diagnostic leaves credits out.',
    required: false,
    probe: (stripe, options) => stripe.creditNotes.retrieve('cn_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_dispute_read',
    name: 'Disputes, read',
    purpose: 'Count what the bank took back in the diagnostic',
    cost: 'Without it disputed money counts as recovered in the diagnostic. Cases hear of disputes all the same.',
    required: false,
    probe: (stripe, options) => stripe.disputes.retrieve('du_secondloop_probe', {}, options),
  },
  {
    slug: 'rak_webhook_write',
    name: 'Webhook endpoints, write',
    purpose: 'Set up the webhook for you',
    cost: 'You can add the endpoint yourself instead, with the address below.',
    required: false,
    probe: (stripe, options) => stripe.webhookEndpoints.del('we_secondloop_probe', {}, options),
  },
]

/** What a capability matrix says is missing. */
export const missingPermissions = (matrix: readonly { permission: string; result: string }[]): Permission[] =>
  PERMISSIONS.filter(({ slug }) => matrix.some(({ permission, result }) => permission === slug && result === 'missing'))

/**
 * Stripe's key form with name and permissions filled in. Stripe does not document these parameters; many products link
 * so, and where they are ignored the form is only empty.
 */
export function keyFormUrl(mode: 'test' | 'live'): string {
  const url = new URL(`https://dashboard.stripe.com/${mode === 'test' ? 'test/' : ''}apikeys/create`)
  url.searchParams.append('name', 'SecondLoop')
  for (const { slug } of PERMISSIONS) {
    // Write implies read, and the form has one choice for both.
    const isImplied = PERMISSIONS.some(
      (other) => other.slug === slug.replace(/_read$/, '_write') && other.slug !== slug,
    )
    if (!isImplied) url.searchParams.append('permissions[]', slug)
  }
  return url.href
}
