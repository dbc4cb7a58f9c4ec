import { type Context, connectionOf } from '../context.js'
import type { Db } from '../db/knex.js'
import type { CardPayment } from '../db/models/card-payment.js'
import { ForgottenCustomer } from '../db/models/forgotten-customer.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { StripeConnection } from '../db/models/stripe-connection.js'
import { cardInWords } from '../domain/card.js'
import { isPinnedAway, type NewCard, newCardOf } from '../domain/new-card.js'
import { PermanentError } from '../errors.js'
import { stripeRefusal } from '../stripe/client.js'
import { fetchCards, type InvoiceCards } from '../stripe/fetch-cards.js'
import { readHints } from './card-hints.js'
import { CARD_CHANGED, faceHash, latestPayment, planPayment } from './card-payments.js'
import { addEntry } from './timeline.js'
import { lacks, whyWithheld } from './why-withheld.js'

/** While a case is held, or another payment of its invoice is under way. */
const WAIT_MS = 10 * 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * Asks Stripe for the cards of a case whose look is claimed: its `card_check_at` is the claim's. A card that is new and
 * confirmed goes on the timeline and its payment is planned; a subscription that keeps the old card is changed to it, or
 * noted. Nothing is concluded while Stripe does not answer: the look comes up again when the claim runs out.
 */
export async function lookAtCards(context: Context, claimed: RecoveryCase): Promise<void> {
  if (!isLive(claimed)) return lookAgain(context.db, claimed, null)
  const connection = await connectionOf(context, claimed.workspace_id, claimed.connection_id)
  const found = await askForCards(context, connection, claimed)
  if (!found) return
  const pinned = await context.db.transaction((trx) => conclude(context, trx, connection, claimed, found))
  if (pinned && (await movePin(context, connection, claimed, pinned))) {
    await context.db.transaction((trx) => unpin(context, trx, claimed, pinned))
  }
}

/** A case that was given up has no use for a card. */
const isLive = ({ outcome }: RecoveryCase) => outcome === null || outcome === 'recovered'

async function askForCards(
  context: Context,
  connection: StripeConnection,
  claimed: RecoveryCase,
): Promise<InvoiceCards | null> {
  const hints = await readHints(context.db, claimed)
  const wantsFaces = hints.some(({ kind }) => kind === 'updated' || kind === 'network_updated')
  try {
    const { capabilities } = connection
    return await fetchCards(context.stripe(connection), claimed.stripe_invoice_id, { capabilities, wantsFaces })
  } catch (error) {
    const refusal = stripeRefusal(error)
    context.log.warn({ err: error, caseId: claimed.id, refusal }, 'Stripe was asked for cards and did not give them')
    if (error instanceof PermanentError || refusal === 'not_found') await lookAgain(context.db, claimed, null)
    else if (refusal === null) throw error
    // Only the owner mends the rest.
    else if (refusal !== 'unreachable' && refusal !== 'rate_limited') {
      await lookAgain(context.db, claimed, new Date(context.now().getTime() + HOUR_MS))
    }
    return null
  }
}

/** @returns the card that a subscription is to be changed to, where that may be done now */
async function conclude(
  context: Context,
  trx: Db,
  connection: StripeConnection,
  claimed: RecoveryCase,
  found: InvoiceCards,
): Promise<string | null> {
  const { workspace_id, id } = claimed
  const row = await RecoveryCase.query(trx).findOne({ workspace_id, id }).forUpdate()
  if (!row) return null
  if (!isLive(row) || (await isForgotten(trx, row))) {
    await row.$query(trx).patch({ pinned_at: null })
    await lookAgain(trx, claimed, null)
    return null
  }

  const newCard = await newCardOn(trx, row, found)
  if (newCard) await tellOfCard(context, trx, row, newCard, found)
  const isPayable = !row.outcome && found.status === 'open' && found.amountRemaining > 0
  const isHeld = row.paused_at !== null || row.subscription_paused
  const isPlanned = newCard && isPayable && !isHeld ? await plan(context, trx, connection, row, newCard) : true
  // Stripe says that nothing is left to pay and the case does not know yet, or it does and may now know who changed what.
  if (found.status !== 'open' && (newCard || !row.outcome)) await row.$query(trx).patch({ enrich_at: context.now() })

  const payment = await latestPayment(trx, row)
  const card = newCard?.card.id ?? (payment?.result === 'declined' ? null : (payment?.payment_method_id ?? null))
  const pinnedTo = card && isPinnedAway(found.cards, card) ? card : null
  if (!pinnedTo) await clearPin(context, trx, row, found, card)
  else if (!row.pinned_at) await row.$query(trx).patch({ pinned_at: context.now() })

  const mayMove = pinnedTo !== null && mayMovePin(connection, found, payment)
  // Until that is done the claim stays: should it fail, it comes up again soon.
  if (mayMove) return pinnedTo
  const isWaiting = !isPlanned || (newCard !== null && isPayable && isHeld)
  const wait = isWaiting ? WAIT_MS : pinnedTo ? DAY_MS : null
  await lookAgain(trx, claimed, wait === null ? null : new Date(context.now().getTime() + wait))
  return null
}

