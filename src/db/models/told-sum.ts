import { Row } from './row.js'

/** What digests have told of a connection so far, in one currency. Amounts in minor units; all since the beginning. */
export class ToldSum extends Row {
  static override tableName = 'told_sums'
  static override idColumn = ['connection_id', 'currency']
  declare workspace_id: string
  declare connection_id: string
  declare currency: string
  declare cases: number
  declare exposed: number
  declare recovered_cases: number
  /** All that was paid, whatever became of it. */
  declare came_back: number
  /** The part of it that we brought about. */
  declare assisted: number
  declare went_back: number
}
