import { Row } from './row.js'

/** How the figures of a connection stood at a digest, in one currency. Minor units; all since the beginning. */
export class ToldSum extends Row {
  static override tableName = 'told_sums'
  declare id: number
  declare workspace_id: string
  declare connection_id: string
  /** The digest; `null`: told without one, where digests began. */
  declare mail_id: string | null
  declare told_at: Date
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
