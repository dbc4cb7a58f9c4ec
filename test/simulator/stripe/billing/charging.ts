import type { Account } from '../account.js'
import { type Decline, declineNamed, paymentError } from '../declines.js'
import { buildCharge } from '../objects/charge.js'
import type { SimulatedInvoice } from '../objects/invoice.js'
import type { SimulatedPaymentIntent } from '../objects/payment-intent.js'
import { update } from '../objects/wire.js'
import { settleInvoice } from './settling.js'

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
  const subscription = account.store.subscriptions.require(invoice.parent.subscription_details.subscription)
  const customer = account.store.customers.require(invoice.customer)
  return invoiceCard(invoice) ?? subscription.default_payment_method ?? customer.invoice_settings.default_payment_method
}

/**
 * Charges a card for what an invoice leaves open, with the charge's and the payment intent's events. The invoice's own
 * failure (attempt, next attempt, its events) is the caller's; its payment is settled here.
 */
export function chargeInvoice(account: Account, invoice: SimulatedInvoice, request: ChargeRequest): ChargeResult {
  const intent = account.store.intentOf(invoice.id)!
  const decline = declineOf(account, invoice, request)
  if (decline?.name === 'authentication_required' && request.onSession) {
    awaitConfirmation(account, intent, request.paymentMethod)
    return { outcome: 'confirmation needed' }
  }

  const charge = account.store.charges.add(
    buildCharge({
      id: account.ids.next('ch', invoice.id),
      created: account.clock.seconds(),
      intent,
      paymentMethod: account.store.paymentMethods.require(request.paymentMethod),
      amount: invoice.amount_remaining,
      decline,
    }),
  )
  if (decline) {
    const needsAction = decline.name === 'authentication_required'
    Object.assign(intent, {
      last_payment_error: {
        charge: charge.id,
        payment_method: account.store.paymentMethods.require(request.paymentMethod),
        ...paymentError(decline),
      },
      latest_charge: charge.id,
      payment_method: needsAction ? request.paymentMethod : null,
      next_action: needsAction ? confirmWithBank() : null,
      status: needsAction ? 'requires_action' : 'requires_payment_method',
    })
    account.events.emit('charge.failed', charge)
    account.events.emit('payment_intent.payment_failed', intent)
    if (needsAction) account.events.emit('payment_intent.requires_action', intent)
    return { outcome: 'declined', decline }
  }

  Object.assign(intent, {
    amount_received: invoice.amount_remaining,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: request.paymentMethod,
    status: 'succeeded',
  })
  account.events.emit('charge.succeeded', charge)
  account.events.emit('payment_intent.succeeded', intent)
  settleInvoice(account, invoice)
  return { outcome: 'paid' }
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
