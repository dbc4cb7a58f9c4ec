import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type CardHintKind,
  type CardOnFile,
  type CardsOnFile,
  chargedCard,
  type HintAtCard,
  isPinnedAway,
  newCardOf,
} from '../../src/domain/new-card.js'

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 2, 9, minutes))
const FAILED_AT = at(10)
const card = (id: string, createdAt = at(0), face: string | null = `${id} 4/2029`): CardOnFile => ({
  id,
  createdAt,
  brand: 'visa',
  last4: '4242',
  face,
})
const cards = (parts: Partial<CardsOnFile>): CardsOnFile => ({
  invoiceCard: null,
  subscriptionCard: null,
  customerCard: null,
  failed: [{ id: 'old', face: 'old 4/2029' }],
  ...parts,
})
const hint = (kind: CardHintKind, paymentMethodId: string | null, minutes: number): HintAtCard => ({
  kind,
  paymentMethodId,
  at: at(minutes),
})
const found = (parts: Partial<CardsOnFile>, hints: HintAtCard[] = []) => {
  const newCard = newCardOf(cards(parts), hints, FAILED_AT)
  return newCard && { id: newCard.card.id, by: newCard.by, at: newCard.at }
}

describe('a new card', () => {
  it('is a default that was made after the failure', () => {
    expect(found({ customerCard: card('new', at(11)) })).toEqual({ id: 'new', by: 'customer', at: at(11) })
  })

  it('is an older card that was chosen after the failure', () => {
    expect(found({ customerCard: card('older') }, [hint('default_changed', 'older', 12)])).toEqual({
      id: 'older',
      by: 'customer',
      at: at(12),
    })
  })

  it('is not a default that was there before, though another one failed', () => {
    expect(found({ customerCard: card('older') })).toBeNull()
    expect(found({ customerCard: card('older') }, [hint('default_changed', 'older', 9)])).toBeNull()
  })

  it('is not one that is merely attached', () => {
    expect(found({ customerCard: card('old') }, [hint('attached', 'new', 12)])).toBeNull()
  })

  it('is not one that failed since', () => {
    const failed = [{ id: 'new', face: null }]
    expect(found({ customerCard: card('new', at(11)), failed })).toBeNull()
  })

  it('is the subscription’s own, when that was changed', () => {
    const parts = { subscriptionCard: card('own', at(11)), customerCard: card('old') }
    expect(found(parts)).toMatchObject({ id: 'own' })
  })

  it('is the customer’s, when the subscription keeps the old one', () => {
    const parts = { subscriptionCard: card('old'), customerCard: card('new', at(11)) }
    expect(found(parts)).toMatchObject({ id: 'new' })
    expect(isPinnedAway(cards(parts), 'new')).toBe(true)
  })

  it('is the customer’s, when the subscription gave up its own', () => {
    expect(found({ customerCard: card('older') }, [hint('default_changed', null, 12)])).toMatchObject({ id: 'older' })
  })

  it.each([
    ['updated', 'customer'],
    ['network_updated', 'network'],
  ] as const)('is the old one, when it was %s since', (kind, by) => {
    expect(found({ customerCard: card('old', at(0), 'old 4/2031') }, [hint(kind, 'old', 12)])).toEqual({
      id: 'old',
      by,
      at: at(12),
    })
  })

  it('is not the old one, when number and date stayed what they were', () => {
    expect(found({ customerCard: card('old') }, [hint('updated', 'old', 12)])).toBeNull()
  })

  it('is the old one, when nobody can tell what it was and the network renewed it', () => {
    const failed = [{ id: 'old', face: null }]
    expect(found({ customerCard: card('old'), failed }, [hint('network_updated', 'old', 12)])).toMatchObject({
      id: 'old',
    })
  })

  it('follows from the hints whatever their order', () => {
    const kinds = fc.constantFrom<CardHintKind>('default_changed', 'attached', 'updated', 'network_updated')
    const anyHint = fc
      .tuple(kinds, fc.constantFrom('old', 'new', null), fc.integer({ min: 5, max: 20 }))
      .map(([kind, id, minutes]) => hint(kind, id, minutes))
    const parts = { subscriptionCard: card('old', at(0), 'old 4/2031'), customerCard: card('new') }
    // Of two kinds at one moment either may tell who it was.
    const distinct = fc.uniqueArray(anyHint, { selector: ({ at }) => at.getTime() })
    fc.assert(
      fc.property(
        distinct.chain((hints) =>
          fc.tuple(fc.constant(hints), fc.shuffledSubarray(hints, { minLength: hints.length })),
        ),
        ([hints, shuffled]) => expect(found(parts, shuffled)).toEqual(found(parts, hints)),
      ),
    )
  })
})

describe('what Stripe would charge', () => {
  it('is the invoice’s own card before the subscription’s, and that before the customer’s', () => {
    const [invoiceCard, subscriptionCard, customerCard] = [card('a'), card('b'), card('c')]
    expect(chargedCard(cards({ invoiceCard, subscriptionCard, customerCard }))?.id).toBe('a')
    expect(chargedCard(cards({ subscriptionCard, customerCard }))?.id).toBe('b')
    expect(chargedCard(cards({ customerCard }))?.id).toBe('c')
    expect(chargedCard(cards({}))).toBeNull()
  })
})
