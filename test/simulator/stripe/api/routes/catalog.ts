import { z } from 'zod'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, flag, page } from '../params.js'
import { route } from '../route.js'

const one = z.strictObject({ expand: expand.optional() })

const product = route('GET', '/v1/products/:id', 'product_read', one, ({ account, id }) => {
  const found = account.store.products.get(id)
  if (!found) throw resourceMissing('product', id, 'id')
  return found
})

const products = route(
  'GET',
  '/v1/products',
  'product_read',
  z.strictObject({ ...page, active: flag.optional() }),
  ({ account, params }) => pageOf('/v1/products', account.store.products, params, 'product', () => true),
)

const price = route('GET', '/v1/prices/:id', 'plan_read', one, ({ account, id }) => {
  const found = account.store.prices.get(id)
  if (!found) throw resourceMissing('price', id, 'price')
  return found
})

const prices = route(
  'GET',
  '/v1/prices',
  'plan_read',
  z.strictObject({ ...page, active: flag.optional(), product: z.string().optional() }),
  ({ account, params }) =>
    pageOf('/v1/prices', account.store.prices, params, 'price', (found) => {
      return params.product === undefined || found.product === params.product
    }),
)

export const catalogRoutes = [product, products, price, prices]
