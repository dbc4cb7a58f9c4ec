import type { Db } from '../db/knex.js'
import { RecoveryCase } from '../db/models/recovery-case.js'

/** A case, and the owner who does something to it. */
export interface OwnersCase {
  readonly workspaceId: string
  readonly ownerId: string
  readonly caseId: string
}

/** The case, in nobody else's hands until the transaction ends; nothing where the workspace has no such case. */
export function lockCase(
  trx: Db,
  { workspaceId, caseId }: Pick<OwnersCase, 'workspaceId' | 'caseId'>,
): Promise<RecoveryCase | undefined> {
  return RecoveryCase.query(trx).findOne({ workspace_id: workspaceId, id: caseId }).forUpdate().execute()
}
