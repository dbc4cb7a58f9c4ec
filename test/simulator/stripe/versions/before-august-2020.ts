import { listInside } from '../objects/wire.js'
import type { VersionStep } from './step.js'

/** Tax was a percentage, tiers stood in every plan, a customer held lists. Source: docs.stripe.com/changelog/2020-08-27 */
export const beforeAugust2020: VersionStep = {
  version: '2020-08-27',
  gives: {
    customer: (customer, past) => {
      const id = String(customer.id)
      if (customer.deleted) return {}
      return {
        sources: listInside(`/v1/customers/${id}/sources`, []),
        subscriptions: listInside(`/v1/customers/${id}/subscriptions`, [...past.subscriptionsOf(id)]),
        tax_ids: listInside(`/v1/customers/${id}/tax_ids`, []),
      }
    },
    invoice: () => ({ tax_percent: null }),
    plan: () => ({ tiers: null }),
    subscription: () => ({ tax_percent: null }),
  },
}
