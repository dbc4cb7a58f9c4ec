import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CasePayment } from '../db/models/case-payment.js'
import { CaseReversal } from '../db/models/case-reversal.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { type CaseState, endingOf, type Failure, type Observation, observe } from '../domain/case.js'
import { AUTHENTICATION_REQUIRED, classifyDecline, mailVariantFor } from '../domain/decline.js'
import { PermanentError } from '../errors.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import type { Notice } from '../stripe/notice.js'
import type { Truth } from './ask-stripe.js'
import { columnsOf, readState } from './case-state.js'
import { creditPayment } from './credit-payment.js'
import { type News, paymentIdsIn } from './news.js'
import { planCampaign, planThankYou } from './plan-campaign.js'
import { tellOnTimeline } from './tell-on-timeline.js'
import { addEntry } from './timeline.js'

/**
 * When Stripe is asked again: a time, or `answered` when it just has been; `unchanged` where the news say all there is
 * to know.
 */
export type AskAgain = Date | 'answered' | 'unchanged'

/**
 * Moves a locked case to what the news say, whatever their order, and closes it when its invoice is settled or its
 * subscription ended. A closed case drops the touches that are not yet fixed.
 */
export async function advanceCase(
  context: Context,
  trx: Db,
  recoveryCase: RecoveryCase,
  news: News,
  askAgain: AskAgain,
): Promise<RecoveryCase> {
  const before = await readState(trx, recoveryCase)
  const state = observationsOf(recoveryCase, news).reduce(observe, before)
  const sights = invoiceSights(news).toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime())

  const changes = {
    ...Object.assign({}, ...sights.map((sight) => newDetails(recoveryCase, sight))),
    ...columnsOf(state),
    paid_out_of_band: recoveryCase.paid_out_of_band || wasPaidOutOfBand(news),
    enrich_at: whenToAsk(recoveryCase, askAgain),
    ...(news.truth && { checked_at: news.truth.asOf }),
    ...(isToLookAtCards(recoveryCase, state) && { card_check_at: context.now() }),
  }
  const ofCase = RecoveryCase.query(trx).where({ id: recoveryCase.id })
  const advanced = await ofCase.patch(changes).returning('*').first().throwIfNotFound()
  await storeReversals(trx, recoveryCase, state, news)
  await storePayments(trx, recoveryCase, paymentIdsIn(news))
  await tellOnTimeline(trx, recoveryCase, advanced, news)

  if (!advanced.outcome) {
    if (isOtherPlan(recoveryCase, advanced)) await planCampaign(context, trx, advanced)
    return advanced
  }
  if (advanced.outcome !== recoveryCase.outcome) {
    await addEntry(trx, advanced, { kind: advanced.outcome, detail: {} }, { at: advanced.closed_at ?? context.now() })
    await cancelPlannedTouches(context, trx, advanced)
    if (advanced.outcome === 'recovered') await planThankYou(context, trx, advanced)
  }
  return creditPayment(trx, advanced)
}

/** What the mails say, and when they go, follows the decline. */
const isOtherPlan = (before: RecoveryCase, after: RecoveryCase) =>
  mailVariantFor(before.decline_class, before.decline_code) !== mailVariantFor(after.decline_class, after.decline_code)

function observationsOf(row: RecoveryCase, { events, truth }: News): Observation[] {
  return [...events.flatMap(({ notice, asOf }) => observed(row, notice, asOf)), ...(truth ? truthObserved(truth) : [])]
}

function observed(row: RecoveryCase, notice: Notice, asOf: Date): Observation[] {
  switch (notice.kind) {
    case 'invoice': {
      const invoice = invoiceObserved(notice.facts, asOf)
      const isFailure = notice.isFailure && notice.facts.amountRemaining > 0
      return isFailure ? [{ kind: 'failure', failure: failureOf(notice.facts, asOf) }, invoice] : [invoice]
    }
    case 'subscription':
      return [{ kind: 'subscription', subscription: { ...notice.facts, asOf } }]
    case 'customer':
      // "Also immediately cancels any active subscriptions on the customer." Source: docs.stripe.com/api/customers/delete
      return notice.isDeleted ? [{ kind: 'subscription', subscription: { asOf, endedAt: asOf, isPaused: false } }] : []
    case 'reversal': {
      const { key, amount, isFinal, currency } = notice
      if (currency !== row.currency) {
        throw new PermanentError(`The invoice is in ${row.currency}, this event in ${currency}: amounts are not mixed`)
      }
      return [{ kind: 'reversal', reversal: { key, amount, isFinal, asOf } }]
    }
    default:
      return []
  }
}

function truthObserved({ facts, subscription, asOf }: Truth): Observation[] {
  return [
    invoiceObserved(facts, asOf),
    ...(subscription ? [{ kind: 'subscription', subscription: { ...subscription, asOf } } as const] : []),
  ]
}

export function failureOf({ amountRemaining, amountPaid, amountCredited }: InvoiceFacts, at: Date): Failure {
  return { at, amountRemaining, amountPaid, amountCredited }
}

