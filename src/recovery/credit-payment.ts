import type { Db } from '../db/knex.js'
import { CardPayment } from '../db/models/card-payment.js'
import type { RecoveryCase } from '../db/models/recovery-case.js'
import { attribute, paidByOf } from '../domain/attribution.js'
import { readEvidence } from './evidence.js'

/**
 * Writes who paid a case and whether that was our doing, from the evidence as it stands. Evidence that comes later, such
 * as a late failure or an opening, changes it the next time that the case moves.
 */
export async function creditPayment(trx: Db, recoveryCase: RecoveryCase): Promise<RecoveryCase> {
  const { paidBy, assisted } = await attributionOf(trx, recoveryCase)
  if (recoveryCase.paid_by === paidBy && recoveryCase.assisted === assisted) return recoveryCase
  return recoveryCase.$query(trx).patchAndFetch({ paid_by: paidBy, assisted })
}

/** What the evidence says, whatever stands on the case. */
export async function attributionOf(trx: Db, recoveryCase: RecoveryCase) {
  const { workspace_id, id, outcome, settled_at, attempts_paid, attempts_unpaid, paid_out_of_band } = recoveryCase
  if (outcome !== 'recovered' || !settled_at) return { paidBy: null, assisted: false }
  const ours = await CardPayment.query(trx).where({ workspace_id, case_id: id, result: 'paid' }).resultSize()
  const by = paidByOf({
    ourPayment: ours > 0,
    outOfBand: paid_out_of_band,
    attemptCountWhenPaid: attempts_paid,
    attemptCountOfLastFailure: attempts_unpaid,
  })
  return attribute({ ...(await readEvidence(trx, recoveryCase)), payment: { at: settled_at, by } })
}
