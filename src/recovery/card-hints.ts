import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CardHint as CardHintRow } from '../db/models/card-hint.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { HintAtCard } from '../domain/new-card.js'

/** Something happened to a customer's card: a reason to look, never proof. */
export type CardHint = HintAtCard

/**
 * Remembers a hint and makes a look at the case's cards due. Hints may come in any order and twice; one from before the
 * failure is kept, because the failure may turn out to be older, and gives no cause to look. A case that was paid hears of
 * what came before the payment: it tells who brought the money. The caller has locked the case.
 */
export async function hintAtCard(
  { now }: Context,
  trx: Db,
  { workspace_id, id, failed_at, outcome, closed_at }: RecoveryCase,
  { at, kind, paymentMethodId }: CardHint,
): Promise<void> {
  if (closed_at && (outcome !== 'recovered' || at > closed_at)) return
  await CardHintRow.query(trx)
    .insert({ workspace_id, case_id: id, kind, payment_method_id: paymentMethodId ?? '', at })
    .onConflict(['case_id', 'kind', 'payment_method_id'])
    .merge({ at: trx.raw('greatest(card_hints.at, excluded.at)') })
  if (at >= failed_at) await RecoveryCase.query(trx).findOne({ workspace_id, id }).patch({ card_check_at: now() })
}

export async function readHints(db: Db, { workspace_id, id }: RecoveryCase): Promise<CardHint[]> {
  const rows = await CardHintRow.query(db).where({ workspace_id, case_id: id })
  return rows.map(({ at, kind, payment_method_id }) => ({ at, kind, paymentMethodId: payment_method_id || null }))
}
