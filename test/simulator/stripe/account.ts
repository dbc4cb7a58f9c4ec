import type Stripe from 'stripe'
import { Clock, type ClockOptions } from '../clock.js'
import { Ids } from '../ids.js'
import { Random } from '../random.js'
import { EventLog } from './event-log.js'
import { FailureLog } from './failures.js'
import { Store } from './store.js'

const DAY = 24 * 3600 * 1000

export interface AccountSettings {
  /** Waits between attempts in life, in milliseconds; the clock's speed shortens them. */
  readonly retrySchedule: readonly number[]
  /** What becomes of the subscription when the last retry failed. */
  readonly afterRetries: 'cancel' | 'unpaid' | 'past_due'
  /** Accounts on billing automations learn of the next attempt by `invoice.updated`, not in `payment_failed`. */
  readonly billingAutomations: boolean
  /** Without a saved default configuration no portal session can be made. */
  readonly portalConfigured: boolean
}

export interface AccountOptions extends Partial<AccountSettings> {
  readonly seed?: string | undefined
  readonly id?: string
  readonly name?: string
  readonly country?: string
  readonly livemode?: boolean
  /** The default version: of events as they are listed, of webhook endpoints and of calls that name none. */
  readonly apiVersion?: string
  readonly clock?: ClockOptions
}

/** How a card behaves when it is charged. */
export interface CardBehaviour {
  /** Name of its decline, or null for a card that works. */
  readonly decline: string | null
  /** The attempt (as `attempt_count` counts) from which it works again, such as when pay day has come. */
  readonly worksFromAttempt?: number
}

/** The state of one simulated Stripe account. What happens to it is in `billing/`. */
export class Account {
  readonly seed: string
  readonly id: string
  readonly name: string
  readonly country: string
  readonly livemode: boolean
  readonly settings: AccountSettings
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly store = new Store()
  readonly events: EventLog
  readonly failures: FailureLog
  readonly cards = new Map<string, CardBehaviour>()
  /** Cancels the scheduled retry of an invoice. */
  readonly retries = new Map<string, () => void>()
  /** Where its pages are; known once the server listens. */
  baseUrl = 'http://127.0.0.1'

  constructor(options: AccountOptions = {}) {
    this.seed = options.seed ?? 'secondloop'
    this.random = new Random(`${this.seed}/account`)
    this.ids = new Ids(this.seed)
    this.id = options.id ?? this.ids.next('acct', '', 16)
    this.name = options.name ?? 'Fernhill'
    this.country = options.country ?? 'US'
    this.livemode = options.livemode ?? false
    this.clock = new Clock(options.clock)
    this.events = new EventLog(this.clock, this.ids, this.store)
    if (options.apiVersion !== undefined) this.events.apiVersion = options.apiVersion
    this.failures = new FailureLog(this.events, this.store)
    this.settings = {
      retrySchedule: options.retrySchedule ?? [DAY, 3 * DAY, 5 * DAY, 7 * DAY],
      afterRetries: options.afterRetries ?? 'past_due',
      billingAutomations: options.billingAutomations ?? false,
      portalConfigured: options.portalConfigured ?? true,
    }
  }

  /** `GET /v1/account`. */
  asStripeAccount(): Stripe.Account {
    return {
      id: this.id,
      object: 'account',
      business_profile: {
        annual_revenue: null,
        estimated_worker_count: null,
        mcc: '5734',
        minority_owned_business_designation: null,
        name: this.name,
        product_description: null,
        specified_commercial_transactions_act_url: null,
        support_address: null,
        support_email: null,
        support_phone: null,
        support_url: null,
        url: null,
      },
      business_type: 'company',
      capabilities: { card_payments: 'active', transfers: 'active' },
      charges_enabled: true,
      country: this.country,
      created: this.clock.seconds(),
      default_currency: 'usd',
      details_submitted: true,
      email: 'owner@simulated.example',
      metadata: {},
      payouts_enabled: true,
      settings: null,
      type: 'standard',
    }
  }
}
