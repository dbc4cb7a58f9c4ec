import type { Account } from '../account.js'
import { type Decline, declineNamed, paymentError } from '../declines.js'
import { buildCharge, type SimulatedCharge } from '../objects/charge.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedInvoicePayment } from '../objects/invoice-payment.js'
import type { SimulatedPaymentIntent } from '../objects/payment-intent.js'
import type { SimulatedPaymentMethod } from '../objects/payment-method.js'
import { update } from '../objects/wire.js'
import { payWith } from './settling.js'
import { subscriptionOf } from './subscription-status.js'

export interface ChargeRequest {
  readonly paymentMethod: string
  /** The customer is there and can confirm with the bank. */
  readonly onSession: boolean
  /** The bank has been asked on session and said yes. */
  readonly confirmed?: boolean
}

export type ChargeResult =
  | { readonly outcome: 'paid' }
  | { readonly outcome: 'declined'; readonly decline: Decline }
  /** On session only: the bank's page is next. Nothing was charged. */
  | { readonly outcome: 'confirmation needed' }

/** The card that Stripe charges for a subscription: its own, or else its customer's default. */
export function chargedCard(account: Account, invoice: SimulatedInvoice): string | null {
  const customer = account.store.customers.require(invoice.customer)
  const own = subscriptionOf(account, invoice).default_payment_method
  return invoiceCard(invoice) ?? own ?? customer.invoice_settings.default_payment_method
}

/** Charges a card for all that an invoice leaves open, by its default payment. */
export function chargeInvoice(account: Account, invoice: SimulatedInvoice, request: ChargeRequest): ChargeResult {
  return chargePayment(account, invoice, account.store.paymentOf(invoice.id)!, request)
}

/**
 * Charges a card for one payment of an invoice, with the charge's and the payment intent's events. The invoice's own
 * failure (attempt, next attempt, its events) is the caller's; its payment is settled here.
 */
export function chargePayment(
  account: Account,
  invoice: SimulatedInvoice,
  payment: SimulatedInvoicePayment,
  request: ChargeRequest,
): ChargeResult {
  const intent = account.store.intentBehind(payment)!
  const paymentMethod = account.store.paymentMethods.require(request.paymentMethod)
  const decline = declineOf(account, invoice, request)
  if (decline?.name === 'authentication_required' && request.onSession) {
    awaitConfirmation(account, intent, paymentMethod.id)
    return { outcome: 'confirmation needed' }
  }

  const charge = account.store.charges.add(
    buildCharge({
      id: account.ids.next('ch', invoice.id),
      created: account.clock.seconds(),
      intent,
      paymentMethod,
      amount: intent.amount,
      decline,
    }),
  )
  if (decline) {
    refuse(account, intent, charge, paymentMethod, decline)
    return { outcome: 'declined', decline }
  }

  update(intent, {
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: paymentMethod.id,
    status: 'succeeded',
  })
  account.events.emit('charge.succeeded', charge)
  account.events.emit('payment_intent.succeeded', intent)
  payWith(account, invoice, payment, charge.amount)
  return { outcome: 'paid' }
}

function refuse(
  account: Account,
  intent: SimulatedPaymentIntent,
  charge: SimulatedCharge,
  paymentMethod: SimulatedPaymentMethod,
  decline: Decline,
): void {
  const needsAction = decline.name === 'authentication_required'
  update(intent, {
    // A copy: the card itself may be updated later.
    last_payment_error: {
      charge: charge.id,
      payment_method: { ...paymentMethod, card: { ...paymentMethod.card } },
      ...paymentError(decline),
    },
    latest_charge: charge.id,
    payment_method: needsAction ? paymentMethod.id : null,
    next_action: needsAction ? confirmWithBank() : null,
    status: needsAction ? 'requires_action' : 'requires_payment_method',
  })
  account.events.emit('charge.failed', charge)
  account.events.emit('payment_intent.payment_failed', intent)
  if (needsAction) account.events.emit('payment_intent.requires_action', intent)
}

function declineOf(account: Account, invoice: SimulatedInvoice, request: ChargeRequest): Decline | undefined {
  const behaviour = account.cards.get(request.paymentMethod)
  if (!behaviour?.decline || request.confirmed) return undefined
  const works = behaviour.worksFromAttempt !== undefined && invoice.attempt_count >= behaviour.worksFromAttempt
  return works ? undefined : declineNamed(behaviour.decline)
}

function awaitConfirmation(account: Account, intent: SimulatedPaymentIntent, paymentMethod: string): void {
  update(intent, { status: 'requires_action', payment_method: paymentMethod, next_action: confirmWithBank() })
  account.events.emit('payment_intent.requires_action', intent)
}

function confirmWithBank(): SimulatedPaymentIntent['next_action'] {
  return { type: 'use_stripe_sdk', use_stripe_sdk: {} }
}

function invoiceCard(invoice: SimulatedInvoice): string | null {
  const card = invoice.default_payment_method
  return typeof card === 'string' ? card : null
}
