import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { closeDispute } from '../../billing/disputing.js'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { inRange, onlyExpand, page, range, text } from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/disputes/:id', 'dispute_read', onlyExpand, ({ account, id }) =>
  disputeOf(account, id),
)

const list = route(
  'GET',
  '/v1/disputes',
  'dispute_read',
  z.strictObject({
    ...page,
    charge: text.optional(),
    payment_intent: text.optional(),
    created: range.optional(),
  } satisfies Record<keyof Stripe.DisputeListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/disputes', account.store.disputes, params, 'dispute', (dispute) => {
      const { charge, created, payment_intent } = params
      return (
        (charge === undefined || dispute.charge === charge) &&
        (payment_intent === undefined || dispute.payment_intent === payment_intent) &&
        inRange(dispute.created, created)
      )
    }),
)

/** The owner accepts it: it is lost. */
const close = route('POST', '/v1/disputes/:id/close', 'dispute_write', onlyExpand, ({ account, id }) => {
  const dispute = disputeOf(account, id)
  closeDispute(account, dispute, 'lost')
  return dispute
})

export const disputeRoutes = [retrieve, list, close]

function disputeOf(account: Account, id: string) {
  const dispute = account.store.disputes.get(id)
  if (!dispute) throw resourceMissing('dispute', id, 'id')
  return dispute
}
