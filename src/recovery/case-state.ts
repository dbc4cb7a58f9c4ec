import type { Db } from '../db/knex.js'
import { CaseReversal } from '../db/models/case-reversal.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { type CaseState, endingOf, figuresOf, type Reversal } from '../domain/case.js'

/** What was seen of a case, as it is stored: `columnsOf` and back. */
export async function readState(trx: Db, row: RecoveryCase): Promise<CaseState> {
  const reversals = await CaseReversal.query(trx).where({ workspace_id: row.workspace_id, case_id: row.id })
  return stateOf(row, reversals)
}

export function stateOf(row: RecoveryCase, reversals: readonly CaseReversal[]): CaseState {
  return {
    failure: {
      at: row.failed_at,
      amountRemaining: row.exposure,
      amountPaid: row.paid_before,
      amountCredited: row.credited_before,
    },
    invoice: {
      asOf: row.as_of,
      status: row.invoice_status,
      amountRemaining: row.amount_remaining,
      amountPaid: row.amount_paid,
      amountCredited: row.amount_credited,
      settledAt: row.settled_at,
      attemptsUnpaid: row.attempts_unpaid,
      attemptsPaid: row.attempts_paid,
    },
    subscription: row.subscription_as_of && {
      asOf: row.subscription_as_of,
      endedAt: row.subscription_ended_at,
      isPaused: row.subscription_paused,
    },
    dismissedAt: row.dismissed_at,
    reversals: new Map(
      reversals.map(({ key, amount, as_of, is_final }): [string, Reversal] => [
        key,
        { key, amount, asOf: as_of, isFinal: is_final },
      ]),
    ),
  }
}

/** All of a case's columns that follow from what was seen of it. */
export function columnsOf(state: CaseState) {
  const { failure, invoice, subscription } = state
  const ending = endingOf(state)
  return {
    ...figuresOf(state),
    failed_at: failure.at,
    paid_before: failure.amountPaid,
    credited_before: failure.amountCredited,
    as_of: invoice.asOf,
    invoice_status: invoice.status,
    amount_remaining: invoice.amountRemaining,
    amount_paid: invoice.amountPaid,
    amount_credited: invoice.amountCredited,
    settled_at: invoice.settledAt,
    attempts_unpaid: invoice.attemptsUnpaid,
    attempts_paid: invoice.attemptsPaid,
    subscription_as_of: subscription?.asOf ?? null,
    subscription_ended_at: subscription?.endedAt ?? null,
    subscription_paused: subscription?.isPaused ?? false,
    dismissed_at: state.dismissedAt,
    outcome: ending?.outcome ?? null,
    closed_at: ending?.at ?? null,
  }
}
