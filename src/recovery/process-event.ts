import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { cardInWords } from '../domain/card.js'
import { isRecoverable } from '../domain/case-rules.js'
import { AUTHENTICATION_REQUIRED } from '../domain/decline.js'
import { PermanentError } from '../errors.js'
import { isFailureEvent, isInvoiceEvent } from '../stripe/event-types.js'
import { readInvoiceFacts } from '../stripe/invoice-facts.js'
import { customerIn, redactEvent } from '../stripe/redact-event.js'
import { advanceCase, type Sighting } from './advance-case.js'
import { askStripe } from './ask-stripe.js'
import { isForgotten, withoutPerson } from './forgotten.js'
import { openCase, planCampaign } from './open-case.js'
import { addEntry } from './timeline.js'

export interface EventKey {
  readonly workspaceId: string
  readonly eventId: string
}

/** What the caller should ring for. */
export interface Due {
  /** Touches of the event's workspace are due now. */
  readonly touches: boolean
}

const NOTHING_DUE: Due = { touches: false }

/** How long after a failed or skipped question Stripe is asked again. */
const ASK_AGAIN_MS = 30_000

/**
 * Does what one event of the inbox calls for, once. Stripe is asked before the transaction, never within; everything
 * the event changes is then one commit, together with marking it processed.
 *
 * An event that can never be processed ends as *failed*, with a reason the owner can read.
 */
export async function processEvent(context: Context, key: EventKey): Promise<Due> {
  const event = await unprocessed(context.db, key)
  if (!event) return NOTHING_DUE
  if (!isInvoiceEvent(event.type)) {
    await finish(context, event, { outcome: 'ignored', detail: 'No recovery step depends on this kind of event' })
    return NOTHING_DUE
  }
  try {
    return await followInvoice(context, event)
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    await failEvent(context, key, error.message)
    return NOTHING_DUE
  }
}

/** Ends an event as *failed*, unless it was processed meanwhile. */
export async function failEvent(context: Context, key: EventKey, reason: string): Promise<void> {
  const event = await unprocessed(context.db, key)
  if (event) await finish(context, event, { outcome: 'failed', detail: reason })
}

async function followInvoice(context: Context, event: StripeEvent): Promise<Due> {
  const seen = sightingOf(event)
  const truth = await sightAtStripe(context, event, seen)

  return context.db.transaction(async (trx) => {
    await lockInvoice(trx, event.workspace_id, seen.facts.invoiceId)
    const isStillMine = await unprocessed(trx, { workspaceId: event.workspace_id, eventId: event.id })
    return isStillMine ? applyEvent(context, trx, event, seen, truth) : NOTHING_DUE
  })
}

async function applyEvent(
  context: Context,
  trx: Db,
  event: StripeEvent,
  seen: Sighting,
  truth: Sighting | null,
): Promise<Due> {
  const { facts } = seen
  const forgotten = await isForgotten(trx, event.workspace_id, facts.customer.id ?? facts.customer.account)
  const end = (fate: Pick<Fate, 'outcome' | 'detail'>) =>
    writeFate(context, trx, event, { ...fate, invoiceId: facts.invoiceId, forgotten })
  const existing = await RecoveryCase.query(trx)
    .findOne({ workspace_id: event.workspace_id, stripe_invoice_id: facts.invoiceId })
    .forUpdate()
  const opening = isRecoverable(facts)

  if (!existing && !(seen.isFailure && opening.opens)) {
    const reason = seen.isFailure && !opening.opens ? opening.reason : 'This invoice has no recovery case'
    await end({ outcome: 'ignored', detail: reason })
    return NOTHING_DUE
  }
  if (!existing && !(await isConnected(trx, event))) {
    await end({ outcome: 'ignored', detail: 'This Stripe account is no longer connected' })
    return NOTHING_DUE
  }

  const mayKnow = (sighting: Sighting) => (forgotten ? { ...sighting, facts: withoutPerson(sighting.facts) } : sighting)
  const before = existing ?? (await openCase(context, trx, event, mayKnow(seen).facts))
  const earlier = existing ? [] : await sightingsBefore(trx, event, facts.invoiceId)
  const sightings = [...earlier, seen, ...(truth ? [truth] : [])].map(mayKnow)
  const recoveryCase = await advanceCase(context, trx, before, sightings, {
    enrichAt: truth ? null : (existing?.enrich_at ?? new Date(context.now().getTime() + ASK_AGAIN_MS)),
  })
  if (seen.isFailure) await addFailureEntry(trx, recoveryCase, event, seen)
  if (forgotten) await addEntry(trx, recoveryCase, { kind: 'customer_forgotten', detail: {} }, { at: context.now() })
  const isToBePlanned = !existing && !recoveryCase.outcome && !forgotten
  const touchesDue = isToBePlanned && (await planCampaign(context, trx, recoveryCase))

  await end({ outcome: 'processed', detail: summary(existing, recoveryCase) })
  return { touches: touchesDue }
}

