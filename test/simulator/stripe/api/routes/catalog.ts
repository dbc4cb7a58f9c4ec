import type Stripe from 'stripe'
import { z } from 'zod'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { flag, inRange, notSimulated, oneOf, onlyExpand, page, range, text } from '../params.js'
import { route } from '../route.js'

const product = route('GET', '/v1/products/:id', 'product_read', onlyExpand, ({ account, id }) => {
  const found = account.store.products.get(id)
  if (!found) throw resourceMissing('product', id, 'id')
  return found
})

const products = route(
  'GET',
  '/v1/products',
  'product_read',
  z.strictObject({
    ...page,
    active: flag.optional(),
    created: range.optional(),
    ids: z.array(text).optional(),
    ...notSimulated('shippable', 'type', 'url'),
  } satisfies Record<keyof Stripe.ProductListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/products', account.store.products, params, 'product', (found) => {
      const { active, created, ids } = params
      return (
        (active === undefined || found.active === active) &&
        (ids === undefined || ids.includes(found.id)) &&
        inRange(found.created, created)
      )
    }),
)

const price = route('GET', '/v1/prices/:id', 'plan_read', onlyExpand, ({ account, id }) => {
  const found = account.store.prices.get(id)
  if (!found) throw resourceMissing('price', id, 'price')
  return found
})

const prices = route(
  'GET',
  '/v1/prices',
  'plan_read',
  z.strictObject({
    ...page,
    active: flag.optional(),
    created: range.optional(),
    currency: text.optional(),
    product: text.optional(),
    type: oneOf(['recurring', 'one_time']).optional(),
    ...notSimulated('lookup_keys', 'recurring'),
  } satisfies Record<keyof Stripe.PriceListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/prices', account.store.prices, params, 'price', (found) => {
      const { active, created, currency, product, type } = params
      return (
        (active === undefined || found.active === active) &&
        (currency === undefined || found.currency === currency) &&
        (product === undefined || found.product === product) &&
        (type === undefined || found.type === type) &&
        inRange(found.created, created)
      )
    }),
)

export const catalogRoutes = [product, products, price, prices]
