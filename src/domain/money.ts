/** An amount in the currency's minor units as Stripe sends them; the currency is an ISO code in lower case. */
export interface Money {
  amount: number
  currency: string
}

/** A formatted amount in three pieces, so that a page can mute the decimals. Joined, they are `formatMoney`. */
export interface MoneyParts {
  whole: string
  cents: string
  after: string
}

/**
 * Currencies whose minor unit is not a hundredth, in the units of Stripe's API.
 *
 * Source: docs.stripe.com/currencies (zero-decimal, three-decimal, special cases) as of September 2026. ISK and UGX
 * have no decimals any more, but Stripe keeps sending them as two-decimal; HUF and TWD are zero-decimal in payouts only.
 */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ').map((code) => [code, 0] as const),
  ...'bhd jod kwd omr tnd'.split(' ').map((code) => [code, 3] as const),
])
const USUAL_DECIMALS = 2

/** ISO 4217's code for tests: gives a malformed code the place that the locale has for currencies. */
const STAND_IN = 'XTS'
const FORMATTERS_KEPT = 500

/**
 * The amount with symbol and grouping of the locale, all decimals of the currency shown, nothing rounded.
 * A currency we don't know has two decimals and shows its code; a locale that nobody knows reads as English.
 * @throws RangeError when the amount is no safe integer
 */
export function formatMoney(money: Money, locale: string): string {
  return localized(money, locale)
    .map((part) => part.value)
    .join('')
}

/** `formatMoney` cut around the decimals: `$1,234` · `.50` · nothing, or `1.234` · `,50` · ` €`. */
export function formatMoneyParts(money: Money, locale: string): MoneyParts {
  const parts = localized(money, locale)
  const endOfWhole = parts.findLastIndex((part) => part.type === 'integer') + 1
  const endOfCents = Math.max(endOfWhole, parts.findLastIndex((part) => part.type === 'fraction') + 1)
  const join = (from: number, to?: number) =>
    parts
      .slice(from, to)
      .map((part) => part.value)
      .join('')
  return { whole: join(0, endOfWhole), cents: join(endOfWhole, endOfCents), after: join(endOfCents) }
}

/** The amount in major units as plain digits (`-1234.50`), for files that machines read. Exact: no float on the way. */
export function toDecimal({ amount, currency }: Money): `${number}` {
  assertWhole(amount)
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const fraction = decimals > 0 ? `.${digits.slice(point)}` : ''
  return `${amount < 0 ? '-' : ''}${digits.slice(0, point)}${fraction}` as `${number}`
}

/** How many minor units one of the currency has: 100 for most. */
export const minorUnitsIn = (currency: string) => 10 ** decimalsOf(currency)

/** @throws RangeError when the currencies differ, or an amount or the sum is no safe integer */
export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency) {
    throw new RangeError(`Amounts in ${left.currency} and ${right.currency} cannot be added`)
  }
  assertWhole(left.amount)
  assertWhole(right.amount)
  const amount = left.amount + right.amount
  assertWhole(amount)
  return { amount, currency: left.currency }
}

/** Whether ISO 4217, as this platform has it, lists the currency: of others we don't know how many decimals they have. */
export const isKnownCurrency = (currency: string): boolean => KNOWN.has(currency.toUpperCase())

const KNOWN = new Set(Intl.supportedValuesOf('currency'))

function assertWhole(amount: number): void {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`An amount is a whole number of minor units, not ${amount}`)
}

function decimalsOf(currency: string): number {
  return DECIMALS.get(currency.toLowerCase()) ?? USUAL_DECIMALS
}

function localized(money: Money, locale: string): Intl.NumberFormatPart[] {
  const code = money.currency.toUpperCase()
  if (/^[A-Z]{3}$/.test(code)) return formatterFor(locale, code).formatToParts(toDecimal(money))
  return formatterFor(locale, STAND_IN)
    .formatToParts(toDecimal(money))
    .map((part) => (part.type === 'currency' ? { ...part, value: code } : part))
}

/** Making a formatter costs a hundred times what using it does, so they are kept; not without end, as locales come from outside. */
const formatters = new Map<string, Intl.NumberFormat>()

function formatterFor(locale: string, code: string): Intl.NumberFormat {
  const key = `${locale} ${code}`
  const kept = formatters.get(key)
  if (kept) return kept

  const formatter = makeFormatter(locale, code)
  if (formatters.size >= FORMATTERS_KEPT) formatters.clear()
  formatters.set(key, formatter)
  return formatter
}

function makeFormatter(locale: string, code: string): Intl.NumberFormat {
  const decimals = decimalsOf(code)
  const options = {
    style: 'currency',
    currency: code,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  } as const
  try {
    return new Intl.NumberFormat([locale, 'en'], options)
  } catch {
    return new Intl.NumberFormat('en', options)
  }
}
