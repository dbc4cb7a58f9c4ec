import type Stripe from 'stripe'
import { z } from 'zod'
import type { Account } from '../../account.js'
import { changeCard, detachCard } from '../../billing/card-changes.js'
import { attachCard } from '../../billing/sign-up.js'
import { testCard } from '../../billing/test-cards.js'
import type { SimulatedPaymentMethod } from '../../objects/payment-method.js'
import { namedCustomer } from '../customer-filter.js'
import { badRequest, parameterMissing, resourceMissing, StripeApiError } from '../errors.js'
import { expand, integer, merged, metadata, notSimulated, onlyExpand, text } from '../params.js'
import { route } from '../route.js'

/** Stripe's names for test cards that one can attach without entering them. Source: docs.stripe.com/testing */
const NAMED_CARDS: Readonly<Record<string, string>> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_authenticationRequired: '4000002760003184',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_chargeDeclined: '4000000000000002',
}

/** Of the named test cards a new one is made; a card that was attached once can't be attached again. */
const attach = route(
  'POST',
  '/v1/payment_methods/:id/attach',
  'payment_method_write',
  z.strictObject({
    customer: text.optional(),
    customer_account: text.optional(),
    expand: expand.optional(),
  } satisfies Record<keyof Stripe.PaymentMethodAttachParams, z.ZodType>),
  ({ account, id, params }) => {
    const customer = namedCustomer(account, params)
    if (customer === undefined) throw parameterMissing('customer')
    const card = testCard(NAMED_CARDS[id] ?? '')
    if (!card) throw cannotAttach(methodOf(account, id))
    if (card.refusedAtEntry) throw declined()
    const { behaviour, brand, number } = card
    const method = attachCard(account, account.store.customers.require(customer), {
      behaviour,
      brand,
      last4: number.slice(-4),
    })
    account.events.emit('payment_method.attached', method)
    return method
  },
)

const detach = route('POST', '/v1/payment_methods/:id/detach', 'payment_method_write', onlyExpand, (call) => {
  const method = methodOf(call.account, call.id)
  detachCard(call.account, method)
  return method
})

const change = route(
  'POST',
  '/v1/payment_methods/:id',
  'payment_method_write',
  z.strictObject({
    card: z
      .strictObject({ exp_month: integer.optional(), exp_year: integer.optional(), ...notSimulated('networks') })
      .optional(),
    metadata: metadata.optional(),
    expand: expand.optional(),
    ...notSimulated('allow_redisplay', 'billing_details', 'us_bank_account'),
  } satisfies Record<keyof Stripe.PaymentMethodUpdateParams, z.ZodType>),
  ({ account, id, params }) => {
    const method = methodOf(account, id)
    changeCard(account, method, {
      expMonth: params.card?.exp_month,
      expYear: params.card?.exp_year,
      metadata: params.metadata === undefined ? undefined : merged(method.metadata ?? {}, params.metadata),
    })
    return method
  },
)

export const cardChangeRoutes = [attach, detach, change]

function methodOf(account: Account, id: string): SimulatedPaymentMethod {
  const method = account.store.paymentMethods.get(id)
  if (!method) throw resourceMissing('PaymentMethod', id, 'payment_method')
  return method
}

function cannotAttach({ customer }: SimulatedPaymentMethod): StripeApiError {
  return badRequest(
    customer === null
      ? 'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.'
      : 'The payment method you provided has already been attached to a customer.',
  )
}

function declined(): StripeApiError {
  const message = 'Your card was declined.'
  return new StripeApiError(402, {
    code: 'card_declined',
    decline_code: 'generic_decline',
    message,
    type: 'card_error',
  })
}
