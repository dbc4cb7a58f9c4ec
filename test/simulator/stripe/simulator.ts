import Koa from 'koa'
import { Faults } from '../faults.js'
import { RateLimit } from '../rate-limit.js'
import { listenOnLoopback, type RunningServer } from '../server.js'
import { Account, type AccountOptions } from './account.js'
import { apiMiddleware } from './api/app.js'
import { CallLog } from './api/call-log.js'
import { EndpointRate } from './api/endpoint-rate.js'
import { IdempotencyKeys } from './api/idempotency.js'
import { ApiKeys } from './api/keys.js'
import { cardOf, detachCard, updateCardAutomatically } from './billing/card-changes.js'
import { markUncollectible, payOutOfBand, voidInvoice } from './billing/closing.js'
import { attemptCollection, payNow } from './billing/collecting.js'
import { type CreditNoteRequest, creditInvoice, voidCreditNote } from './billing/crediting.js'
import { closeDispute, type DisputeRequest, disputeInvoice } from './billing/disputing.js'
import { finalizeInvoice } from './billing/drawing.js'
import { cancelAtPeriodEnd, deleteCustomer, endSubscription } from './billing/ending.js'
import { payPart } from './billing/part-payments.js'
import {
  type CollectionPause,
  pauseCollection,
  pauseSubscription,
  resumeCollection,
  resumeSubscription,
} from './billing/pausing.js'
import { failRefund, type RefundFailure, type RefundRequest, refundInvoice } from './billing/refunding.js'
import { endPeriod, failRenewal, type Renewal, type RenewalRequest, renewSubscription } from './billing/renewing.js'
import { attachCard, setDefaultCard } from './billing/sign-up.js'
import { testCard } from './billing/test-cards.js'
import type { SimulatedCreditNote } from './objects/credit-note.js'
import type { SimulatedDispute } from './objects/dispute.js'
import type { SimulatedInvoice } from './objects/invoice.js'
import type { SimulatedPaymentMethod } from './objects/payment-method.js'
import type { SimulatedRefund } from './objects/refund.js'
import type { SimulatedSubscription } from './objects/subscription.js'
import { PortalSessions } from './portal-sessions.js'
import type { NewWebhookEndpoint, WebhookEndpoint } from './webhooks/endpoint.js'
import { type DeliveryOptions, WebhookSender } from './webhooks/sender.js'

export interface StripeOptions extends AccountOptions {
  /** 0 or absent: a free one. */
  readonly port?: number
  readonly deliveries?: DeliveryOptions
  /** API calls that the account may make in a second; no limit when absent. */
  readonly callsPerSecond?: number
  /** As Stripe limits them: 100 a second live, 25 in a sandbox, and 25 of one operation. */
  readonly rateLimits?: boolean
}

const WORKING_CARD = '4242424242424242'

/** One simulated Stripe account: what a test does to it, and what it saw. */
export class StripeSimulator {
  readonly account: Account
  readonly keys: ApiKeys
  readonly webhooks: WebhookSender
  readonly sessions: PortalSessions
  readonly faults: Faults
  readonly log = new CallLog()
  readonly rate: RateLimit
  readonly endpointRate: EndpointRate
  readonly idempotency = new IdempotencyKeys()
  #server: RunningServer | undefined

  constructor(options: StripeOptions = {}) {
    this.account = new Account(options)
    this.keys = new ApiKeys(this.account)
    this.webhooks = new WebhookSender(this.account, options.deliveries)
    this.sessions = new PortalSessions(this.account)
    this.faults = new Faults(this.account.random.fork('faults'))
    const ofAll = this.account.livemode ? 100 : 25
    this.rate = new RateLimit(options.callsPerSecond ?? (options.rateLimits ? ofAll : undefined))
    this.endpointRate = new EndpointRate(options.rateLimits ? 25 : undefined)
  }

  /** Such as `http://127.0.0.1:4010`. */
  get url(): string {
    return this.account.baseUrl
  }