const invoiceObserved = (facts: InvoiceFacts, asOf: Date): Observation => ({
  kind: 'invoice',
  invoice: { ...facts, asOf },
})

/** Hints that were too old are not any more; or the payment decides whether the subscription takes the new card. */
function isToLookAtCards({ failed_at, pinned_at, outcome }: RecoveryCase, state: CaseState): boolean {
  const isPaidNow = outcome !== 'recovered' && endingOf(state)?.outcome === 'recovered'
  return state.failure.at < failed_at || (isPaidNow && pinned_at !== null)
}

function whenToAsk({ enrich_at }: RecoveryCase, askAgain: AskAgain): Date | null {
  if (askAgain === 'answered') return null
  if (askAgain === 'unchanged') return enrich_at
  return enrich_at && enrich_at < askAgain ? enrich_at : askAgain
}

async function storeReversals(trx: Db, { workspace_id, id }: RecoveryCase, state: CaseState, { events }: News) {
  for (const { notice } of events) {
    const stands = notice.kind === 'reversal' && state.reversals.get(notice.key)
    if (notice.kind !== 'reversal' || !stands) continue
    await CaseReversal.query(trx)
      .insert({
        workspace_id,
        case_id: id,
        key: stands.key,
        kind: notice.reversal,
        amount: stands.amount,
        as_of: stands.asOf,
        is_final: stands.isFinal,
      })
      .onConflict(['case_id', 'key'])
      .merge(['amount', 'as_of', 'is_final'])
  }
}

async function storePayments(trx: Db, { workspace_id, id }: RecoveryCase, paymentIds: readonly string[]) {
  if (paymentIds.length === 0) return
  await CasePayment.query(trx)
    .insert(paymentIds.map((stripe_payment_id) => ({ workspace_id, case_id: id, stripe_payment_id })))
    .onConflict(['case_id', 'stripe_payment_id'])
    .ignore()
}

const wasPaidOutOfBand = ({ events, truth }: News) =>
  truth?.facts.paidOutOfBand === true ||
  events.some(
    ({ notice }) =>
      (notice.kind === 'payment' && notice.outOfBand) ||
      (notice.kind === 'invoice' && notice.facts.paidOutOfBand === true),
  )

/** Drops what is planned for a case that closed, and not yet fixed to a mail. */
export async function cancelPlannedTouches(
  context: Context,
  trx: Db,
  { workspace_id, id }: RecoveryCase,
): Promise<void> {
  await Touch.query(trx)
    .where({ workspace_id, case_id: id, mail_id: null, skipped_at: null, canceled_at: null })
    .patch({ canceled_at: context.now(), reason: 'case_closed' })
}

interface InvoiceSight {
  readonly facts: InvoiceFacts
  readonly asOf: Date
}

function invoiceSights({ events, truth }: News): InvoiceSight[] {
  const ofEvents = events.flatMap(({ notice, type, asOf }) =>
    notice.kind === 'invoice' ? [{ facts: withReason(notice.facts, type), asOf }] : [],
  )
  return [...ofEvents, ...(truth ? [truth] : [])]
}

/** The type alone says what the payload of a current version doesn't: that the bank wants the customer. */
function withReason(facts: InvoiceFacts, type: string): InvoiceFacts {
  const isAuthentication = type === 'invoice.payment_action_required' && facts.decline === null
  return isAuthentication ? { ...facts, decline: AUTHENTICATION_REQUIRED } : facts
}

type Details = Partial<ReturnType<typeof detailsOf>>

/** What a case shows and mails need of an invoice, as columns. */
export function detailsOf(facts: InvoiceFacts) {
  const decline = classifyDecline(facts.decline)
  return {
    stripe_customer_id: facts.customer.id ?? facts.customer.account,
    invoice_number: facts.number,
    hosted_invoice_url: facts.hostedInvoiceUrl,
    customer_name: facts.customer.name,
    customer_email: facts.customer.email,
    customer_locales: facts.customer.locales.length > 0 ? facts.customer.locales : null,
    plan_label: facts.plan.label,
    plan_interval: facts.plan.interval,
    plan_interval_count: facts.plan.intervalCount,
    card_brand: facts.card?.brand ?? null,
    card_last4: facts.card?.last4 ?? null,
    attempt_count: facts.attemptCount,
    next_attempt_at: facts.nextAttemptAt,
    ...(facts.decline && { decline_class: decline.class, decline_code: decline.code }),
  }
}

/** A newer sight replaces what is known, an older one fills in what is missing, and neither erases. */
function newDetails(row: RecoveryCase, { facts, asOf }: InvoiceSight): Details {
  const isNewer = asOf >= row.as_of
  const { next_attempt_at, ...told } = detailsOf(facts)
  const details = Object.entries(told).filter(
    ([column, value]) => value !== null && (isNewer || row[column as keyof Details] === null),
  )
  // No date is a statement too: Stripe plans no further attempt.
  return { ...Object.fromEntries(details), ...(isNewer && { next_attempt_at }) }
}
