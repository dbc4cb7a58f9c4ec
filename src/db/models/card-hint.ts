import type { CardHintKind } from '../../domain/new-card.js'
import { Row } from './row.js'

/** The newest hint of its kind at a card of a case's customer. */
export class CardHint extends Row {
  static override tableName = 'card_hints'
  static override idColumn = ['case_id', 'kind', 'payment_method_id']
  declare workspace_id: string
  declare case_id: string
  declare kind: CardHintKind
  /** Empty: the hint names none. */
  declare payment_method_id: string
  declare at: Date
}
