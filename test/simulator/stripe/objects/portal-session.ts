import type Stripe from 'stripe'

export interface PortalSessionFacts {
  readonly id: string
  readonly created: number
  readonly livemode: boolean
  readonly customer: string
  readonly url: string
  readonly returnUrl: string | null
  readonly flow: Stripe.BillingPortal.Session['flow']
  readonly locale: string | null
}

export function buildPortalSession(facts: PortalSessionFacts): Stripe.BillingPortal.Session {
  return {
    id: facts.id,
    object: 'billing_portal.session',
    after_expiration: null,
    configuration: 'bpc_1SimulatedDefault000000',
    created: facts.created,
    customer: facts.customer,
    customer_account: null,
    flow: facts.flow,
    livemode: facts.livemode,
    locale: facts.locale,
    on_behalf_of: null,
    return_url: facts.returnUrl,
    url: facts.url,
  }
}
