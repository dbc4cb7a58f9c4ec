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
  // The customer's cases first: their entries are then looked up, and not all that the workspace ever had.
  const ofCustomer = RecoveryCase.query(trx)
    .where({ workspace_id, connection_id })
    .where((either) => {
      void either.where({ id })
      if (stripe_customer_id) void either.orWhere({ stripe_customer_id })
    })
    .select('id')
  const entries = await CaseEntry.query(trx)
    .where({ workspace_id })
    .whereIn('kind', ['link_opened', 'card_changed', 'subscription_card_changed'])
    .whereIn('case_id', ofCustomer)
    .where((either) => either.where({ case_id: id }).orWhere('at', '>=', failed_at))
  // A subscription that keeps its old card is not charged to the new one before it is changed to it.
  const moved = entries.find(({ kind, case_id }) => kind === 'subscription_card_changed' && case_id === id)
  return {
    openedAt: entries.flatMap(({ kind, at }) => (kind === 'link_opened' ? at : [])),
    cardChanges: entries.flatMap(({ kind, case_id, at, detail }) => {
      const chargedFrom = detail.pinned ? moved?.at : at
      if (kind !== 'card_changed' || case_id !== id || !chargedFrom) return []
      return { at: chargedFrom, by: detail.by === 'customer' ? ('customer' as const) : ('network' as const) }
    }),
  }
}
