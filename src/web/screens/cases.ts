import type { Context } from '../../context.js'
import { countUnwritten, readCaseList } from '../../recovery/read-case-list.js'
import type { Tenant } from '../middleware/tenant.js'
import type { CasesView } from '../pages/cases.js'
import { presentCaseList } from '../presenters/case-list.js'
import { readCaseAddress } from '../presenters/case-list-address.js'
import { viewOf } from '../presenters/view.js'
import type { Query } from './query.js'

const CASES_SHOWN = 50

/** A list of cases. The address names its view, search, currency, order and page. */
export async function showCases(context: Context, { workspace, connection }: Tenant, query: Query): Promise<CasesView> {
  const wanted = readCaseAddress(query)
  const promptsOn = workspace.prompts_on_at !== null
  const [list, unwritten] = await Promise.all([
    readCaseList(context, workspace.id, connection.id, wanted, CASES_SHOWN),
    promptsOn ? 0 : countUnwritten(context, workspace.id, connection.id),
  ])
  return {
    list: presentCaseList(list, wanted, connection, viewOf(workspace, context.now())),
    promptsOn,
    unwritten,
  }
}
