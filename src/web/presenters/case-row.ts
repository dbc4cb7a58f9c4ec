import { presentState, type StateView } from './case-state.js'
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
  readonly decline: { readonly words: string; readonly code: string | null }
  /** What the case put at risk. */
  readonly exposed: MoneyView
}

/** @param touches all of this case's */
export function presentCaseRow(row: CaseData, touches: readonly TouchData[], view: View): CaseRowView {
  return {
    href: `/app/cases/${row.id}`,
    customer: customerInWords(row),
    plan: planOf(row),
    state: presentState(row, touches, view),
    next: presentNextStep(row, touches, view),
    decline: { words: declineOf(row), code: row.decline_code },
    exposed: presentMoney(row.exposure, row.currency, view),
  }
}
