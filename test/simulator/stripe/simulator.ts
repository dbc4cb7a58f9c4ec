import Koa from 'koa'
import { Faults } from '../faults.js'
import { RateLimit } from '../rate-limit.js'
import { listenOnLoopback, type RunningServer } from '../server.js'
import { Account, type AccountOptions } from './account.js'
import { apiMiddleware } from './api/app.js'
import { CallLog } from './api/call-log.js'
import { IdempotencyKeys } from './api/idempotency.js'
import { ApiKeys } from './api/keys.js'
import { deleteCustomer, markUncollectible, payOutOfBand, voidInvoice } from './billing/closing.js'
import { attemptCollection, endSubscription, payNow } from './billing/collecting.js'
import { failRenewal, type Renewal, type RenewalRequest, renewSubscription } from './billing/renewing.js'
import { attachCard, setDefaultCard } from './billing/sign-up.js'
import { testCard } from './billing/test-cards.js'
import type { SimulatedInvoice } from './objects/invoice.js'
import { PortalSessions } from './portal-sessions.js'
import type { NewWebhookEndpoint, WebhookEndpoint } from './webhooks/endpoint.js'
import { type DeliveryOptions, WebhookSender } from './webhooks/sender.js'

export interface StripeOptions extends AccountOptions {
  /** 0 or absent: a free one. */
  readonly port?: number
  readonly deliveries?: DeliveryOptions
  /** API calls that the account may make in a second; no limit when absent. */
  readonly callsPerSecond?: number
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
  readonly idempotency = new IdempotencyKeys()
  #server: RunningServer | undefined

  constructor(options: StripeOptions = {}) {
    this.account = new Account(options)
    this.keys = new ApiKeys(this.account.id)
    this.webhooks = new WebhookSender(this.account, options.deliveries)
    this.sessions = new PortalSessions(this.account)
    this.faults = new Faults(this.account.random.fork('faults'))
    this.rate = new RateLimit(options.callsPerSecond)
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

  voidInvoice(invoice: string): void {
    voidInvoice(this.account, this.invoice(invoice))
  }

  markUncollectible(invoice: string): void {
    markUncollectible(this.account, this.invoice(invoice))
  }

  cancelSubscription(subscription: string): void {
    endSubscription(this.account, this.account.store.subscriptions.require(subscription), 'cancellation_requested')
  }

  deleteCustomer(customer: string): void {
    deleteCustomer(this.account, this.account.store.customers.require(customer))
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

  async stop(): Promise<void> {
    this.account.clock.stop()
    this.webhooks.stop()
    await this.#server?.stop()
  }

  #parts() {
    const { faults, idempotency, keys, log, rate, sessions, webhooks } = this
    return { faults, idempotency, keys, log, rate, sessions, webhooks }
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
