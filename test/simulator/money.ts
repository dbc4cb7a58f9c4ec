/** Without decimals in life, and sent by Stripe with two that are always 00. Source: docs.stripe.com/currencies#special-cases */
const SENT_WITH_DECIMALS: ReadonlySet<string> = new Set(['isk', 'ugx'])

/** Made once for each currency: making one costs more than all else that is done to an invoice. */
const FORMATS = new Map<string, Intl.NumberFormat>()

/** Minor units as money in US English; the simulator's own pages don't translate. */
export function money(minor: number, currency: string): string {
  const format = FORMATS.get(currency) ?? new Intl.NumberFormat('en-US', { style: 'currency', currency })
  FORMATS.set(currency, format)
  const digits = SENT_WITH_DECIMALS.has(currency) ? 2 : (format.resolvedOptions().maximumFractionDigits ?? 2)
  return format.format(minor / 10 ** digits)
}
