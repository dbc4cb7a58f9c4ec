import { Row } from './row.js'

/** A webhook URL that was replaced and still works until it ends. */
export class PreviousWebhookToken extends Row {
  static override tableName = 'previous_webhook_tokens'
  declare id: string
  declare workspace_id: string
  declare token_hash: string
  declare replaced_at: Date
  declare ends_at: Date
}
