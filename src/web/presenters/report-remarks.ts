import type { CurrencyReport } from '../../domain/diagnostic-report.js'
import { isKnownCurrency } from '../../domain/money.js'
import { counted } from './words.js'

interface Remarkable {
  /** Seconds that our clock is ahead of Stripe's. */
  readonly clockAhead: number
  /** Objects that could not be understood. */
  readonly unreadable: number
  readonly currencies: readonly CurrencyReport[]
}

/** Clocks further apart than this are worth a word. */
const CLOCK_SECONDS = 60

/** What else one must know of a report, in sentences. */
export function reportRemarks({ clockAhead, currencies, unreadable }: Remarkable): string[] {
  const unknown = currencies.map(({ currency }) => currency).filter((currency) => !isKnownCurrency(currency))
  const minutes = Math.round(Math.abs(clockAhead) / 60)
  return [
    ...(unreadable > 0
      ? [`${counted(unreadable, 'object')} that Stripe sent could not be understood: in no figure.`]
      : []),
    ...unknown.map(
      (currency) =>
        `We do not know ${currency.toUpperCase()}: amounts in it are shown with two decimals, and are exact in Stripe’s smallest unit.`,
    ),
    ...(Math.abs(clockAhead) >= CLOCK_SECONDS
      ? [
          `Our clock was ${counted(minutes, 'minute')} ${clockAhead > 0 ? 'ahead of' : 'behind'} Stripe’s. The 90 days go by Stripe’s.`,
        ]
      : []),
  ]
}
