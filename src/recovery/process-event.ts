import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { StripeConnection } from '../db/models/stripe-connection.js'
import { StripeEvent } from '../db/models/stripe-event.js'
import { isRecoverable } from '../domain/case-rules.js'
import { PermanentError } from '../errors.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import type { Notice } from '../stripe/notice.js'
import { customerIn, redactEvent } from '../stripe/redact-event.js'
import { type AskAgain, advanceCase } from './advance-case.js'
import { askStripe, type Truth } from './ask-stripe.js'
import { type CardHint, hintAtCard } from './card-hints.js'
import { newsOf, withEarlier } from './earlier-events.js'
import { findCases } from './find-cases.js'
import { isForgotten, withoutPerson } from './forgotten.js'
import { lockIds } from './lock-ids.js'
import type { EventNews, News } from './news.js'
import { type CaseOrigin, openCase } from './open-case.js'
import { planCampaign } from './plan-campaign.js'
import { addEntry } from './timeline.js'

export interface EventKey {
  readonly workspaceId: string
  readonly eventId: string
}

/** What of the event's workspace is due now, and the caller should ring for. */
export interface Due {
  readonly touches: boolean
  readonly cards: boolean
  readonly enrich: boolean
}

const NOTHING_DUE: Due = { touches: false, cards: false, enrich: false }

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
  const due = await doWhatItCallsFor(context, event)
  const lagMs = context.now().getTime() - event.received_at.getTime()
  context.metrics.eventLagSeconds.observe(Math.max(0, lagMs) / 1_000)
  return due
}

async function doWhatItCallsFor(context: Context, event: StripeEvent): Promise<Due> {
  try {
    const news = newsOf(event)
    if (news) return await followNews(context, event, news)
    await finish(context, event, { outcome: 'ignored', detail: 'No recovery step depends on this kind of event' })
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    await failEvent(context, { workspaceId: event.workspace_id, eventId: event.id }, error.message)
  }
  return NOTHING_DUE
}

/** Ends an event as *failed*, unless it was processed meanwhile. */
export async function failEvent(context: Context, key: EventKey, reason: string): Promise<void> {
  const event = await unprocessed(context.db, key)
  if (event) await finish(context, event, { outcome: 'failed', detail: reason })
}

async function followNews(context: Context, event: StripeEvent, news: EventNews): Promise<Due> {
  const truth = news.notice.kind === 'invoice' ? await sightAtStripe(context, event, news.notice) : null

  return context.db.transaction(async (trx) => {
    await lockIds(trx, event.workspace_id, idsToLock(news, truth))
    const isStillMine = await unprocessed(trx, { workspaceId: event.workspace_id, eventId: event.id })
    return isStillMine ? applyNews(context, trx, event, news, truth) : NOTHING_DUE
  })
}

async function applyNews(
  context: Context,
  trx: Db,
  event: StripeEvent,
  news: EventNews,
  truth: Truth | null,
): Promise<Due> {
  const { notice } = news
  const found = await findCases(trx, event.workspace_id, news)
  // Asked before any row is locked.
  const people = await forgottenAmong(trx, event, notice, found)
  const cases = await lockCases(trx, found)
  const end = (fate: Pick<Fate, 'outcome' | 'detail'>) =>
    writeFate(context, trx, event, { ...fate, about: notice.about, forgotten: people.size > 0 })

  const opening = cases.length === 0 ? await mayOpen(trx, event, notice) : null
  if (opening && !opening.opens) {
    await end({ outcome: 'ignored', detail: opening.reason })
    return NOTHING_DUE
  }
  const before = opening
    ? [await openCase(context, trx, originOf(event), people.size > 0 ? withoutPerson(opening.facts) : opening.facts)]
    : cases
  const details = new Set<string>()
  let touches = false
  for (const recoveryCase of before) {
    const forgotten = people.has(recoveryCase.stripe_customer_id ?? '')
    const all = await withEarlier(trx, recoveryCase, { events: [news], truth }, { isOpening: opening !== null })
    const heard = forgotten ? withoutPeople(all) : all
    const after = await advanceCase(
      context,
      trx,
      recoveryCase,
      heard,
      whenToAskAgain(context, recoveryCase, notice, truth),
    )
    for (const hint of heard.events.flatMap(hintsOf)) await hintAtCard(context, trx, after, hint)
    if (opening && forgotten)
      await addEntry(trx, after, { kind: 'customer_forgotten', detail: {} }, { at: context.now() })
    if (opening && !forgotten && !after.outcome) touches = await planCampaign(context, trx, after)
    details.add(summary(opening ? null : recoveryCase, after))
  }
  await end({ outcome: 'processed', detail: [...details].join(', ') })
  return { touches, cards: hintsOf(news).length > 0, enrich: isToBeAskedNow(notice) }
}

