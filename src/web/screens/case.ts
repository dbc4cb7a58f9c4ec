import { randomUUID } from 'node:crypto'
import type { Context } from '../../context.js'
import { readCase } from '../../recovery/read-cases.js'
import { isRowId } from '../middleware/row-id.js'
import type { Tenant } from '../middleware/tenant.js'
import type { CaseScreenView } from '../pages/case.js'
import { presentCase } from '../presenters/case.js'
import { presentActions } from '../presenters/case-actions.js'
import { caseListHref, readCaseAddress } from '../presenters/case-list-address.js'
import { viewOf } from '../presenters/view.js'
import type { Query } from './query.js'

/** One case with its proof. `id` names it, the rest of the address the list that led to it; `null`: the workspace has none of this id. */
export async function showCase(
  context: Context,
  { workspace, connection }: Tenant,
  query: Query,
): Promise<CaseScreenView | null> {
  const { id } = query
  const dossier = isRowId(id) && (await readCase(context, workspace.id, id))
  if (!dossier) return null
  const view = viewOf(workspace, context.now())
  return {
    recoveryCase: presentCase({ ...dossier, connection }, view),
    actions: presentActions(dossier.recoveryCase, randomUUID(), view),
    back: caseListHref(readCaseAddress(query)),
  }
}
