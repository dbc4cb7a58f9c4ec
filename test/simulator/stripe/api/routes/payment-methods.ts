import type Stripe from 'stripe'
import { z } from 'zod'
import { namedCustomer } from '../customer-filter.js'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { notSimulated, onlyExpand, page, text } from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/payment_methods/:id', 'payment_method_read', onlyExpand, ({ account, id }) => {
  const method = account.store.paymentMethods.get(id)
  if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method')
  return method
})

const list = route(
  'GET',
  '/v1/payment_methods',
  'payment_method_read',
  z.strictObject({
    ...page,
    customer: text.optional(),
    customer_account: text.optional(),
    type: text.optional(),
    ...notSimulated('allow_redisplay'),
  } satisfies Record<keyof Stripe.PaymentMethodListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    return pageOf('/v1/payment_methods', account.store.paymentMethods, params, 'payment_method', (method) => {
      const { type } = params
      return (customer === undefined || method.customer === customer) && (type === undefined || method.type === type)
    })
  },
)

export const paymentMethodRoutes = [retrieve, list]
