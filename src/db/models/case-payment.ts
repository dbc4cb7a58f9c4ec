import { Row } from './row.js'

/** A payment intent or charge of a case's invoice: what refunds and disputes name. */
export class CasePayment extends Row {
  static override tableName = 'case_payments'
  static override idColumn = ['case_id', 'stripe_payment_id']
  declare workspace_id: string
  declare case_id: string
  declare stripe_payment_id: string
}
