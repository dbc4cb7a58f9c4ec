import { type Context, connectionOf } from '../context.js'
import type { Db } from '../db/knex.js'
import { CardPayment, type CardPaymentResult } from '../db/models/card-payment.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { PermanentError } from '../errors.js'
import { type PaymentAnswer, payInvoice as payAtStripe } from '../stripe/pay-invoice.js'
import { CARD_CHANGED } from './card-payments.js'
import { addEntry, type TimelineEntry } from './timeline.js'
import { whyWithheld } from './why-withheld.js'

/** Longer than a call to Stripe may take. */
const LEASE_MS = 60_000
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 30 * 60_000
/** While the owner or the subscription pauses, nothing is charged. */
const HELD_MS = 10 * 60_000
/** Stripe forgets idempotency keys after 24 hours; an hour is left for clocks and slow calls. */
const REPEATABLE_MS = 23 * 3_600_000

/**
 * Takes the next payment of a workspace that is due, or this one, into this worker's hands.
 *
 * @returns `null`: none is due, or somebody else has it
 */
export async function claimPayment(
  { db, now }: Context,
  which: { workspace_id: string; id?: number; case_id?: string },
): Promise<CardPayment | null> {
  return db.transaction(async (trx) => {
    const payment = await CardPayment.query(trx)
      .where(which)
      .where({ answered_at: null })
      .where('lease_until', '<=', now())
      .orderBy('id')
      .forUpdate()
      .skipLocked()
      .first()
    if (!payment) return null
    return payment.$query(trx).patchAndFetch({ lease_until: new Date(now().getTime() + LEASE_MS) })
  })
}

/**
 * Pays an invoice with a card, and records what Stripe answered. The caller has claimed the payment.
 *
 * A process that dies after Stripe was called and before the record leaves the payment under way: its lease runs out, and
 * the same call under the same key gets the answer of the first. Nobody believes that answer alone: Stripe is asked for
 * the invoice after it.
 */
export async function payInvoice(context: Context, claimed: CardPayment): Promise<void> {
  const recoveryCase = await RecoveryCase.query(context.db)
    .findOne({ workspace_id: claimed.workspace_id, id: claimed.case_id })
    .throwIfNotFound()
  const connection = await connectionOf(context, recoveryCase.workspace_id, recoveryCase.connection_id)
  const end = endWithoutCall(context, claimed, recoveryCase)
  if (end) return record(context, claimed, end)
  if (claimed.tries === 0 && claimed.occasion === CARD_CHANGED) {
    const withheld = await whyWithheld(context.db, connection)
    if (withheld) return record(context, claimed, { result: 'not_allowed', reason: withheld })
    if (recoveryCase.paused_at || recoveryCase.subscription_paused) return hold(context, claimed, HELD_MS)
  }

  const payment = await noteTry(context, claimed)
  if (!payment) return
  const answer = await ask(context, payment, recoveryCase)
  if (answer) await record(context, payment, answer)
  // Later and later, under the same key.
  else await hold(context, payment, Math.min(FIRST_WAIT_MS * 2 ** (payment.tries - 1), LONGEST_WAIT_MS))
}

interface End {
  readonly result: CardPaymentResult
  readonly reason: string | null
}

/** A case that was closed otherwise is not charged. One that is paid may be paid by us: the repeated call tells. */
function endWithoutCall(
  { now }: Context,
  { tries, first_tried_at }: CardPayment,
  { outcome }: RecoveryCase,
): End | null {
  if (tries === 0) {
    if (outcome === 'recovered') return { result: 'already_paid', reason: null }
    return outcome ? { result: 'gone', reason: 'case_closed' } : null
  }
  if (outcome && outcome !== 'recovered') return { result: 'unknown', reason: 'case_closed' }
  const isTooLate = now().getTime() - (first_tried_at?.getTime() ?? 0) > REPEATABLE_MS
  return isTooLate ? { result: 'unknown', reason: 'no_answer' } : null
}

/** Before the call: from here on Stripe may have charged the card. `null`: the claim is no longer ours. */
async function noteTry({ db, now }: Context, claimed: CardPayment): Promise<CardPayment | null> {
  const { id, lease_until, tries, first_tried_at } = claimed
  const noted = await CardPayment.query(db)
    .where({ id, lease_until, tries, answered_at: null })
    .patch({ tries: tries + 1, first_tried_at: first_tried_at ?? now() })
  return noted === 1 ? Object.assign(claimed, { tries: tries + 1 }) : null
}

async function ask(
  context: Context,
  { payment_method_id, idempotency_key }: CardPayment,
  { workspace_id, connection_id, stripe_invoice_id }: RecoveryCase,
): Promise<PaymentAnswer | End | null> {
  const connection = await connectionOf(context, workspace_id, connection_id)
  try {
    return await payAtStripe(context.stripe(connection), {
      invoiceId: stripe_invoice_id,
      paymentMethodId: payment_method_id,
      idempotencyKey: idempotency_key,
    })
  } catch (error) {
    // Stripe was disconnected meanwhile.
    if (error instanceof PermanentError) return { result: 'unknown', reason: 'disconnected' }
    throw error
  }
}

async function hold({ db, now }: Context, { id, lease_until }: CardPayment, ms: number): Promise<void> {
  await CardPayment.query(db)
    .where({ id, lease_until, answered_at: null })
    .patch({ lease_until: new Date(now().getTime() + ms) })
}

/** The first record counts; whoever called beside us got the same answer. */
async function record(
  context: Context,
  { id, workspace_id, case_id, idempotency_key }: CardPayment,
  end: End,
): Promise<void> {
  await context.db.transaction(async (trx) => {
    const recoveryCase = await RecoveryCase.query(trx).findOne({ workspace_id, id: case_id }).forUpdate()
    if (!recoveryCase) return
    const now = context.now()
    const recorded = await CardPayment.query(trx)
      .where({ id, answered_at: null })
      .patch({ answered_at: now, lease_until: null, ...end })
    if (recorded === 0) return
    const entry = entryFor(end)
    if (entry) await addEntry(trx, recoveryCase, entry, { at: now, key: idempotency_key })
    await followUp(trx, recoveryCase, end, now)
  })
}

function entryFor({ result, reason }: End): TimelineEntry | null {
  switch (result) {
    case 'paid':
      return { kind: 'payment_made', detail: {} }
    case 'processing':
      return { kind: 'payment_processing', detail: {} }
    case 'authentication':
      return { kind: 'payment_authentication', detail: {} }
    case 'declined':
      return { kind: 'payment_declined', detail: { code: reason } }
    case 'unknown':
      return { kind: 'payment_unknown', detail: {} }
    case 'not_allowed':
      return reason === 'switched_off' || reason === 'permission_missing' || reason === 'key_rejected'
        ? { kind: 'payment_withheld', detail: { reason } }
        : null
    default:
      return null
  }
}

/** Stripe is asked how the invoice stands now, and whether the subscription goes on with the old card. */
async function followUp(trx: Db, recoveryCase: RecoveryCase, { result }: End, now: Date): Promise<void> {
  await recoveryCase.$query(trx).patch({
    ...(result !== 'not_allowed' && { enrich_at: now }),
    ...(recoveryCase.pinned_at && { card_check_at: now }),
  })
}
