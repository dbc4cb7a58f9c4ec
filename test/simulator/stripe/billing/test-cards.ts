import type { CardBehaviour } from '../account.js'
import type { CardFacts, SimulatedPaymentMethod } from '../objects/payment-method.js'

export interface TestCard {
  /** As one types it, without spaces. */
  readonly number: string
  readonly brand: string
  /** For people: what happens with this card. */
  readonly says: string
  readonly behaviour: CardBehaviour
  /** Declined already when it is entered, so that it is never saved. */
  readonly refusedAtEntry?: boolean
}

/** Stripe's test cards, as far as the pages offer them. Source: docs.stripe.com/testing */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'visa', says: 'works', behaviour: { decline: null } },
  { number: '5555555555554444', brand: 'mastercard', says: 'works', behaviour: { decline: null } },
  {
    number: '4000002760003184',
    brand: 'visa',
    says: 'can be saved, the bank wants each payment confirmed',
    behaviour: { decline: 'authentication_required' },
  },
  {
    number: '4000000000000341',
    brand: 'visa',
    says: 'can be saved, every charge is declined',
    behaviour: { decline: 'generic_decline' },
  },
  {
    number: '4000000000000002',
    brand: 'visa',
    says: 'declined at once',
    behaviour: { decline: 'generic_decline' },
    refusedAtEntry: true,
  },
]

export function testCard(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === number.replace(/\s+/g, ''))
}

/** Valid for three more years, or, for a card that fails as expired, until last month. */
export function cardFacts(
  brand: string,
  last4: string,
  country: string,
  nowSeconds: number,
  expired = false,
): CardFacts {
  const valid = monthsFrom(nowSeconds, expired ? -1 : 36)
  return { brand, last4, country, expMonth: valid.month, expYear: valid.year }
}

/** Time passes and the card ran out last month: nobody sends an event for that. */
export function expireCard({ card }: SimulatedPaymentMethod, nowSeconds: number): void {
  const { month, year } = monthsFrom(nowSeconds, -1)
  Object.assign(card, { exp_month: month, exp_year: year })
}

function monthsFrom(seconds: number, months: number): { readonly month: number; readonly year: number } {
  const date = new Date(seconds * 1000)
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  return { month: date.getUTCMonth() + 1, year: date.getUTCFullYear() }
}
