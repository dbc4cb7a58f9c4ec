import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { Evidence } from '../domain/attribution.js'

/**
 * What the timeline says of how a case came back. One mail may tell of several of a customer's failures, and one card
 * pays them all: an opening of another case's link counts, from this case's failure on.
 */
export async function readEvidence(trx: Db, recoveryCase: RecoveryCase): Promise<Omit<Evidence, 'payment'>> {
  const { workspace_id, id, connection_id, stripe_customer_id, failed_at } = recoveryCase
  const ofCustomer = RecoveryCase.query(trx).where({ workspace_id, connection_id, stripe_customer_id }).select('id')
  const entries = await CaseEntry.query(trx)
    .where({ workspace_id })
    .whereIn('kind', ['link_opened', 'card_changed'])
    .where((either) => {
      void either.where({ case_id: id })
      if (stripe_customer_id) {
        void either.orWhere((other) => other.whereIn('case_id', ofCustomer).where('at', '>=', failed_at))
      }
    })
  return {
    openedAt: entries.flatMap(({ kind, at }) => (kind === 'link_opened' ? at : [])),
    cardChanges: entries.flatMap(({ kind, case_id, at, detail }) =>
      kind === 'card_changed' && case_id === id
        ? { at, by: detail.by === 'customer' ? ('customer' as const) : ('network' as const) }
        : [],
    ),
  }
}
