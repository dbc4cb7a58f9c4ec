import { z } from 'zod'
import { type Command, command, withoutGaps } from '../../control.js'
import type { StripeSimulator } from '../simulator.js'
import { invoiceRow } from './state.js'

const ofSubscription = z.strictObject({ subscription: z.string() })

const pause = ofSubscription.extend({
  behavior: z.enum(['keep_as_draft', 'mark_uncollectible', 'void']).optional(),
  /** Seconds since 1970. */
  resumesAt: z.coerce.number().optional(),
})

/** What happens to subscriptions, and to customers and their cards. */
export function subscriptions(simulator: StripeSimulator): Record<string, Command> {
  return {
    'end-period': command(ofSubscription.extend({ declineCode: z.string().optional() }), (given) => {
      const renewal = simulator.endPeriod(given.subscription, { declineCode: given.declineCode })
      return renewal && invoiceRow(simulator, renewal.invoice)
    }),
    'pause-collection': command(pause, ({ subscription, ...given }) => simulator.pauseCollection(subscription, given)),
    'resume-collection': command(ofSubscription, ({ subscription }) => simulator.resumeCollection(subscription)),
    'pause-subscription': command(ofSubscription, ({ subscription }) => simulator.pauseSubscription(subscription)),
    'resume-subscription': command(
      ofSubscription.extend({ anchor: z.enum(['now', 'unchanged']).optional() }),
      ({ anchor, subscription }) => simulator.resumeSubscription(subscription, withoutGaps({ anchor })),
    ),
    'cancel-at-period-end': command(ofSubscription.extend({ wanted: z.boolean().optional() }), (given) =>
      simulator.cancelAtPeriodEnd(given.subscription, given.wanted),
    ),
    'cancel-subscription': command(ofSubscription, ({ subscription }) => simulator.cancelSubscription(subscription)),
    'delete-customer': command(z.strictObject({ customer: z.string() }), ({ customer }) =>
      simulator.deleteCustomer(customer),
    ),
    'update-card-automatically': command(z.strictObject({ id: z.string() }), ({ id }) => ({
      payment_method: simulator.updateCardAutomatically(id).id,
    })),
    'detach-card': command(z.strictObject({ paymentMethod: z.string() }), ({ paymentMethod }) =>
      simulator.detachCard(paymentMethod),
    ),
  }
}
