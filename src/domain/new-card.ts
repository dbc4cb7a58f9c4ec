/** Whether a customer has another card since a charge failed, from what Stripe says now and what hinted at it. Pure. */

/** A payment method as Stripe has it now; what the key may not read is `null`. */
export interface CardOnFile {
  readonly id: string
  readonly createdAt: Date | null
  /** As Stripe spells it, such as `visa`; `null` also where it is no card. */
  readonly brand: string | null
  readonly last4: string | null
  /** Number and date as far as they are told: a renewed card has another face under the same id. */
  readonly face: string | null
}

/** A card that this invoice was tried with. */
export interface FailedCard {
  readonly id: string
  /** As it was when it failed; `null` where that can't be known. */
  readonly face: string | null
}

export interface CardsOnFile {
  /** In the order in which Stripe charges them: the invoice's own, the subscription's own, the customer's default. */
  readonly invoiceCard: CardOnFile | null
  readonly subscriptionCard: CardOnFile | null
  readonly customerCard: CardOnFile | null
  readonly failed: readonly FailedCard[]
}

export type CardHintKind = 'default_changed' | 'attached' | 'updated' | 'network_updated'

export interface HintAtCard {
  readonly at: Date
  readonly paymentMethodId: string | null
  readonly kind: CardHintKind
}

export interface NewCard {
  readonly card: CardOnFile
  /** Who changed it. A default that the owner set counts as the customer's: Stripe does not tell. */
  readonly by: 'customer' | 'network'
  /** When; `null` where nobody told. */
  readonly at: Date | null
}

/**
 * The card, if any, that Stripe confirms as a default and that is new since the failure: what it would charge now, or else
 * the customer's default where a subscription keeps charging a card of its own. A default is new when it was made or
 * chosen since, or when it is the card that failed and was renewed since. A card that is merely attached is none.
 *
 * @param hints in any order; those from before the failure count for nothing
 */
export function newCardOf(cards: CardsOnFile, hints: readonly HintAtCard[], failedAt: Date): NewCard | null {
  const since = hints.filter(({ at }) => at >= failedAt).toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const { customerCard } = cards
  const charged = chargedCard(cards)
  for (const card of [charged, customerCard]) {
    if (!card) continue
    const failure = cards.failed.find(({ id }) => id === card.id)
    const found = failure
      ? renewedSince(card, failure, since)
      : chosenSince(card, { hints: since, failedAt, tookOver: card === charged && cards.failed.length > 0 })
    if (found) return found
  }
  return null
}

/** What Stripe would charge now. Source: `default_payment_method` in the SDK's types of invoices and subscriptions. */
export function chargedCard({ invoiceCard, subscriptionCard, customerCard }: CardsOnFile): CardOnFile | null {
  return invoiceCard ?? subscriptionCard ?? customerCard
}

/** Whether the next renewal is charged to the subscription's own card, although the customer has chosen this one. */
export function isPinnedAway({ subscriptionCard, customerCard }: CardsOnFile, newCardId: string): boolean {
  return subscriptionCard !== null && subscriptionCard.id !== newCardId && customerCard?.id === newCardId
}

function renewedSince(card: CardOnFile, failure: FailedCard, hints: readonly HintAtCard[]): NewCard | null {
  const hint = hints.findLast(
    ({ kind, paymentMethodId }) => (kind === 'updated' || kind === 'network_updated') && paymentMethodId === card.id,
  )
  // Updates that leave number and date alone, such as of a postal address, are common and make no other card.
  if (!hint || (failure.face !== null && failure.face === card.face)) return null
  return { card, by: hint.kind === 'network_updated' ? 'network' : 'customer', at: hint.at }
}

interface Around {
  readonly hints: readonly HintAtCard[]
  readonly failedAt: Date
  /** Stripe would charge it now, where a card that failed was charged before. */
  readonly tookOver: boolean
}

function chosenSince(card: CardOnFile, { hints, failedAt, tookOver }: Around): NewCard | null {
  const chosen = hints.findLast(
    ({ kind, paymentMethodId }) =>
      // A subscription that gave up its own card is charged to what was there before.
      kind === 'default_changed' && (paymentMethodId === card.id || (paymentMethodId === null && tookOver)),
  )
  if (chosen) return { card, by: 'customer', at: chosen.at }
  return card.createdAt && card.createdAt > failedAt ? { card, by: 'customer', at: card.createdAt } : null
}
