import { setTimeout as sleep } from 'node:timers/promises'
import { AFTERMATHS, pick, STORIES, type Tale } from '../simulator/history/stories.js'
import { rollFor } from '../simulator/random.js'
import { Refusal } from '../simulator/stripe/billing/refusal.js'
import type { SimulatedInvoice } from '../simulator/stripe/objects/invoice.js'
import type { StripeSimulator } from '../simulator/stripe/simulator.js'

const DAY = 24 * 3_600_000

/** Renewals that fail, and what becomes of them: Stripe's retries, what owners and customers do, all from the seed. */
export class Lives {
  readonly #stripe: StripeSimulator
  readonly #seed: string
  readonly #failed = new Set<string>()
  /** Renewals that failed so far. */
  begun = 0

  constructor(stripe: StripeSimulator, seed: string) {
    this.#stripe = stripe
    this.#seed = seed
    stripe.account.events.onEvent(({ objectId, type }) => {
      if (type === 'invoice.paid') this.#paid(objectId)
    })
  }

  /** So many renewals fail within so many milliseconds. */
  async begin(count: number, withinMs: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.#begin()
      await sleep(withinMs / count)
    }
  }

  #begin(): void {
    const name = String(this.begun)
    this.begun += 1
    const roll = (what: string) => rollFor(this.#seed, what, name)
    const story = pick(STORIES, roll('story'))
    const { declines, worksFromAttempt: from } = story
    const { invoice } = this.#stripe.failRenewal({
      email: `customer-${name}@customers.example`,
      declineCode: declines[Math.floor(roll('decline') * declines.length)],
      ...(from && { worksFromAttempt: from[0] + Math.floor(roll('attempt') * (from[1] - from[0] + 1)) }),
    })
    this.#failed.add(invoice.id)
    story.tell?.(this.#taleOf(invoice, () => invoice.status === 'open' || invoice.status === 'uncollectible'))
  }

  /** Money that came back may go again. */
  #paid(id: string): void {
    if (!this.#failed.delete(id)) return
    const tale = this.#taleOf(this.#stripe.invoice(id), () => true)
    const aftermath = pick(AFTERMATHS, tale.roll('aftermath'))
    tale.later('aftermath', DAY / 4, 3 * DAY, () => aftermath.tell?.(tale))
  }

  #taleOf(invoice: SimulatedInvoice, canGoOn: () => boolean): Tale {
    const { account } = this.#stripe
    const roll = (what: string) => rollFor(this.#seed, what, invoice.id)
    const later = (what: string, from: number, to: number, run: () => void) => {
      account.clock.after(from + roll(`when ${what}`) * (to - from), () => canGoOn() && attempt(run))
    }
    return {
      ...{ stripe: this.#stripe, invoice, roll, later },
      subscription: invoice.parent.subscription_details.subscription,
      customer: invoice.customer,
      visit: later,
    }
  }
}

/** Customers act by themselves beside the story: what Stripe refuses by then does not happen. */
function attempt(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
