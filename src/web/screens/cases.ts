import type { Context } from '../../context.js'
import { listCases } from '../../recovery/read-cases.js'
import { readNeedsHuman } from '../../recovery/read-needs-human.js'
import type { Tenant } from '../middleware/tenant.js'
import type { CasesView } from '../pages/cases.js'
import { presentCaseRow } from '../presenters/case-row.js'
import { presentNeeds } from '../presenters/needs-human.js'
import { presentSums } from '../presenters/sums.js'
import { viewOf } from '../presenters/view.js'

const CASES_SHOWN = 100
const NEEDS_SHOWN = 50

/** The list of cases, and what needs a human. */
export async function showCases(context: Context, { workspace, connection }: Tenant): Promise<CasesView> {
  const list = await listCases(context, workspace.id, connection.id, CASES_SHOWN)
  const needs = await readNeedsHuman(context, workspace.id, connection.id, NEEDS_SHOWN)
  const view = viewOf(workspace, context.now())
  return {
    cases: list.cases.map((row) => presentCaseRow(row, list.touches.get(row.id) ?? [], view)),
    total: list.total,
    sums: presentSums(list.sums, view),
    needs: presentNeeds(needs, connection, view),
    promptsOn: workspace.prompts_on_at !== null,
    unwritten: list.unwritten,
  }
}
