import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { chargedCard } from '../../billing/charging.js'
import { markUncollectible, payOutOfBand, voidInvoice } from '../../billing/closing.js'
import { attemptCollection, payNow } from '../../billing/collecting.js'
import { finalizeInvoice } from '../../billing/drawing.js'
import { type Decline, paymentError } from '../../declines.js'
import type { SimulatedInvoice } from '../../objects/invoice.js'
import { namedCustomer } from '../customer-filter.js'
import { badRequest, noSuch, parameterInvalid, resourceMissing, StripeApiError } from '../errors.js'
import { pageOf } from '../lists.js'
import { expand, flag, inRange, notSimulated, oneOf, onlyExpand, page, range, text } from '../params.js'
import { route } from '../route.js'

const retrieve = route('GET', '/v1/invoices/:id', 'invoice_read', onlyExpand, ({ account, id }) =>
  invoiceOf(account, id),
)

const list = route(
  'GET',
  '/v1/invoices',
  'invoice_read',
  z.strictObject({
    ...page,
    customer: text.optional(),
    customer_account: text.optional(),
    subscription: text.optional(),
    status: oneOf(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
    collection_method: oneOf(['charge_automatically', 'send_invoice']).optional(),
    created: range.optional(),
    due_date: range.optional(),
  } satisfies Record<keyof Stripe.InvoiceListParams, z.ZodType>),
  ({ account, params }) => {
    const customer = namedCustomer(account, params)
    const { collection_method, created, due_date, status, subscription } = params
    if (subscription !== undefined && !account.store.subscriptions.get(subscription)) {
      throw noSuch('subscription', subscription, 'subscription')
    }
    return pageOf('/v1/invoices', account.store.invoices, params, 'invoice', (invoice) => {
      return (
        (customer === undefined || invoice.customer === customer) &&
        (subscription === undefined || invoice.parent.subscription_details.subscription === subscription) &&
        (status === undefined || invoice.status === status) &&
        (collection_method === undefined || invoice.collection_method === collection_method) &&
        (due_date === undefined || (invoice.due_date !== null && inRange(invoice.due_date, due_date))) &&
        inRange(invoice.created, created)
      )
    })
  },
)

const pay = route(
  'POST',
  '/v1/invoices/:id/pay',
  'invoice_write',
  z.strictObject({
    payment_method: text.optional(),
    off_session: flag.optional(),
    paid_out_of_band: flag.optional(),
    expand: expand.optional(),
    ...notSimulated('forgive', 'mandate', 'source'),
  } satisfies Record<keyof Stripe.InvoicePayParams, z.ZodType>),
  ({ account, id, params }) => {
    const invoice = payableInvoice(account, id)
    if (params.paid_out_of_band) {
      payOutOfBand(account, invoice)
      return invoice
    }
    const card = params.payment_method ?? chargedCard(account, invoice)
    if (!card) {
      throw badRequest(
        'There is no `default_payment_method` set on this Customer or Invoice. Please provide a payment method.',
      )
    }
    const method = account.store.paymentMethods.get(card)
    if (!method) throw noSuch('PaymentMethod', card, 'payment_method')
    if (method.customer !== invoice.customer) {
      throw parameterInvalid('The payment method does not belong to the customer of this invoice.', 'payment_method')
    }
    // `off_session: false` still finds nobody there to confirm with the bank: the answer is the same demand.
    const result = payNow(account, invoice, { paymentMethod: card, onSession: params.off_session === false })
    if (result.outcome === 'declined') throw cardError(account, invoice, result.decline)
    if (result.outcome === 'confirmation needed') throw actionRequired(account, invoice)
    return invoice
  },
)

const voided = route('POST', '/v1/invoices/:id/void', 'invoice_write', onlyExpand, ({ account, id }) => {
  const invoice = invoiceOf(account, id)
  voidInvoice(account, invoice)
  return invoice
})

const uncollectible = route('POST', '/v1/invoices/:id/mark_uncollectible', 'invoice_write', onlyExpand, (call) => {
  const invoice = invoiceOf(call.account, call.id)
  markUncollectible(call.account, invoice)
  return invoice
})

const finalize = route(
  'POST',
  '/v1/invoices/:id/finalize',
  'invoice_write',
  z.strictObject({ auto_advance: flag.optional(), expand: expand.optional() } satisfies Record<
    keyof Stripe.InvoiceFinalizeInvoiceParams,
    z.ZodType
  >),
  ({ account, id, params }) => {
    const invoice = invoiceOf(account, id)
    if (params.auto_advance !== undefined) invoice.auto_advance = params.auto_advance
    finalizeInvoice(account, invoice)
    if (invoice.auto_advance) attemptCollection(account, invoice)
    return invoice
  },
)

export const invoiceRoutes = [retrieve, list, pay, voided, uncollectible, finalize]

function invoiceOf(account: Account, id: string): SimulatedInvoice {
  const invoice = account.store.invoices.get(id)
  if (!invoice) throw resourceMissing('invoice', id)
  return invoice
}

/** An uncollectible invoice can still be paid; a draft is finalized by that. */
function payableInvoice(account: Account, id: string): SimulatedInvoice {
  const invoice = invoiceOf(account, id)
  if (invoice.status === 'paid') throw badRequest('Invoice is already paid')
  if (invoice.status === 'void') throw badRequest("This invoice is void and can't be paid.")
  return invoice
}

function cardError(account: Account, invoice: SimulatedInvoice, decline: Decline): StripeApiError {
  if (decline.name === 'authentication_required') return actionRequired(account, invoice)
  const intent = account.store.intentOf(invoice.id)
  return new StripeApiError(402, {
    ...paymentError(decline),
    charge: intent?.latest_charge,
    payment_intent: intent,
    payment_method: intent?.last_payment_error?.payment_method,
  })
}

/** The bank wants the customer: the hosted invoice page is where that happens. */
function actionRequired(account: Account, invoice: SimulatedInvoice): StripeApiError {
  return new StripeApiError(402, {
    code: 'invoice_payment_intent_requires_action',
    doc_url: 'https://stripe.com/docs/error-codes/invoice-payment-intent-requires-action',
    message:
      'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
    payment_intent: account.store.intentOf(invoice.id),
    type: 'card_error',
  })
}
