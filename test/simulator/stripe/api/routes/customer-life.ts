import type Stripe from 'stripe'
import { z } from 'zod'
import { deleteCustomer } from '../../billing/ending.js'
import { addCustomer } from '../../billing/sign-up.js'
import { deletedCustomer } from '../../store.js'
import { expand, merged, metadata, notSimulated, text } from '../params.js'
import { route } from '../route.js'
import { customerOf } from './customers.js'

const create = route(
  'POST',
  '/v1/customers',
  'customer_write',
  z.strictObject({
    email: text.optional(),
    name: text.optional(),
    metadata: metadata.optional(),
    preferred_locales: z.array(text).optional(),
    expand: expand.optional(),
    ...notSimulated('address', 'balance', 'business_name', 'cash_balance', 'description', 'individual_name'),
    ...notSimulated('invoice_prefix', 'invoice_settings', 'next_invoice_sequence', 'payment_method', 'phone'),
    ...notSimulated('shipping', 'source', 'tax', 'tax_exempt', 'tax_id_data', 'test_clock', 'validate'),
  } satisfies Record<keyof Stripe.CustomerCreateParams, z.ZodType>),
  ({ account, params }) => {
    const { email = null, metadata: given, name = null, preferred_locales: preferredLocales = [] } = params
    const customer = addCustomer(account, { email, name, preferredLocales, currency: null, country: null })
    customer.metadata = merged({}, given ?? null)
    account.events.emit('customer.created', customer)
    return customer
  },
)

const remove = route('DELETE', '/v1/customers/:id', 'customer_write', z.strictObject({}), ({ account, id }) => {
  deleteCustomer(account, customerOf(account, id))
  return deletedCustomer(id)
})

export const customerLifeRoutes = [create, remove]
