import type { Workspace } from '../../db/models/workspace.js'
import { PAST_AT_ONCE, type PastRehearsal } from '../../diagnostics/past-cases.js'
import type { PastOutcome } from '../../recovery/open-past-case.js'
import { age } from './ages.js'
import { presentRehearsal, type RehearsalView } from './rehearsal.js'
import { type MoneyView, presentMoney, viewOf } from './view.js'
import { counted } from './words.js'

/** What would become a case, and who would be written to. */
export interface PastCasesView {
  readonly opens: readonly PastLineView[]
  readonly stays: readonly (PastLineView & { readonly why: string })[]
  readonly promptsOn: boolean
  /** Of the mails that would go out, those about these invoices. */
  readonly rehearsal: RehearsalView
  /** `The 40 newest of 120`; `null`: all of them. */
  readonly more: string | null
  readonly button: string
}

export interface PastLineView {
  readonly invoiceId: string
  readonly customer: string
  readonly plan: string | null
  readonly since: string
  readonly amount: MoneyView
}

const STAYS: Readonly<Record<Exclude<PastOutcome, 'opened'>, string>> = {
  has_case: 'It has a case already.',
  settled: 'It was paid, voided or given up since the report.',
  no_renewal: 'It is no renewal, or nothing is left to pay.',
  ended: 'Its subscription has ended since the report.',
  forgotten: 'This customer is forgotten: nobody is written to.',
  disconnected: 'The Stripe account is no longer connected.',
  gone: 'Stripe no longer has this invoice.',
}

export function presentPastCases(
  { candidates, outcomes, rehearsal }: PastRehearsal,
  workspace: Workspace,
  now: Date,
): PastCasesView {
  const view = viewOf(workspace, now)
  const lines = candidates.findings.map((row) => ({
    outcome: outcomes.get(row.stripe_invoice_id) ?? null,
    line: {
      invoiceId: row.stripe_invoice_id,
      customer: row.customer_name ?? row.stripe_customer_id ?? 'Customer without a name',
      plan: row.plan,
      since: `${age(row.first_failed_at, now)} since failure`,
      amount: presentMoney(row.open, row.currency, view),
    },
  }))
  const ours = new Set(candidates.findings.map(({ stripe_invoice_id: id }) => id))
  const isOurs = ({ stripe_invoice_id: id }: { stripe_invoice_id: string }) => ours.has(id)
  const mails = rehearsal.mails.filter(({ about }) => about.some(({ recoveryCase }) => isOurs(recoveryCase)))
  const opens = lines.filter(({ outcome }) => outcome === 'opened').map(({ line }) => line)
  return {
    opens,
    stays: lines
      .filter(({ outcome }) => outcome !== 'opened')
      .map(({ line, outcome }) => ({
        ...line,
        why:
          outcome === null || outcome === 'opened' ? 'Stripe did not answer. Look again in a minute.' : STAYS[outcome],
      })),
    promptsOn: workspace.prompts_on_at !== null,
    rehearsal: presentRehearsal(
      {
        ...rehearsal,
        mails,
        mailCount: mails.length,
        skipped: rehearsal.skipped.filter(({ recoveryCase }) => isOurs(recoveryCase)),
        postponed: rehearsal.postponed.filter(({ recoveryCase }) => isOurs(recoveryCase)),
      },
      view,
    ),
    more:
      candidates.total > PAST_AT_ONCE
        ? `The ${PAST_AT_ONCE} newest of ${candidates.total.toLocaleString('en-US')}`
        : null,
    button: `Open ${counted(opens.length, 'case')}`,
  }
}
