import type { SimulatedInvoice } from '../stripe/objects/invoice.js'
import type { StripeSimulator } from '../stripe/simulator.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** One failed renewal on its way, and what a story can do with it. */
export interface Tale {
  readonly stripe: StripeSimulator
  readonly invoice: SimulatedInvoice
  readonly subscription: string
  readonly customer: string
  /** In [0, 1), the same for the same words whenever asked. */
  roll(what: string): number
  /** Runs after a time between these two milliseconds, if the invoice can still be paid then. */
  later(what: string, from: number, to: number, run: () => void): void
  /** The same, with the customer on the recovery page or in the portal a minute before. */
  visit(what: string, from: number, to: number, run: () => void): void
}

export interface Story {
  readonly name: string
  /** How often it happens among failed renewals, relative to the others. */
  readonly weight: number
  readonly declines: readonly string[]
  /** For the card: the attempt from which it works again, from and to. */
  readonly worksFromAttempt?: readonly [number, number]
  readonly tell?: (tale: Tale) => void
}

const FUNDS = ['insufficient_funds', 'insufficient_funds', 'card_velocity_exceeded', 'withdrawal_count_limit_exceeded']
const ISSUER = ['generic_decline', 'do_not_honor', 'call_issuer']
const PASSING = ['processing_error', 'issuer_not_available', 'try_again_later']
const CARD = ['expired_card', 'expired_card', 'lost_card', 'stolen_card', 'incorrect_number', 'card_not_supported']
const ANY = [...FUNDS, ...ISSUER, 'expired_card', 'expired_card', 'transaction_not_allowed', 'fraudulent']

/** What becomes of failed renewals. Weights are made up so that the whole looks like a small business, not measured. */
export const STORIES: readonly Story[] = [
  {
    name: 'a retry brings it back',
    weight: 30,
    declines: [...FUNDS, ...FUNDS, ...ISSUER, ...PASSING],
    worksFromAttempt: [2, 4],
  },
  { name: 'the customer saves a new card', weight: 20, declines: [...CARD, ...CARD, ...ISSUER], tell: savesCard },
  {
    name: 'the customer pays on the invoice page',
    weight: 8,
    declines: ['authentication_required', 'authentication_required', ...FUNDS, ...ISSUER],
    tell: paysInvoice,
  },
  { name: 'the network updates the card', weight: 5, declines: ['expired_card'], tell: cardUpdated },
  {
    name: 'paid by bank transfer',
    weight: 2,
    declines: ANY,
    tell: ({ invoice, later, stripe }) => later('transfer', 2 * DAY, 12 * DAY, () => stripe.payOutOfBand(invoice.id)),
  },
  {
    name: 'voided by the owner',
    weight: 2,
    declines: ANY,
    tell: ({ invoice, later, stripe }) => later('void', DAY, 14 * DAY, () => stripe.voidInvoice(invoice.id)),
  },
  {
    name: 'credited by the owner',
    weight: 2,
    declines: ANY,
    tell: ({ invoice, later, stripe }) => later('credit', DAY, 10 * DAY, () => stripe.creditNote(invoice.id)),
  },
  { name: 'credited in part, then paid', weight: 2, declines: [...FUNDS, ...ISSUER], tell: creditedInPart },
  { name: 'paid in part', weight: 2, declines: [...FUNDS, ...ISSUER], tell: paidInPart },
  { name: 'given up by the owner', weight: 3, declines: ANY, tell: givenUp },
  {
    name: 'the customer cancels',
    weight: 5,
    declines: ANY,
    tell: ({ later, stripe, subscription }) => {
      later('cancel', HOUR, 9 * DAY, () => stripe.cancelSubscription(subscription))
    },
  },
  {
    name: 'the customer is deleted',
    weight: 1,
    declines: ANY,
    tell: ({ customer, later, stripe }) => later('delete', DAY, 9 * DAY, () => stripe.deleteCustomer(customer)),
  },
  { name: 'held while the customer is away', weight: 2, declines: [...CARD, ...FUNDS], tell: heldAndPaid },
  { name: 'nobody does anything', weight: 16, declines: ANY },
]

