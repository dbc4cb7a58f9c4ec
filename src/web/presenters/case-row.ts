import { presentState, type StateView } from './case-state.js'
import type { NeedView } from './needs-human.js'
import { type NextStepView, presentNextStep } from './next-step.js'
import type { CaseData, TouchData } from './rows.js'
import { type MoneyView, presentMoney, type View } from './view.js'
import { customerInWords, declineOf, planOf } from './words.js'

/** One line of the list of cases. */
export interface CaseRowView {
  readonly href: string
  readonly customer: string
  readonly plan: string | null
  readonly state: StateView
  readonly next: NextStepView
  /** Where that is done, if not on the case's own page. */
  readonly action: NeedView['action'] | null
  readonly decline: { readonly words: string; readonly code: string | null }
  /** What the case put at risk. */
  readonly exposed: MoneyView
}

/**
 * @param touches all of this case's
 * @param need what only the owner can do about it goes before what would happen by itself
 */
export function presentCaseRow(
  row: CaseData,
  touches: readonly TouchData[],
  view: View,
  need: NeedView | null = null,
): CaseRowView {
  const state = presentState(row, touches, view)
  return {
    href: `/app/cases/${row.id}`,
    customer: customerInWords(row),
    plan: planOf(row),
    state: need && !row.outcome ? { ...state, glyph: 'attention', tone: 'attention' } : state,
    next: need ? { text: need.why, second: need.todo } : presentNextStep(row, touches, view),
    action: need?.action.href.startsWith('https:') ? need.action : null,
    decline: { words: declineOf(row), code: row.decline_code },
    exposed: presentMoney(row.exposure, row.currency, view),
  }
}
