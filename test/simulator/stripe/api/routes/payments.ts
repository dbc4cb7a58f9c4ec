import type Stripe from 'stripe'
import { z } from 'zod'
import { namedCustomer } from '../customer-filter.js'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, inRange, notSimulated, oneOf, onlyExpand, page, range, text } from '../params.js'
import { route } from '../route.js'

const intent = route(
  'GET',
  '/v1/payment_intents/:id',
  'payment_intent_read',
  z.strictObject({ expand: expand.optional(), ...notSimulated('client_secret') } satisfies Record<
    keyof Stripe.PaymentIntentRetrieveParams,
    z.ZodType
  >),
  ({ account, id }) => {
    const found = account.store.paymentIntents.get(id)
    if (!found) throw resourceMissing('payment_intent', id, 'intent')
    return found
  },
)

const intents = route(
  'GET',
  '/v1/payment_intents',
  'payment_intent_read',
  z.strictObject({
    ...page,
    customer: text.optional(),
    customer_account: text.optional(),
    created: range.optional(),
  } satisfies Record<keyof Stripe.PaymentIntentListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    return pageOf('/v1/payment_intents', account.store.paymentIntents, params, 'payment_intent', (found) => {
      return (customer === undefined || found.customer === customer) && inRange(found.created, params.created)
    })
  },
)

const charge = route('GET', '/v1/charges/:id', 'charge_read', onlyExpand, ({ account, id }) => {
  const found = account.store.charges.get(id)
  if (!found) throw resourceMissing('charge', id, 'id')
  return found
})

const charges = route(
  'GET',
  '/v1/charges',
  'charge_read',
  z.strictObject({
    ...page,
    customer: text.optional(),
    payment_intent: text.optional(),
    created: range.optional(),
    ...notSimulated('transfer_group'),
  } satisfies Record<keyof Stripe.ChargeListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    return pageOf('/v1/charges', account.store.charges, params, 'charge', (found) => {
      const { created, payment_intent } = params
      return (
        (customer === undefined || found.customer === customer) &&
        (payment_intent === undefined || found.payment_intent === payment_intent) &&
        inRange(found.created, created)
      )
    })
  },
)

const invoicePayment = route('GET', '/v1/invoice_payments/:id', 'invoice_read', onlyExpand, ({ account, id }) => {
  const found = account.store.invoicePayments.get(id)
  if (!found) throw resourceMissing('invoice_payment', id, 'id')
  return found
})

const payment = z.strictObject({
  type: oneOf(['payment_intent', 'payment_record']),
  payment_intent: text.optional(),
  payment_record: text.optional(),
} satisfies Record<keyof Stripe.InvoicePaymentListParams.Payment, z.ZodType>)

const invoicePayments = route(
  'GET',
  '/v1/invoice_payments',
  'invoice_read',
  z.strictObject({
    ...page,
    invoice: text.optional(),
    status: oneOf(['canceled', 'open', 'paid']).optional(),
    created: range.optional(),
    payment: payment.optional(),
  } satisfies Record<keyof Stripe.InvoicePaymentListParams, z.ZodType>),
  ({ account, params }) =>
    pageOf('/v1/invoice_payments', account.store.invoicePayments, params, 'invoice_payment', (found) => {
      const { created, invoice, payment, status } = params
      return (
        (invoice === undefined || found.invoice === invoice) &&
        (status === undefined || found.status === status) &&
        (payment === undefined || found.payment.type === payment.type) &&
        (payment?.payment_intent === undefined || found.payment.payment_intent === payment.payment_intent) &&
        (payment?.payment_record === undefined || found.payment.payment_record === payment.payment_record) &&
        inRange(found.created, created)
      )
    }),
)

export const paymentRoutes = [intent, intents, charge, charges, invoicePayment, invoicePayments]
