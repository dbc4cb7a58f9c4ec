import Stripe from 'stripe'
import { stripeRefusal } from './client.js'

/** What Stripe made of a payment. `reason` is a code of Stripe's or ours. */
export interface PaymentAnswer {
  /** `gone`: the card or the invoice can't be paid any more; see `CardPaymentResult` for the rest. */
  readonly result: 'paid' | 'processing' | 'authentication' | 'declined' | 'not_allowed' | 'already_paid' | 'gone'
  readonly reason: string | null
}

interface Payment {
  readonly invoiceId: string
  readonly paymentMethodId: string
  /** Stripe answers the same key the same for 24 hours. Source: docs.stripe.com/api/idempotent_requests */
  readonly idempotencyKey: string
}

/** A bank takes its time: a call given up too early has to be repeated to learn what became of it. */
const TIMEOUT_MS = 20_000

/**
 * Pays an open invoice with this card, while the customer is away.
 *
 * @returns `null` when what became of it is not known, or nothing did yet: repeat the same later
 */
export async function payInvoice(stripe: Stripe, payment: Payment): Promise<PaymentAnswer | null> {
  const { invoiceId, paymentMethodId, idempotencyKey } = payment
  try {
    const invoice = await stripe.invoices.pay(
      invoiceId,
      { payment_method: paymentMethodId },
      { idempotencyKey, timeout: TIMEOUT_MS },
    )
    return { result: invoice.status === 'paid' ? 'paid' : 'processing', reason: null }
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return declineIn(error)
    switch (stripeRefusal(error)) {
      case 'permission_missing':
        return { result: 'not_allowed', reason: 'permission_missing' }
      case 'key_rejected':
        return { result: 'not_allowed', reason: 'key_rejected' }
      case 'refused':
      case 'not_found':
        // Stripe has a sentence for it and no dependable code.
        return whyRefused(stripe, invoiceId, error as Stripe.errors.StripeError)
      case null:
        throw error
      default:
        return null
    }
  }
}

const AUTHENTICATION = [
  'authentication_required',
  'invoice_payment_intent_requires_action',
  'subscription_payment_intent_requires_action',
  'payment_intent_action_required',
]

function declineIn({ code, decline_code: declineCode }: Stripe.errors.StripeCardError): PaymentAnswer {
  // The SDK says that there is no decline code by an empty one.
  const codes = [declineCode, code]
  if (codes.some((each) => each && AUTHENTICATION.includes(each))) return { result: 'authentication', reason: null }
  return { result: 'declined', reason: declineCode || code || null }
}

async function whyRefused(
  stripe: Stripe,
  invoiceId: string,
  { code }: Stripe.errors.StripeError,
): Promise<PaymentAnswer | null> {
  const reason = code ?? 'refused'
  try {
    const { status } = await stripe.invoices.retrieve(invoiceId)
    return status === 'paid' ? { result: 'already_paid', reason: null } : { result: 'gone', reason }
  } catch (error) {
    return stripeRefusal(error) === 'not_found' ? { result: 'gone', reason } : null
  }
}
