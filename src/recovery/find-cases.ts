import type { QueryBuilder } from 'objection'
import type { Db } from '../db/knex.js'
import { CasePayment } from '../db/models/case-payment.js'
import { RecoveryCase } from '../db/models/recovery-case.js'
import type { EventNews } from './news.js'

/**
 * The cases that an event concerns, by the ids that it names: one of an invoice, those of a payment, and those of a
 * subscription or customer that are open or were unpaid when it happened: what led to a payment may be told after it.
 *
 * @returns their ids and customers, in one order everywhere so that two workers lock them alike
 */
export async function findCases(
  db: Db,
  workspaceId: string,
  { notice, asOf }: Pick<EventNews, 'notice' | 'asOf'>,
): Promise<Pick<RecoveryCase, 'id' | 'stripe_customer_id'>[]> {
  const ofWorkspace = () =>
    RecoveryCase.query(db).where({ workspace_id: workspaceId }).orderBy('id').select('id', 'stripe_customer_id')
  switch (notice.kind) {
    case 'invoice':
      return ofWorkspace().where({ stripe_invoice_id: notice.facts.invoiceId })
    case 'payment':
      return ofWorkspace().where({ stripe_invoice_id: notice.invoiceId })
    case 'subscription':
      return ofWorkspace().where({ stripe_subscription_id: notice.facts.subscriptionId }).modify(unpaidAt, asOf)
    case 'customer':
    case 'card':
      return ofWorkspace()
        .whereIn('stripe_customer_id', [...notice.about])
        .modify(unpaidAt, asOf)
    case 'reversal': {
      if (notice.invoiceId) return ofWorkspace().where({ stripe_invoice_id: notice.invoiceId })
      const paid = CasePayment.query(db)
        .where({ workspace_id: workspaceId })
        .whereIn('stripe_payment_id', [...notice.paymentIds])
      return ofWorkspace().whereIn('id', paid.select('case_id'))
    }
  }
}

function unpaidAt(cases: QueryBuilder<RecoveryCase>, time: Date): void {
  void cases.where((either) =>
    either
      .whereNull('closed_at')
      .orWhere((paid) => paid.where({ outcome: 'recovered' }).where('settled_at', '>=', time)),
  )
}