/** What comes after a recovery: most often nothing. Weights as above, per hundred. */
export const AFTERMATHS: readonly Story[] = [
  { name: 'nothing', weight: 90, declines: [] },
  {
    name: 'refunded',
    weight: 3,
    declines: [],
    tell: ({ invoice, stripe }) => void stripe.refund(invoice.id, { reason: 'requested_by_customer' }),
  },
  {
    name: 'refunded in part',
    weight: 2,
    declines: [],
    tell: ({ invoice, roll, stripe }) => {
      const amount = part(invoice.amount_paid, 0.2 + 0.6 * roll('refunded part'))
      stripe.refund(invoice.id, { amount })
    },
  },
  {
    name: 'refunded, and the bank refuses the refund',
    weight: 1,
    declines: [],
    tell: ({ invoice, later, stripe }) => {
      const refund = stripe.refund(invoice.id)
      later('refund fails', DAY, 3 * DAY, () => stripe.failRefund(refund.id))
    },
  },
  { name: 'disputed', weight: 3, declines: [], tell: disputed },
  {
    name: 'credited after payment',
    weight: 1,
    declines: [],
    tell: ({ invoice, roll, stripe }) => {
      stripe.creditNote(invoice.id, { amount: part(invoice.amount_paid, 0.3 + 0.5 * roll('credited part')) })
    },
  },
]

/** A new default card; what is open is paid by Stripe's next retry with it. */
function savesCard({ customer, roll, stripe, visit }: Tale): void {
  const [from, to] = roll('patience') < 0.6 ? [10 * 60_000, 12 * HOUR] : [DAY, 6 * DAY]
  visit('saves a card', from, to, () => stripe.saveCard(customer))
}

function paysInvoice({ invoice, stripe, visit }: Tale): void {
  visit('pays', 15 * 60_000, 5 * DAY, () => stripe.pay(invoice.id))
}

function cardUpdated({ customer, later, stripe }: Tale): void {
  later('card update', 6 * HOUR, 4 * DAY, () => stripe.updateCardAutomatically(customer))
}

function creditedInPart({ invoice, later, roll, stripe }: Tale): void {
  const amount = part(invoice.amount_remaining, 0.2 + 0.4 * roll('credited part'))
  later('part credited', HOUR, 2 * DAY, () => stripe.creditNote(invoice.id, { amount }))
  later('rest paid', 3 * DAY, 6 * DAY, () => stripe.pay(invoice.id))
}

function paidInPart({ invoice, later, roll, stripe }: Tale): void {
  const amount = part(invoice.amount_remaining, 0.3 + 0.4 * roll('paid part'))
  later('part paid', HOUR, 3 * DAY, () => stripe.payPart(invoice.id, amount))
  if (roll('pays the rest') < 0.5) later('rest paid', 4 * DAY, 8 * DAY, () => stripe.pay(invoice.id))
}

function givenUp({ invoice, later, roll, stripe }: Tale): void {
  later('given up', 9 * DAY, 16 * DAY, () => stripe.markUncollectible(invoice.id))
  if (roll('pays after all') < 0.3) later('pays after all', 18 * DAY, 28 * DAY, () => stripe.pay(invoice.id))
}

function heldAndPaid({ customer, later, stripe, subscription, visit }: Tale): void {
  later('held', HOUR, DAY, () => stripe.pauseCollection(subscription))
  later('released', 5 * DAY, 6 * DAY, () => stripe.resumeCollection(subscription))
  visit('saves a card', 6 * DAY, 7 * DAY, () => stripe.saveCard(customer))
}

function disputed({ invoice, later, roll, stripe }: Tale): void {
  const dispute = stripe.dispute(invoice.id)
  const end = roll('verdict')
  if (end < 0.8) later('verdict', 7 * DAY, 25 * DAY, () => stripe.closeDispute(dispute.id, end < 0.4 ? 'won' : 'lost'))
}

/** Never nothing and never all, in whole minor units. */
function part(amount: number, share: number): number {
  return Math.min(Math.max(1, Math.round(amount * share)), Math.max(1, amount - 1))
}

/** @param roll in [0, 1) */
export function pick<T extends { readonly weight: number }>(from: readonly T[], roll: number): T {
  let left = roll * from.reduce((sum, { weight }) => sum + weight, 0)
  for (const one of from) {
    left -= one.weight
    if (left < 0) return one
  }
  return from.at(-1)!
}
