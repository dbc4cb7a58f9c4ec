import type { CaseData } from './rows.js'
import { type MoneyView, presentMoney, type View } from './view.js'

/** What the owner can do to an open case. */
export interface ActionsView {
  /** Where each is posted to: this and its name. */
  readonly base: string
  readonly isPaused: boolean
  /** What is left to pay, for the buttons that are about money. */
  readonly remaining: MoneyView
  /** A press that is sent twice has it twice, and charges or sends once. */
  readonly requestId: string
}

/** @returns `null`: the case is closed, nothing is to be done to it */
export function presentActions(row: CaseData, requestId: string, view: View): ActionsView | null {
  if (row.outcome) return null
  return {
    base: `/app/cases/${row.id}`,
    isPaused: row.paused_at !== null,
    remaining: presentMoney(row.amount_remaining, row.currency, view),
    requestId,
  }
}