/** @throws PermanentError when the payload is not the invoice it claims to be. */
function sightingOf(event: StripeEvent): Sighting {
  const payload = JSON.parse(event.payload) as { data?: { object?: unknown } }
  const facts = readInvoiceFacts(payload.data?.object)
  const isAuthentication = event.type === 'invoice.payment_action_required' && facts.decline === null
  return {
    facts: isAuthentication ? { ...facts, decline: AUTHENTICATION_REQUIRED } : facts,
    asOf: event.occurred_at,
    isFailure: isFailureEvent(event.type),
  }
}

/**
 * Most invoices are paid at the first attempt: nothing is asked for one that has no case, or whose payment the event
 * itself tells.
 */
async function sightAtStripe(
  context: Context,
  event: StripeEvent,
  { facts, isFailure }: Sighting,
): Promise<Sighting | null> {
  if (facts.status === 'paid') return null
  if (isFailure ? !isRecoverable(facts).opens : !(await hasOpenCase(context, event, facts.invoiceId))) return null
  const truth = await askStripe(context, {
    workspaceId: event.workspace_id,
    connectionId: event.connection_id,
    invoiceId: facts.invoiceId,
    urgent: isFailure && facts.customer.email === null,
  })
  return truth && { ...truth, isFailure: false }
}

async function hasOpenCase({ db }: Context, event: StripeEvent, invoiceId: string): Promise<boolean> {
  const open = await RecoveryCase.query(db)
    .findOne({ workspace_id: event.workspace_id, stripe_invoice_id: invoiceId, closed_at: null })
    .select('id')
  return open !== undefined
}

/** Whoever ends the connection waits until the case is open, and then closes it; or comes first, and none is opened. */
async function isConnected(trx: Db, { workspace_id, connection_id }: StripeEvent): Promise<boolean> {
  const current = await StripeConnection.query(trx)
    .findOne({ workspace_id, id: connection_id, replaced_at: null })
    .forShare()
    .select('id')
  return current !== undefined
}

/** What came before the failure that opens the case and found no case then: perhaps the payment itself. */
async function sightingsBefore(trx: Db, event: StripeEvent, invoiceId: string): Promise<Sighting[]> {
  const events = await StripeEvent.query(trx)
    .where({ workspace_id: event.workspace_id, stripe_invoice_id: invoiceId })
    .whereNotNull('processed_at')
  return events.filter(({ type }) => !isFailureEvent(type)).map(sightingOf)
}

/** One event of an invoice at a time, also before its case exists. */
async function lockInvoice(trx: Db, workspaceId: string, invoiceId: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${workspaceId} ${invoiceId}`])
}

function unprocessed(db: Db, { workspaceId, eventId }: EventKey): Promise<StripeEvent | undefined> {
  return StripeEvent.query(db).findOne({ workspace_id: workspaceId, id: eventId, processed_at: null }).execute()
}

/** How an event ends. */
interface Fate {
  readonly outcome: NonNullable<StripeEvent['outcome']>
  readonly detail: string
  readonly invoiceId: string | null
  /** Its customer is, so the payload is kept without the person. */
  readonly forgotten: boolean
}

/** Ends an event that changes nothing else. */
async function finish(context: Context, event: StripeEvent, fate: Pick<Fate, 'outcome' | 'detail'>): Promise<void> {
  await context.db.transaction(async (trx) => {
    const forgotten = await isForgotten(trx, event.workspace_id, customerIn(event.payload))
    await writeFate(context, trx, event, { ...fate, invoiceId: null, forgotten })
  })
}

async function writeFate(
  context: Context,
  trx: Db,
  event: StripeEvent,
  { outcome, detail, invoiceId, forgotten }: Fate,
): Promise<void> {
  await StripeEvent.query(trx)
    .findOne({ workspace_id: event.workspace_id, id: event.id, processed_at: null })
    .patch({
      processed_at: context.now(),
      outcome,
      detail,
      stripe_invoice_id: invoiceId,
      ...(forgotten && { payload: redactEvent(event.payload) }),
    })
}

async function addFailureEntry(trx: Db, recoveryCase: RecoveryCase, event: StripeEvent, { facts }: Sighting) {
  const occurrence = { at: event.occurred_at, key: event.stripe_event_id }
  const attempt = facts.attemptCount
  if (event.type === 'invoice.payment_action_required') {
    await addEntry(trx, recoveryCase, { kind: 'action_required', detail: { attempt } }, occurrence)
  } else {
    const { decline_code: code, card_brand, card_last4 } = recoveryCase
    const card = cardInWords(card_brand, card_last4)
    await addEntry(trx, recoveryCase, { kind: 'charge_failed', detail: { code, attempt, card } }, occurrence)
  }
}

function summary(before: RecoveryCase | undefined, after: RecoveryCase): string {
  if (after.outcome && after.outcome !== before?.outcome) return `Closed the case as ${after.outcome}`
  return before ? 'Updated the case' : 'Opened a case'
}
