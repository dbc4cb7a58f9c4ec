import { z } from 'zod'
import type { Account } from '../../account.js'
import type { SimulatedCustomer } from '../../objects/customer.js'
import { update } from '../../objects/wire.js'
import { deletedCustomer } from '../../store.js'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, inRange, metadata, page, range } from '../params.js'
import { route } from '../route.js'

const retrieve = route(
  'GET',
  '/v1/customers/:id',
  'customer_read',
  z.strictObject({ expand: expand.optional() }),
  ({ account, id }) => (account.store.deletedCustomers.has(id) ? deletedCustomer(id) : customerOf(account, id)),
)

const list = route(
  'GET',
  '/v1/customers',
  'customer_read',
  z.strictObject({ ...page, email: z.string().optional(), created: range.optional() }),
  ({ account, params }) =>
    pageOf('/v1/customers', account.store.customers, params, 'customer', (customer) => {
      const mailable = params.email === undefined || customer.email === params.email
      return mailable && inRange(customer.created, params.created) && !account.store.deletedCustomers.has(customer.id)
    }),
)

const change = route(
  'POST',
  '/v1/customers/:id',
  'customer_write',
  z.strictObject({
    email: z.string().optional(),
    name: z.string().optional(),
    metadata: metadata.optional(),
    preferred_locales: z.array(z.string()).optional(),
    invoice_settings: z.strictObject({ default_payment_method: z.string().optional() }).optional(),
    expand: expand.optional(),
  }),
  ({ account, id, params }) => {
    const customer = customerOf(account, id)
    const card = params.invoice_settings?.default_payment_method
    if (card !== undefined && account.store.paymentMethods.get(card)?.customer !== id) {
      throw resourceMissing('payment_method', card, 'invoice_settings[default_payment_method]')
    }
    const previous = update(customer, {
      ...(params.email !== undefined && { email: params.email }),
      ...(params.name !== undefined && { name: params.name }),
      ...(params.metadata && { metadata: { ...customer.metadata, ...params.metadata } }),
      ...(params.preferred_locales && { preferred_locales: params.preferred_locales }),
      ...(card !== undefined && { invoice_settings: { ...customer.invoice_settings, default_payment_method: card } }),
    })
    account.events.emit('customer.updated', customer, previous)
    return customer
  },
)

const cards = route(
  'GET',
  '/v1/customers/:id/payment_methods',
  'payment_method_read',
  z.strictObject({ ...page, type: z.string().optional() }),
  ({ account, id, params }) => {
    customerOf(account, id)
    const url = `/v1/customers/${id}/payment_methods`
    return pageOf(url, account.store.paymentMethods, params, 'payment_method', (method) => method.customer === id)
  },
)

export const customerRoutes = [retrieve, list, change, cards]

/** Throws `resource_missing` for unknown and deleted customers. */
export function customerOf(account: Account, id: string, param = 'id'): SimulatedCustomer {
  const customer = account.store.customers.get(id)
  if (!customer || account.store.deletedCustomers.has(id)) throw resourceMissing('customer', id, param)
  return customer
}