/**
 * Most invoices are paid at the first attempt: nothing is asked for one that has no case, or whose case has nothing more
 * to learn.
 */
async function sightAtStripe(
  context: Context,
  event: StripeEvent,
  { facts, isFailure }: Extract<Notice, { kind: 'invoice' }>,
): Promise<Truth | null> {
  const existing = await RecoveryCase.query(context.db)
    .findOne({ workspace_id: event.workspace_id, stripe_invoice_id: facts.invoiceId })
    .select('outcome', 'invoice_status')
  const isPaidNow = facts.status === 'paid' && existing?.invoice_status !== 'paid'
  const asks = existing ? existing.outcome === null || isPaidNow : isFailure && isRecoverable(facts).opens
  if (!asks) return null
  return askStripe(context, {
    workspaceId: event.workspace_id,
    connectionId: event.connection_id,
    invoiceId: facts.invoiceId,
    beyondBudget: event.backfilled_at ? 'wait' : isFailure && facts.customer.email === null ? 'ask' : 'skip',
  })
}

function idsToLock({ notice }: EventNews, truth: Truth | null): string[] {
  const bearings = notice.kind === 'invoice' && notice.isFailure ? bearingsOf(notice.facts) : []
  return [...notice.about, ...bearings, ...(truth?.facts.paymentIds ?? [])]
}

const customerOf = ({ customer }: InvoiceFacts) => customer.id ?? customer.account

const bearingsOf = (facts: InvoiceFacts): string[] =>
  [facts.invoiceId, facts.subscriptionId, customerOf(facts)].filter((id) => id !== null)

async function lockCases(trx: Db, found: readonly Pick<RecoveryCase, 'id'>[]): Promise<RecoveryCase[]> {
  if (found.length === 0) return []
  const ids = found.map(({ id }) => id)
  return RecoveryCase.query(trx).whereIn('id', ids).orderBy('id').forUpdate()
}

/** Those of the event's customers of whom nothing personal is kept. */
async function forgottenAmong(
  trx: Db,
  event: StripeEvent,
  notice: Notice,
  cases: readonly Pick<RecoveryCase, 'stripe_customer_id'>[],
): Promise<Set<string>> {
  const named = notice.kind === 'invoice' ? customerOf(notice.facts) : customerIn(event.payload)
  const customers = new Set([named, ...cases.map(({ stripe_customer_id }) => stripe_customer_id)])
  const forgotten = new Set<string>()
  for (const customer of [...customers].sort()) {
    if (customer && (await isForgotten(trx, event.workspace_id, customer))) forgotten.add(customer)
  }
  return forgotten
}

const originOf = (event: StripeEvent): CaseOrigin => ({
  workspaceId: event.workspace_id,
  connectionId: event.connection_id,
  failedAt: event.occurred_at,
  receivedAt: event.received_at,
  told: { kind: 'stripe_told', detail: { type: event.type } },
})

type Opening = { opens: true; facts: InvoiceFacts } | { opens: false; reason: string }

const NO_CASE: Record<Notice['kind'], string> = {
  invoice: 'This invoice has no recovery case',
  payment: 'This invoice has no recovery case',
  subscription: 'This subscription has no open case',
  customer: 'This customer has no open case',
  card: 'This customer has no open case',
  reversal: 'This payment belongs to no recovery case',
}

