import type { Context } from '../context.js'
import type { Db } from '../db/knex.js'
import { CaseEntry } from '../db/models/case-entry.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import { withinTime } from '../deadline.js'
import type { Outcome } from '../domain/case.js'
import { latestPayment } from './card-payments.js'
import { findByLink, type Letterhead, letterheadOf } from './follow-link.js'
import { hostedPage } from './hosted-page.js'
import { settleCase } from './settle-cards.js'

/** What somebody finds who comes back from Stripe's card page. */
export type PortalReturn =
  | { readonly kind: 'unknown' }
  | (Letterhead & { readonly kind: 'closed'; readonly outcome: Outcome })
  /** `unseen`: Stripe tells of no new card, or was not there to tell. */
  | (Letterhead & { readonly kind: 'paid' | 'saved' | 'declined' | 'unseen' })
  /** The bank wants the customer: the hosted invoice page is where that happens. */
  | { readonly kind: 'confirm'; readonly url: string }

/** A person waits. What takes longer goes on without them. */
const PATIENCE_MS = 6_000
/** Restless fingers and scanners: Stripe is asked for one link this often at most. */
const SPACING_MS = 5_000

/**
 * Settles a case whose customer comes back from the card page, as far as that can be done while they wait. Whoever opens
 * this address without having changed a card changes nothing: Stripe is asked, and nobody is believed.
 */
export async function returnFromPortal(context: Context, token: string): Promise<PortalReturn> {
  const linked = await findByLink(context, token)
  if (!linked) return { kind: 'unknown' }
  const letterhead = letterheadOf(linked)
  if (!linked.recoveryCase.outcome && (await mayLook(context, linked.recoveryCase))) {
    await settleInTime(context, linked.recoveryCase)
  }

  const { workspace_id, id } = linked.recoveryCase
  const now = await RecoveryCase.query(context.db).findOne({ workspace_id, id }).throwIfNotFound()
  if (now.outcome) return { kind: 'closed', ...letterhead, outcome: now.outcome }
  const payment = await latestPayment(context.db, now)
  const result = payment?.result
  if (result === 'authentication') {
    const url = await withinTime(hostedPage(context, now), PATIENCE_MS, 'Stripe').catch(() => null)
    if (url) return { kind: 'confirm', url }
  }
  if (result === 'paid' || result === 'already_paid') return { kind: 'paid', ...letterhead }
  if (result === 'declined') return { kind: 'declined', ...letterhead }
  const isSeen = payment !== undefined || (await hasNewCard(context.db, now))
  return { kind: isSeen ? 'saved' : 'unseen', ...letterhead }
}

async function hasNewCard(db: Db, { workspace_id, id }: RecoveryCase): Promise<boolean> {
  return (await CaseEntry.query(db).where({ workspace_id, case_id: id, kind: 'card_changed' }).resultSize()) > 0
}

/** The return is a hint like any other, and makes a look due. */
async function mayLook({ db, now }: Context, { workspace_id, id }: RecoveryCase): Promise<boolean> {
  const at = now()
  return db.transaction(async (trx) => {
    const noted = await trx('card_hints')
      .insert({ workspace_id, case_id: id, kind: 'attached', payment_method_id: '', at })
      .onConflict(['case_id', 'kind', 'payment_method_id'])
      .merge(['at'])
      .where('card_hints.at', '<=', new Date(at.getTime() - SPACING_MS))
      .returning('case_id')
    if (noted.length === 0) return false
    const changed = await RecoveryCase.query(trx)
      .findOne({ workspace_id, id, closed_at: null })
      .patch({ card_check_at: at })
    return changed === 1
  })
}

async function settleInTime(context: Context, recoveryCase: RecoveryCase): Promise<void> {
  try {
    await withinTime(settleCase(context, recoveryCase), PATIENCE_MS, 'Stripe')
  } catch (error) {
    context.log.warn({ err: error, caseId: recoveryCase.id }, 'a case could not be settled while its customer waited')
  }
}
