import { describe, expect, it } from '@jest/globals'
import { presentTimeline } from '../../../src/web/presenters/timeline.js'
import { aCase, anEntry, aView } from './factories.js'

function say(kind: string, detail: Record<string, unknown> = {}) {
  const [line] = presentTimeline(aCase(), [anEntry(kind, detail)], [], aView()).lines
  return line && [line.title, line.detail]
}

describe('the proof of a new card', () => {
  it.each([
    ['card_changed', { by: 'customer', card: 'Visa ending 4242' }, ['Card changed', 'Now Visa ending 4242.']],
    ['card_changed', { by: 'customer', card: null }, ['Card changed', '']],
    [
      'card_changed',
      { by: 'network', card: 'Visa ending 1881' },
      ['Card renewed', 'Now Visa ending 1881. The card network told Stripe.'],
    ],
    ['payment_made', {}, ['Charged by us', 'Stripe took the payment']],
    [
      'payment_declined',
      { code: 'insufficient_funds' },
      ['Card declined', 'We had it charged. There is not enough money on the card.'],
    ],
    [
      'payment_withheld',
      { reason: 'switched_off' },
      ['Not charged by us', 'Paying with a changed card is switched off. Stripe’s next attempt charges it, or you do.'],
    ],
    ['payment_withheld', { reason: 'of tomorrow' }, ['Not charged by us', 'It was not allowed']],
    ['subscription_card_changed', {}, ['Subscription changed to the new card', 'The next renewals are charged to it']],
  ])('says of %s %j: %j', (kind, detail, words) => {
    expect(say(kind, detail)).toEqual(words)
  })
})
