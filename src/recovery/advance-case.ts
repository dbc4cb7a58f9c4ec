import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { Touch } from '../db/models/touch.js'
import { applyFailure, applySnapshot, type CaseState } from '../domain/case.js'
import { classifyDecline } from '../domain/decline.js'
import type { InvoiceFacts } from '../stripe/invoice-facts.js'
import { addEntry } from './timeline.js'

/** One sight of an invoice: an event's payload, or Stripe's answer. */
export interface Sighting {
  readonly facts: InvoiceFacts
  /** How new it is: the event's time, or the moment before Stripe was asked. */
  readonly asOf: Date
  /** It told that a charge failed. */
  readonly isFailure: boolean
}

/**
 * Moves a locked case to what the sightings say, whatever their order, and closes it when its invoice is settled.
 * A closed case drops the touches that are not yet fixed.
 */
export async function advanceCase(
  context: Context,
  trx: Db,
  recoveryCase: RecoveryCase,
  sightings: readonly Sighting[],
  { enrichAt }: { enrichAt: Date | null },
): Promise<RecoveryCase> {
  const inOrder = sightings.toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime())
  const state = inOrder.reduce(applySighting, stateOf(recoveryCase))

  const advanced = await RecoveryCase.query(trx).patchAndFetchById(recoveryCase.id, {
    ...Object.assign({}, ...inOrder.map((sighting) => newDetails(recoveryCase, sighting))),
    exposure: state.exposure,
    amount_remaining: state.amountRemaining,
    recovered: state.recovered,
    failed_at: state.failedAt,
    as_of: state.asOf,
    closed_at: state.closedAt,
    outcome: state.outcome,
    enrich_at: state.outcome ? null : enrichAt,
  })
  if (state.outcome && state.outcome !== recoveryCase.outcome) {
    await addEntry(trx, advanced, { kind: state.outcome, detail: {} }, { at: state.closedAt ?? context.now() })
    await cancelPlannedTouches(context, trx, advanced)
  }
  return advanced
}

function applySighting(state: CaseState, { facts, asOf, isFailure }: Sighting): CaseState {
  const begun = isFailure ? applyFailure(state, { at: asOf, amountRemaining: facts.amountRemaining }) : state
  return applySnapshot(begun, { asOf, status: facts.status, amountRemaining: facts.amountRemaining })
}

function stateOf(row: RecoveryCase): CaseState {
  return {
    exposure: row.exposure,
    amountRemaining: row.amount_remaining,
    recovered: row.recovered,
    failedAt: row.failed_at,
    asOf: row.as_of,
    closedAt: row.closed_at,
    outcome: row.outcome,
  }
}

async function cancelPlannedTouches(context: Context, trx: Db, { workspace_id, id }: RecoveryCase): Promise<void> {
  await Touch.query(trx)
    .where({ workspace_id, case_id: id, mail_id: null, skipped_at: null, canceled_at: null })
    .patch({ canceled_at: context.now(), reason: 'case_closed' })
}

export type Details = Partial<ReturnType<typeof detailsOf>>

/** What a case shows and mails need of an invoice, as columns. */
export function detailsOf({ facts }: Pick<Sighting, 'facts'>) {
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

/** A newer sighting replaces what is known, an older one fills in what is missing, and neither erases. */
function newDetails(row: RecoveryCase, sighting: Sighting): Details {
  const isNewer = sighting.asOf >= row.as_of
  const details = Object.entries(detailsOf(sighting)).filter(
    ([column, value]) => value !== null && (isNewer || row[column as keyof Details] === null),
  )
  // No date is a statement too: Stripe plans no further attempt.
  return { ...Object.fromEntries(details), ...(isNewer && { next_attempt_at: sighting.facts.nextAttemptAt }) }
}