async function mayOpen(trx: Db, event: StripeEvent, notice: Notice): Promise<Opening> {
  if (notice.kind !== 'invoice' || !notice.isFailure) return { opens: false, reason: NO_CASE[notice.kind] }
  const { facts } = notice
  const recoverability = isRecoverable(facts)
  if (!recoverability.opens) return recoverability
  if (await isConnected(trx, event)) return { opens: true, facts }
  return { opens: false, reason: 'This Stripe account is no longer connected' }
}

/** Whoever ends the connection waits until the case is open, and then closes it; or comes first, and none is opened. */
async function isConnected(trx: Db, { workspace_id, connection_id }: StripeEvent): Promise<boolean> {
  const current = await StripeConnection.query(trx)
    .findOne({ workspace_id, id: connection_id, replaced_at: null })
    .forShare()
    .select('id')
  return current !== undefined
}

function withoutPeople({ events, truth }: News): News {
  return {
    events: events.map((each) =>
      each.notice.kind === 'invoice'
        ? { ...each, notice: { ...each.notice, facts: withoutPerson(each.notice.facts) } }
        : each,
    ),
    truth: truth ? { ...truth, facts: withoutPerson(truth.facts) } : null,
  }
}

/** What the event says of the customer's cards: a reason to look, never proof. */
function hintsOf({ notice, asOf }: EventNews): CardHint[] {
  if (notice.kind === 'card') return [{ at: asOf, paymentMethodId: notice.paymentMethodId, kind: notice.change }]
  if (notice.kind !== 'customer' && notice.kind !== 'subscription') return []
  return notice.newCard === undefined ? [] : [{ at: asOf, paymentMethodId: notice.newCard, kind: 'default_changed' }]
}

/** What the event can't say in full, Stripe is asked for at once. */
const isToBeAskedNow = (notice: Notice) =>
  (notice.kind === 'reversal' && notice.reversal === 'credit') || (notice.kind === 'customer' && notice.detailsChanged)

function whenToAskAgain({ now }: Context, { outcome }: RecoveryCase, notice: Notice, truth: Truth | null): AskAgain {
  if (truth) return 'answered'
  if (isToBeAskedNow(notice)) return now()
  if (notice.kind !== 'invoice' || outcome === 'recovered') return 'unchanged'
  return new Date(now().getTime() + ASK_AGAIN_MS)
}

function unprocessed(db: Db, { workspaceId, eventId }: EventKey): Promise<StripeEvent | undefined> {
  return StripeEvent.query(db).findOne({ workspace_id: workspaceId, id: eventId, processed_at: null }).execute()
}

/** How an event ends. */
interface Fate {
  readonly outcome: NonNullable<StripeEvent['outcome']>
  readonly detail: string
  readonly about: readonly string[]
  /** Its customer is, so the payload is kept without the person. */
  readonly forgotten: boolean
}

/** Ends an event that changes nothing else. */
async function finish(context: Context, event: StripeEvent, fate: Pick<Fate, 'outcome' | 'detail'>): Promise<void> {
  await context.db.transaction(async (trx) => {
    const forgotten = await isForgotten(trx, event.workspace_id, customerIn(event.payload))
    await writeFate(context, trx, event, { ...fate, about: aboutOf(event), forgotten })
  })
}

/** As far as it can be read: nothing else may keep an event from its end. */
function aboutOf(event: StripeEvent): readonly string[] {
  try {
    return newsOf(event)?.notice.about ?? []
  } catch (error) {
    if (error instanceof PermanentError) return []
    throw error
  }
}

async function writeFate(
  context: Context,
  trx: Db,
  event: StripeEvent,
  { outcome, detail, about, forgotten }: Fate,
): Promise<void> {
  await StripeEvent.query(trx)
    .findOne({ workspace_id: event.workspace_id, id: event.id, processed_at: null })
    .patch({
      processed_at: context.now(),
      outcome,
      detail,
      about: [...about],
      stripe_invoice_id: about.find((id) => id.startsWith('in_')) ?? null,
      ...(forgotten && { payload: redactEvent(event.payload) }),
    })
}

function summary(before: RecoveryCase | null, after: RecoveryCase): string {
  if (after.outcome && after.outcome !== before?.outcome) return `Closed the case as ${after.outcome}`
  return before ? 'Updated the case' : 'Opened a case'
}
