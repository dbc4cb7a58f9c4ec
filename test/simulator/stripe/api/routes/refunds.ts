import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { refundCharge } from '../../billing/refunding.js'
import type { SimulatedCharge } from '../../objects/charge.js'
import { update } from '../../objects/wire.js'
import { badRequest, noSuch, parametersExclusive, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import {
  expand,
  inRange,
  integer,
  merged,
  metadata,
  notSimulated,
  oneOf,
  onlyExpand,
  page,
  range,
  text,
} from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/refunds/:id', 'charge_read', onlyExpand, ({ account, id }) => refundOf(account, id))

const list = route(
  'GET',
  '/v1/refunds',
  'charge_read',
  z.strictObject({
    ...page,
    charge: text.optional(),
    payment_intent: text.optional(),
    created: range.optional(),
  } satisfies Record<keyof Stripe.RefundListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/refunds', account.store.refunds, params, 'refund', (refund) => {
      const { charge, created, payment_intent } = params
      return (
        (charge === undefined || refund.charge === charge) &&
        (payment_intent === undefined || refund.payment_intent === payment_intent) &&
        inRange(refund.created, created)
      )
    }),
)

const create = route(
  'POST',
  '/v1/refunds',
  'charge_write',
  z.strictObject({
    charge: text.optional(),
    payment_intent: text.optional(),
    amount: integer.optional(),
    reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
    ...notSimulated('currency', 'customer', 'instructions_email', 'origin', 'refund_application_fee'),
    ...notSimulated('reverse_transfer'),
  } satisfies Record<keyof Stripe.RefundCreateParams, z.ZodType>),
  ({ account, params }) => {
    const { amount, metadata: given, reason } = params
    const charge = chargeNamed(account, params)
    return refundCharge(account, charge, { amount, reason, metadata: merged({}, given ?? null) })
  },
)

const change = route(
  'POST',
  '/v1/refunds/:id',
  'charge_write',
  z.strictObject({ metadata: metadata.optional(), expand: expand.optional() } satisfies Record<
    keyof Stripe.RefundUpdateParams,
    z.ZodType
  >),
  ({ account, id, params }) => {
    const refund = refundOf(account, id)
    if (params.metadata === undefined) return refund
    const previous = update(refund, { metadata: merged(refund.metadata, params.metadata) })
    account.events.emit('refund.updated', refund, previous)
    account.events.emit('charge.refund.updated', refund, previous)
    return refund
  },
)

export const refundRoutes = [retrieve, list, create, change]

function refundOf(account: Account, id: string) {
  const refund = account.store.refunds.get(id)
  if (!refund) throw resourceMissing('refund', id, 'id')
  return refund
}

function chargeNamed(
  { store }: Account,
  named: { readonly charge?: string | undefined; readonly payment_intent?: string | undefined },
): SimulatedCharge {
  const { charge, payment_intent: intent } = named
  if (charge !== undefined && intent !== undefined) throw parametersExclusive('charge', 'payment_intent')
  if (charge !== undefined) {
    const found = store.charges.get(charge)
    if (!found) throw noSuch('charge', charge, 'charge')
    return found
  }
  if (intent === undefined) {
    throw badRequest('One of the following params should be provided for this request: payment_intent or charge.')
  }
  if (!store.paymentIntents.get(intent)) throw noSuch('payment_intent', intent, 'payment_intent')
  const paid = store.charges.of(intent).find(({ status }) => status === 'succeeded')
  if (!paid) throw badRequest(`This PaymentIntent (${intent}) does not have a successful charge to refund.`)
  return paid
}
