import { rollFor } from '../random.js'
import { type RenewalFate, renewWhenDue } from '../stripe/billing/calendar.js'
import type { Renewal } from '../stripe/billing/renewing.js'
import { attachCard, signUp, subscribe } from '../stripe/billing/sign-up.js'
import type { SimulatedInvoice } from '../stripe/objects/invoice.js'
import type { SimulatedSubscription } from '../stripe/objects/subscription.js'
import type { StripeSimulator } from '../stripe/simulator.js'
import { AFTERMATHS, pick, STORIES, type Story, type Tale } from './stories.js'

const MINUTE = 60_000
const DAY = 24 * 3_600_000

export interface HistoryOptions {
  /** Milliseconds since 1970: where it begins, and where it has come when it is over. */
  readonly from: number
  readonly until: number
  /** Subscribers at the beginning. */
  readonly customers?: number
  /** Newly signed up every thirty days, as a share of those at the beginning. */
  readonly growth?: number
  /** Share of renewals that fail. */
  readonly failures?: number
  /** Told when a customer comes to act on a failed renewal; what they do there happens a minute later. */
  readonly onVisit?: (invoice: SimulatedInvoice) => void
}

/**
 * A history of subscription lives in a simulated Stripe account, from its seed alone: customers of the book sign up,
 * renew, fail, come back, pay in part, get credits and refunds, dispute, cancel. The account's clock is set to its
 * beginning; whoever made it steps through it, and ends it, which gives the clock back to real time.
 */
export class History {
  readonly #stripe: StripeSimulator
  readonly #options: Required<Omit<HistoryOptions, 'onVisit'>> & Pick<HistoryOptions, 'onVisit'>

  /** Failed invoices that are not paid yet. */
  readonly #failed = new Set<string>()

  constructor(stripe: StripeSimulator, options: HistoryOptions) {
    this.#stripe = stripe
    this.#options = { customers: 300, growth: 0.05, failures: 0.1, ...options }
    stripe.account.clock.setTo(options.from)
    stripe.account.events.onEvent(({ objectId, type }) => {
      if (type === 'invoice.paid') this.#paid(objectId)
    })
    this.#peopleIt()
  }

  /** Goes to the next thing that happens; false when the end is reached. */
  step(): boolean {
    const { clock } = this.#stripe.account
    const left = this.#options.until - clock.now()
    const wait = clock.untilNext() ?? left
    clock.advance(Math.min(wait, left))
    return wait < left
  }

  /** Back to real time; what is planned beyond the end still happens, on its date. */
  end(): void {
    this.#stripe.account.clock.release()
  }

  #peopleIt(): void {
    const { customers, from, growth, until } = this.#options
    const { clock } = this.#stripe.account
    for (let nth = 0; nth < customers; nth += 1) this.#welcome(nth, true)
    const newcomers = Math.round((customers * growth * (until - from)) / (30 * DAY))
    for (let nth = customers; nth < customers + newcomers; nth += 1) {
      clock.after(this.#roll('sign-up', String(nth)) * (until - from), () => this.#welcome(nth, false))
    }
  }

  /** A customer with a card that works and a subscription: somewhere in its period, or just begun. */
  #welcome(nth: number, isEarlier: boolean): void {
    const { account } = this.#stripe
    const { customer, plan } = signUp(account)
    const card = attachCard(account, customer, { behaviour: { decline: null } })
    const ownCard = this.#roll('own card', customer.id) < 0.15
    if (!ownCard) customer.invoice_settings.default_payment_method = card.id
    const period = (plan.interval === 'year' ? 365 : 30) * DAY
    const left = isEarlier ? this.#roll('phase', String(nth)) * period : period
    const subscription = subscribe(account, customer, {
      plan,
      endsIn: Math.ceil(left / 1000),
      ...(ownCard && { ownCard: card.id }),
    })
    if (!isEarlier) {
      account.events.emit('customer.created', customer)
      account.events.emit('customer.subscription.created', subscription)
    }
    let story: Story | undefined
    let renewals = 0
    renewWhenDue(account, subscription, {
      fateOf: () => {
        renewals += 1
        story = this.#storyOf(subscription, renewals)
        return story ? this.#fateIn(story, subscription, renewals) : {}
      },
      onRenewed: (renewal) => this.#renewed(renewal, story),
    })
  }

  /**
   * What the dice decide for a subscription's nth renewal, whatever its date: undefined when it goes through. A card that
   * failed keeps failing until somebody does something.
   */
  #storyOf({ id, status }: SimulatedSubscription, nth: number): Story | undefined {
    const roll = (what: string) => this.#roll(what, id, String(nth))
    if (status === 'past_due' || roll('fails') >= this.#options.failures) return undefined
    return pick(STORIES, roll('story'))
  }

  #fateIn({ declines, worksFromAttempt: from }: Story, { id }: SimulatedSubscription, nth: number): RenewalFate {
    const roll = (what: string) => this.#roll(what, id, String(nth))
    return {
      declineCode: declines[Math.floor(roll('decline') * declines.length)],
      ...(from && { worksFromAttempt: from[0] + Math.floor(roll('attempt') * (from[1] - from[0] + 1)) }),
    }
  }

  #renewed({ invoice }: Renewal, story: Story | undefined): void {
    if (invoice.status !== 'open') return
    this.#failed.add(invoice.id)
    story?.tell?.(this.#taleOf(invoice, () => invoice.status === 'open' || invoice.status === 'uncollectible'))
  }

  /** Money that came back may go again; and a card that was charged works from then on. */
  #paid(id: string): void {
    const { cards, store } = this.#stripe.account
    const card = store.intentOf(id)?.payment_method
    if (card === null || card === undefined) return
    cards.set(card, { decline: null })
    if (!this.#failed.delete(id)) return
    const tale = this.#taleOf(store.invoices.require(id), () => true)
    const aftermath = pick(AFTERMATHS, tale.roll('aftermath'))
    tale.later('aftermath', DAY, 20 * DAY, () => aftermath.tell?.(tale))
  }

  #taleOf(invoice: SimulatedInvoice, canGoOn: () => boolean): Tale {
    const roll = (what: string) => this.#roll(what, invoice.id)
    const { account } = this.#stripe
    const { onVisit } = this.#options
    const later = (what: string, from: number, to: number, run: () => void) => {
      account.clock.after(from + roll(`when ${what}`) * (to - from), () => canGoOn() && run())
    }
    return {
      stripe: this.#stripe,
      invoice,
      subscription: invoice.parent.subscription_details.subscription,
      customer: invoice.customer,
      roll,
      later,
      visit(what, from, to, run) {
        later(what, from, to, () => {
          onVisit?.(invoice)
          later(`${what} there`, MINUTE, MINUTE, run)
        })
      },
    }
  }

  #roll(what: string, ...of: string[]): number {
    return rollFor(this.#stripe.account.seed, 'history', what, ...of)
  }
}
