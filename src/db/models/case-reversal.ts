import { Row } from './row.js'

/** One refund, dispute or credit after payment, as far as it takes from what a case recovered. */
export class CaseReversal extends Row {
  static override tableName = 'case_reversals'
  declare id: number
  declare workspace_id: string
  declare case_id: string
  /** Stripe's id of what it is. */
  declare key: string
  declare kind: 'refund' | 'dispute' | 'credit'
  /** Minor units of the case's currency; negative where a refund came back. */
  declare amount: number
  declare as_of: Date
  /** Nothing follows: a closed dispute, a voided credit note. */
  declare is_final: boolean
}
