import { z } from 'zod'
import { resourceMissing } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, inRange, page, range } from '../params.js'
import { route } from '../route.js'

const one = z.strictObject({ expand: expand.optional() })

const intent = route('GET', '/v1/payment_intents/:id', 'payment_intent_read', one, ({ account, id }) => {
  const found = account.store.paymentIntents.get(id)
  if (!found) throw resourceMissing('payment_intent', id, 'intent')
  return found
})

const intents = route(
  'GET',
  '/v1/payment_intents',
  'payment_intent_read',
  z.strictObject({ ...page, customer: z.string().optional(), created: range.optional() }),
  ({ account, params }) =>
    pageOf('/v1/payment_intents', account.store.paymentIntents, params, 'payment_intent', (found) => {
      return (
        (params.customer === undefined || found.customer === params.customer) && inRange(found.created, params.created)
      )
    }),
)

const charge = route('GET', '/v1/charges/:id', 'charge_read', one, ({ account, id }) => {
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
    customer: z.string().optional(),
    payment_intent: z.string().optional(),
    created: range.optional(),
  }),
  ({ account, params }) =>
    pageOf('/v1/charges', account.store.charges, params, 'charge', (found) => {
      const { created, customer, payment_intent } = params
      return (
        (customer === undefined || found.customer === customer) &&
        (payment_intent === undefined || found.payment_intent === payment_intent) &&
        inRange(found.created, created)
      )
    }),
)

const invoicePayment = route('GET', '/v1/invoice_payments/:id', 'invoice_read', one, ({ account, id }) => {
  const found = account.store.invoicePayments.get(id)
  if (!found) throw resourceMissing('invoice_payment', id, 'id')
  return found
})

const invoicePayments = route(
  'GET',
  '/v1/invoice_payments',
  'invoice_read',
  z.strictObject({
    ...page,
    invoice: z.string().optional(),
    status: z.enum(['canceled', 'open', 'paid']).optional(),
    created: range.optional(),
    payment: z
      .strictObject({
        type: z.enum(['payment_intent', 'payment_record']),
        payment_intent: z.string().optional(),
        payment_record: z.string().optional(),
      })
      .optional(),
  }),
  ({ account, params }) =>
    pageOf('/v1/invoice_payments', account.store.invoicePayments, params, 'invoice_payment', (found) => {
      const { created, invoice, payment, status } = params
      return (
        (invoice === undefined || found.invoice === invoice) &&
        (status === undefined || found.status === status) &&
        (payment?.payment_intent === undefined || found.payment.payment_intent === payment.payment_intent) &&
        inRange(found.created, created)
      )
    }),
)

export const paymentRoutes = [intent, intents, charge, charges, invoicePayment, invoicePayments]
