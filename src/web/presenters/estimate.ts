import type { CurrencyReport } from '../../domain/diagnostic-report.js'
import { percent } from './percent.js'
import { headline, type View } from './view.js'
import { counted } from './words.js'

/** What a prompt could have reached, as a range with its assumption. */
export interface EstimateView {
  /** `$1,232 to $5,600`, or `up to $5,600` */
  readonly range: string
  readonly why: string
  readonly assumption: string
}

/** @returns `null` when nothing that a customer could have mended was lost */
export function presentEstimate(
  { currency, estimate }: CurrencyReport,
  view: Pick<View, 'locale'>,
): EstimateView | null {
  const { atLeast, atMost, cameUnasked, invoices } = estimate
  if (atMost === 0) return null
  const money = (amount: number) => headline(amount, currency, view)
  const range = atLeast === 0 ? `up to ${money(atMost)}` : `${money(atLeast)} to ${money(atMost)}`
  const why = `${money(atMost)} of what was lost, in ${counted(invoices, 'invoice')}, failed for reasons that a customer can mend (the card, a confirmation, the balance), and SecondLoop had written to nobody about it.`
  const assumption =
    atLeast === 0
      ? 'Nobody in this report paid such an invoice unasked, so there is no lower end. This is what was there to reach, no promise.'
      : `The lower end assumes that those who are asked pay no less often than those who were not: by amount, ${percent(cameUnasked, cameUnasked + atMost)} of such invoices were paid unasked. The upper end is all of it. No promise.`
  return { range, why, assumption }
}