/** What has changed after a case was paid is not its business any more. */
async function newCardOn(trx: Db, row: RecoveryCase, { cards }: InvoiceCards): Promise<NewCard | null> {
  const newCard = newCardOf(cards, await readHints(trx, row), row.failed_at)
  if (!newCard || !row.closed_at) return newCard
  return newCard.at && newCard.at <= row.closed_at ? newCard : null
}

async function isForgotten(trx: Db, { workspace_id, stripe_customer_id }: RecoveryCase): Promise<boolean> {
  if (!stripe_customer_id) return false
  return (await ForgottenCustomer.query(trx).findById([workspace_id, stripe_customer_id])) !== undefined
}

async function tellOfCard(
  context: Context,
  trx: Db,
  row: RecoveryCase,
  { card, by, at }: NewCard,
  { cards }: InvoiceCards,
): Promise<void> {
  const detail = { by, card: cardInWords(card.brand, card.last4), pinned: isPinnedAway(cards, card.id) }
  await addEntry(trx, row, { kind: 'card_changed', detail }, { at: at ?? context.now(), key: keyOf(card) })
}

const keyOf = (card: NewCard['card']) => `${card.id} ${faceHash(card)}`

/**
 * Once per invoice and card, whoever tried that card.
 *
 * @returns whether that is done; not while another payment of this invoice is under way
 */
async function plan(
  context: Context,
  trx: Db,
  connection: StripeConnection,
  row: RecoveryCase,
  { card }: NewCard,
): Promise<boolean> {
  const wasTried = await trx('card_payments')
    .where({ case_id: row.id, payment_method_id: card.id, card: faceHash(card) })
    .first('id')
  if (wasTried) return true
  const withheld = await whyWithheld(trx, connection)
  const isPlanned = await planPayment(context, trx, row, { card, occasion: CARD_CHANGED, withheld })
  if (isPlanned && withheld) {
    const entry = { kind: 'payment_withheld', detail: { reason: withheld } } as const
    await addEntry(trx, row, entry, { at: context.now(), key: keyOf(card) })
  }
  return isPlanned
}

/** Once the new card has paid, or when only Stripe's next attempt will charge it. */
function mayMovePin(connection: StripeConnection, { status }: InvoiceCards, payment: CardPayment | undefined): boolean {
  if (lacks(connection, 'rak_subscription_write')) return false
  return status === 'paid' || payment?.result === 'not_allowed'
}

/** @returns whether Stripe took it; doing it twice changes nothing */
async function movePin(
  context: Context,
  connection: StripeConnection,
  claimed: RecoveryCase,
  card: string,
): Promise<boolean> {
  try {
    const { stripe_subscription_id: subscription } = claimed
    await context.stripe(connection).subscriptions.update(subscription, { default_payment_method: card })
    return true
  } catch (error) {
    const refusal = stripeRefusal(error)
    context.log.warn({ err: error, caseId: claimed.id, refusal }, 'A subscription could not be changed to the new card')
    if (refusal === null) throw error
    if (refusal !== 'unreachable' && refusal !== 'rate_limited') {
      await lookAgain(context.db, claimed, new Date(context.now().getTime() + DAY_MS))
    }
    return false
  }
}

async function unpin(context: Context, trx: Db, claimed: RecoveryCase, card: string): Promise<void> {
  const { workspace_id, id } = claimed
  const row = await RecoveryCase.query(trx).findOne({ workspace_id, id }).forUpdate()
  if (!row) return
  await row.$query(trx).patch({ pinned_at: null })
  await addEntry(trx, row, { kind: 'subscription_card_changed', detail: {} }, { at: context.now(), key: card })
  await lookAgain(trx, claimed, null)
}

/** Whoever has changed the subscription: us, before we died, or the owner. */
async function clearPin(
  context: Context,
  trx: Db,
  row: RecoveryCase,
  { cards }: InvoiceCards,
  card: string | null,
): Promise<void> {
  if (!row.pinned_at) return
  await row.$query(trx).patch({ pinned_at: null })
  if (card && cards.subscriptionCard?.id === card) {
    await addEntry(trx, row, { kind: 'subscription_card_changed', detail: {} }, { at: context.now(), key: card })
  }
}

/** Unless a hint came while we looked: then that look is due, and stays so. */
async function lookAgain(db: Db, { id, card_check_at }: RecoveryCase, at: Date | null): Promise<void> {
  await RecoveryCase.query(db).where({ id, card_check_at }).patch({ card_check_at: at })
}