  /** For `new Stripe(key, simulator.sdkOptions)`. */
  get sdkOptions(): { host: string; port: number; protocol: 'http' } {
    return { host: '127.0.0.1', port: this.#running().port, protocol: 'http' }
  }

  /** A restricted key (`rk_test_…`) with these permissions, or one that may do everything. Gives the key itself. */
  addKey(permissions: readonly string[] | 'all' = 'all', key?: string): string {
    const mode = this.account.livemode ? 'live' : 'test'
    const made = key ?? this.account.ids.next(`rk_${mode}`, 'key', 24)
    return this.keys.add(made, permissions).key
  }

  addWebhookEndpoint(wanted: NewWebhookEndpoint): WebhookEndpoint {
    return this.webhooks.addEndpoint(wanted)
  }

  /** A subscription falls due and its charge fails. */
  failRenewal(request: RenewalRequest = {}): Renewal {
    return failRenewal(this.account, request)
  }

  /** A subscription falls due and is charged with the card it has, a working one when it has none. */
  renew(request: RenewalRequest = {}): Renewal {
    return renewSubscription(this.account, request)
  }

  /** The customer saves this test card in the portal. The open invoice is not paid by that. */
  saveCard(customer: string, cardNumber = WORKING_CARD): string {
    const found = this.account.store.customers.require(customer)
    const method = attachCard(this.account, found, cardBy(cardNumber))
    this.account.events.emit('payment_method.attached', method)
    setDefaultCard(this.account, found, method.id)
    return method.id
  }

  /** The customer pays on the hosted page, with a card that works unless another number is given. */
  pay(invoice: string, cardNumber = WORKING_CARD): SimulatedInvoice {
    const found = this.invoice(invoice)
    if (found.status !== 'open' && found.status !== 'uncollectible') return found
    const customer = this.account.store.customers.require(found.customer)
    const method = attachCard(this.account, customer, cardBy(cardNumber))
    payNow(this.account, found, { paymentMethod: method.id, onSession: true })
    return found
  }

  /** The owner charges a part of what remains (minor units) to a card; whether that went through shows on the invoice. */
  payPart(invoice: string, amount: number, { card = WORKING_CARD }: { readonly card?: string } = {}): SimulatedInvoice {
    const found = this.invoice(invoice)
    const customer = this.account.store.customers.require(found.customer)
    const method = attachCard(this.account, customer, cardBy(card))
    payPart(this.account, found, amount, method.id)
    return found
  }

  /** The owner marks it as paid by other means. */
  payOutOfBand(invoice: string): void {
    payOutOfBand(this.account, this.invoice(invoice))
  }

  /** Stripe's next scheduled attempt at this invoice happens now. */
  retry(invoice: string): SimulatedInvoice {
    const found = this.invoice(invoice)
    attemptCollection(this.account, found)
    return found
  }

  /** Takes an invoice back that has no payments. */
  voidInvoice(invoice: string): void {
    voidInvoice(this.account, this.invoice(invoice))
  }

  markUncollectible(invoice: string): void {
    markUncollectible(this.account, this.invoice(invoice))
  }

  /** A draft, such as paused collection leaves, asks for its money from now on. */
  finalizeInvoice(invoice: string): SimulatedInvoice {
    const found = this.invoice(invoice)
    finalizeInvoice(this.account, found)
    return found
  }

  /**
   * What was charged for an invoice goes back, all or `amount` (minor units). With `fails` the bank then refuses it. Gives
   * the refund of the newest charge, should several have been refunded.
   */
  refund(invoice: string, { fails, ...request }: RefundRequest & { readonly fails?: boolean } = {}): SimulatedRefund {
    const refunds = refundInvoice(this.account, this.invoice(invoice), request)
    if (fails) for (const refund of refunds) this.failRefund(refund.id)
    return refunds[0]!
  }

  failRefund(refund: string, reason: RefundFailure = 'expired_or_canceled_card'): void {
    failRefund(this.account, this.account.store.refunds.require(refund), reason)
  }

  /** The customer disputes what was charged for an invoice; it waits for an answer until `closeDispute`. */
  dispute(invoice: string, request: DisputeRequest = {}): SimulatedDispute {
    return disputeInvoice(this.account, this.invoice(invoice), request)
  }

  closeDispute(dispute: string, outcome: 'won' | 'lost'): void {
    closeDispute(this.account, this.account.store.disputes.require(dispute), outcome)
  }

  /**
   * Credits an invoice: what remains to pay, or `amount` (minor units). What was paid already goes to the customer's
   * balance, with `refund` back to the card, with `outOfBand` another way.
   */
  creditNote(
    invoice: string,
    {
      outOfBand,
      refund,
      ...request
    }: Omit<CreditNoteRequest, 'givenBack'> & { readonly refund?: boolean; readonly outOfBand?: boolean } = {},
  ): SimulatedCreditNote {
    const givenBack = refund ? 'refund' : outOfBand ? 'out of band' : 'balance'
    return creditInvoice(this.account, this.invoice(invoice), { ...request, givenBack })
  }

  voidCreditNote(creditNote: string): void {
    voidCreditNote(this.account, this.account.store.creditNotes.require(creditNote))
  }

  cancelSubscription(subscription: string): void {
    endSubscription(this.account, this.subscription(subscription), 'cancellation_requested')
  }

  /** It ends when its period does; `false` takes that back. */
  cancelAtPeriodEnd(subscription: string, wanted = true): void {
    cancelAtPeriodEnd(this.account, this.subscription(subscription), wanted)
  }

  /** Its period ends: it renews, or it ends where it was to be canceled, or nothing happens while it is paused. */
  endPeriod(subscription: string, request: Omit<RenewalRequest, 'subscription'> = {}): Renewal | undefined {
    return endPeriod(this.account, { ...request, subscription })
  }

  /** It renews, and what is drawn meanwhile is kept as drafts, voided or marked uncollectible. */
  pauseCollection(subscription: string, pause: CollectionPause = {}): void {
    pauseCollection(this.account, this.subscription(subscription), pause)
  }

  resumeCollection(subscription: string): void {
    resumeCollection(this.account, this.subscription(subscription))
  }

  /** It gets the status `paused`: no service and no invoices. */
  pauseSubscription(subscription: string): void {
    pauseSubscription(this.account, this.subscription(subscription))
  }

  /** Without an invoice; with `now` a new period begins and is charged, and only its payment resumes the subscription. */
  resumeSubscription(subscription: string, { anchor = 'unchanged' }: { anchor?: 'now' | 'unchanged' } = {}): void {
    resumeSubscription(this.account, this.subscription(subscription), { anchor, chargesNow: true })
  }

  /** The network renews a card, by its own id or its customer's: it works again. Gives the card. */
  updateCardAutomatically(id: string): SimulatedPaymentMethod {
    const { customers, paymentMethods } = this.account.store
    const method = paymentMethods.get(id) ?? cardOf(this.account, customers.require(id))
    if (!method) throw new Error(`${id} has no card`)
    updateCardAutomatically(this.account, method)
    return method
  }

  detachCard(paymentMethod: string): void {
    detachCard(this.account, this.account.store.paymentMethods.require(paymentMethod))
  }

  deleteCustomer(customer: string): void {
    deleteCustomer(this.account, this.account.store.customers.require(customer))
  }

  subscription(id: string): SimulatedSubscription {
    return this.account.store.subscriptions.require(id)
  }

  /** The live object. */
  invoice(id: string): SimulatedInvoice {
    return this.account.store.invoices.require(id)
  }

  async listen(port = 0, pages: readonly Koa.Middleware[] = []): Promise<void> {
    const app = new Koa()
    app.silent = true
    app.use(apiMiddleware({ ...this.#parts(), account: this.account }))
    for (const page of pages) app.use(page)
    this.#server = await listenOnLoopback(app, port)
    this.account.baseUrl = this.#server.url
  }

  /** Rejects when something was asked for that is not simulated, and nobody has taken note of it. */
  async stop(): Promise<void> {
    this.account.clock.stop()
    this.webhooks.stop()
    await this.#server?.stop()
    this.log.unbuilt.assertNone('Stripe')
  }

  #parts() {
    const { endpointRate, faults, idempotency, keys, log, rate, sessions, webhooks } = this
    return { endpointRate, faults, idempotency, keys, log, rate, sessions, webhooks }
  }

  #running(): RunningServer {
    if (!this.#server) throw new Error('The simulated Stripe does not listen yet')
    return this.#server
  }
}

function cardBy(number: string) {
  const card = testCard(number)
  if (!card) throw new Error(`No such test card: ${number}`)
  return { behaviour: card.behaviour, brand: card.brand, last4: card.number.slice(-4) }
}
