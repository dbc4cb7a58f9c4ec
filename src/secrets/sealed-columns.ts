import type { Place } from './cipher.js'

/** A column whose texts are encrypted, and where a row names its workspace. */
export interface SealedColumn {
  readonly table: string
  readonly column: `${string}_sealed`
  readonly workspaceColumn: 'id' | 'workspace_id'
}

/** Every encrypted column there is: what is missing here would be lost with the next change of `SECRET_KEY`. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'workspaces', column: 'webhook_token_sealed', workspaceColumn: 'id' },
  { table: 'stripe_connections', column: 'api_key_sealed', workspaceColumn: 'workspace_id' },
  { table: 'signing_secrets', column: 'secret_sealed', workspaceColumn: 'workspace_id' },
  { table: 'recovery_cases', column: 'link_token_sealed', workspaceColumn: 'workspace_id' },
  { table: 'mails', column: 'content_sealed', workspaceColumn: 'workspace_id' },
  { table: 'senders', column: 'api_key_sealed', workspaceColumn: 'workspace_id' },
  { table: 'senders', column: 'webhook_token_sealed', workspaceColumn: 'workspace_id' },
  { table: 'senders', column: 'webhook_secret_sealed', workspaceColumn: 'workspace_id' },
]

/** The place that a text of this column was sealed for: `table.column` without the ending. */
export function placeIn({ table, column }: SealedColumn, workspaceId: string): Place {
  return { workspaceId, field: `${table}.${column.replace(/_sealed$/, '')}` }
}
