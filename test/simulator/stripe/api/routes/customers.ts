import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import type { SimulatedCustomer } from '../../objects/customer.js'
import { update } from '../../objects/wire.js'
import { deletedCustomer } from '../../store.js'
import { noSuch, resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, inRange, merged, metadata, notSimulated, onlyExpand, page, range, text } from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/customers/:id', 'customer_read', onlyExpand, ({ account, id }) =>
  account.store.deletedCustomers.has(id) ? deletedCustomer(id) : customerOf(account, id),
)

const list = route(
  'GET',
  '/v1/customers',
  'customer_read',
  z.strictObject({
    ...page,
    email: text.optional(),
    created: range.optional(),
    ...notSimulated('test_clock'),
  } satisfies Record<keyof Stripe.CustomerListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/customers', account.store.customers, params, 'customer', (customer) => {
      const { created, email } = params
      return (
        isThere(account, customer.id) &&
        (email === undefined || customer.email === email) &&
        inRange(customer.created, created)
      )
    }),
)

const invoiceSettings = z.strictObject({
  default_payment_method: text.optional(),
  ...notSimulated('custom_fields', 'footer', 'rendering_options'),
} satisfies Record<keyof Stripe.CustomerUpdateParams.InvoiceSettings, z.ZodType>)

const change = route(
  'POST',
  '/v1/customers/:id',
  'customer_write',
  z.strictObject({
    email: z.string().optional(),
    name: z.string().optional(),
    metadata: metadata.optional(),
    preferred_locales: z.array(text).optional(),
    invoice_settings: invoiceSettings.optional(),
    expand: expand.optional(),
    ...notSimulated('address', 'balance', 'business_name', 'cash_balance', 'default_source', 'description'),
    ...notSimulated('individual_name', 'invoice_prefix', 'next_invoice_sequence', 'phone', 'shipping', 'source'),
    ...notSimulated('tax', 'tax_exempt', 'validate'),
  } satisfies Record<keyof Stripe.CustomerUpdateParams, z.ZodType>),
  ({ account, id, params }) => {
    const customer = customerOf(account, id)
    const card = params.invoice_settings?.default_payment_method
    if (card !== undefined && account.store.paymentMethods.get(card)?.customer !== id) {
      throw noSuch('PaymentMethod', card, 'invoice_settings[default_payment_method]')
    }
    const previous = update(customer, {
      ...(params.email !== undefined && { email: params.email || null }),
      ...(params.name !== undefined && { name: params.name || null }),
      ...(params.metadata !== undefined && { metadata: merged(customer.metadata, params.metadata) }),
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
  z.strictObject({ ...page, type: text.optional(), ...notSimulated('allow_redisplay') } satisfies Record<
    keyof Stripe.CustomerListPaymentMethodsParams,
    z.ZodType
  >),
  ({ account, id, params }) => {
    customerOf(account, id)
    const url = `/v1/customers/${id}/payment_methods`
    return pageOf(url, account.store.paymentMethods, params, 'payment_method', (method) => {
      return method.customer === id && (params.type === undefined || method.type === params.type)
    })
  },
)

export const customerRoutes = [retrieve, list, change, cards]

/** Throws `resource_missing` for unknown and deleted customers, and for those that are known by an account alone. */
export function customerOf(account: Account, id: string): SimulatedCustomer {
  const customer = account.store.customers.get(id)
  if (!customer || !isThere(account, id)) throw resourceMissing('customer', id, 'id')
  return customer
}

function isThere({ store }: Account, id: string): boolean {
  return !store.deletedCustomers.has(id) && !store.customerAccounts.has(id)
}
