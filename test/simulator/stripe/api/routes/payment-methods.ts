import { z } from 'zod'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, page } from '../params.js'
import { route } from '../route.js'

const retrieve = route(
  'GET',
  '/v1/payment_methods/:id',
  'payment_method_read',
  z.strictObject({ expand: expand.optional() }),
  ({ account, id }) => {
    const method = account.store.paymentMethods.get(id)
    if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method')
    return method
  },
)

const list = route(
  'GET',
  '/v1/payment_methods',
  'payment_method_read',
  z.strictObject({ ...page, customer: z.string().optional(), type: z.string().optional() }),
  ({ account, params }) =>
    pageOf('/v1/payment_methods', account.store.paymentMethods, params, 'payment_method', (method) => {
      return params.customer === undefined || method.customer === params.customer
    }),
)

export const paymentMethodRoutes = [retrieve, list]
