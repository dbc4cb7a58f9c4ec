import type { Db } from '../knex.js'

/** Those of a workspace's invoices about which a mail went out. */
export async function promptedInvoices(
  db: Db,
  workspaceId: string,
  invoiceIds: readonly string[],
): Promise<Set<string>> {
  const found: string[] = await db('recovery_cases as cases')
    .where('cases.workspace_id', workspaceId)
    .whereRaw('cases.stripe_invoice_id = any(?::text[])', [invoiceIds] as never)
    .whereExists(
      db('touches')
        .whereRaw('touches.workspace_id = cases.workspace_id and touches.case_id = cases.id')
        .whereNotNull('touches.sent_at'),
    )
    .pluck('cases.stripe_invoice_id')
  return new Set(found)
}
