import type { Db } from '../db/knex.js'
import type { StripeConnection } from '../db/models/stripe-connection.js'
import { Workspace } from '../db/models/workspace.js'
import type { WithheldReason } from './timeline.js'

/** Why we may not pay with a customer's new card by ourselves; `null`: nothing is known that speaks against it. */
export async function whyWithheld(db: Db, connection: StripeConnection): Promise<WithheldReason | null> {
  const { pay_with_new_card } = await Workspace.query(db).findById(connection.workspace_id).throwIfNotFound()
  if (!pay_with_new_card) return 'switched_off'
  return lacks(connection, 'rak_invoice_write') ? 'permission_missing' : null
}

/** Whether the key was found not to have this permission. */
export const lacks = ({ capabilities }: StripeConnection, slug: string): boolean =>
  capabilities?.some(({ permission, result }) => permission === slug && result === 'missing') === true
