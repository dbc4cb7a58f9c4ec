import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addMoney, formatMoney, formatMoneyParts, toDecimal } from '../../src/domain/money.js'

/** Intl parts amounts with no-break spaces of two kinds; people see a space. */
const shown = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')
const format = (amount: number, currency: string, locale: string) => shown(formatMoney({ amount, currency }, locale))

const currencies = fc.constantFrom('usd', 'eur', 'jpy', 'kwd', 'isk', 'ugx', 'xyz', 'usdc', '', '??')
const locales = fc.constantFrom('en', 'en-US', 'de', 'de-CH', 'fr', 'es', 'pt-BR', 'ar', 'hi', 'ja', 'not a locale')
const amounts = fc.maxSafeInteger()

describe('money', () => {
  it.each([
    [123450, 'usd', 'en-US', '$1,234.50'],
    [123450, 'eur', 'de', '1.234,50 €'],
    [123450, 'eur', 'fr', '1 234,50 €'],
    [123450, 'brl', 'pt-BR', 'R$ 1.234,50'],
    [4900, 'cad', 'en-US', 'CA$49.00'],
    [-4900, 'usd', 'en-US', '-$49.00'],
    [0, 'usd', 'en-US', '$0.00'],
    [-0, 'usd', 'en-US', '$0.00'],
    [5, 'usd', 'en-US', '$0.05'],
  ])('shows %d %s in %s as %s, with all its decimals', (amount, currency, locale, text) => {
    expect(format(amount, currency, locale)).toBe(text)
  })

  it('has no decimals where the currency has none', () => {
    expect(format(500, 'jpy', 'en-US')).toBe('¥500')
    expect(format(12500, 'krw', 'en-US')).toBe('₩12,500')
    expect(format(500, 'xof', 'en-US')).toBe('F CFA 500')
  })

  it('has three decimals where the currency has three', () => {
    expect(format(5120, 'kwd', 'en-US')).toBe('KWD 5.120')
  })

  it('shows krónur and Ugandan shillings in the hundredths that Stripe sends', () => {
    expect(format(12345, 'isk', 'en-US')).toBe('ISK 123.45')
    expect(format(500, 'ugx', 'en-US')).toBe('UGX 5.00')
  })

  it('keeps the decimals of forints, which are zero-decimal in payouts only', () => {
    expect(format(1045, 'huf', 'en-US')).toBe('HUF 10.45')
  })

  it('shows an unknown currency by its code in capitals with two decimals', () => {
    expect(format(1234, 'xyz', 'en-US')).toBe('XYZ 12.34')
    expect(format(1234, 'usdc', 'en-US')).toBe('USDC 12.34')
    expect(format(1234, 'usdc', 'de')).toBe('12,34 USDC')
  })

  it('reads as English where nobody knows the locale', () => {
    expect(format(4900, 'usd', 'not a locale')).toBe('$49.00')
    expect(format(4900, 'usd', 'zz')).toBe('$49.00')
    expect(format(4900, 'usd', '')).toBe('$49.00')
  })

  it('shows the largest amount to the cent', () => {
    expect(format(Number.MAX_SAFE_INTEGER, 'usd', 'en-US')).toBe('$90,071,992,547,409.91')
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    'refuses the amount %d',
    (amount) => {
      expect(() => formatMoney({ amount, currency: 'usd' }, 'en')).toThrow(RangeError)
      expect(() => formatMoneyParts({ amount, currency: 'usd' }, 'en')).toThrow(RangeError)
      expect(() => addMoney({ amount, currency: 'usd' }, { amount: 0, currency: 'usd' })).toThrow(RangeError)
    },
  )

  it('cuts an amount around its decimals, so that they can be muted', () => {
    const parts = (amount: number, currency: string, locale: string) => {
      const { whole, cents, after } = formatMoneyParts({ amount, currency }, locale)
      return [whole, cents, after].map(shown)
    }
    expect(parts(123450, 'usd', 'en-US')).toEqual(['$1,234', '.50', ''])
    expect(parts(-123450, 'usd', 'en-US')).toEqual(['-$1,234', '.50', ''])
    expect(parts(123450, 'eur', 'de')).toEqual(['1.234', ',50', ' €'])
    expect(parts(500, 'jpy', 'de')).toEqual(['500', '', ' ¥'])
  })

  it('loses nothing between the parts and the whole, in any locale', () => {
    fc.assert(
      fc.property(amounts, currencies, locales, (amount, currency, locale) => {
        const { whole, cents, after } = formatMoneyParts({ amount, currency }, locale)
        expect(whole + cents + after).toBe(formatMoney({ amount, currency }, locale))
      }),
    )
  })

  it('never rounds: the digits shown are the minor units', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        const digits = formatMoney({ amount, currency }, 'en').replace(/\D/g, '')
        expect(BigInt(digits)).toBe(BigInt(Math.abs(amount)))
      }),
    )
  })

  it('writes plain digits for files', () => {
    expect(toDecimal({ amount: -123450, currency: 'usd' })).toBe('-1234.50')
    expect(toDecimal({ amount: 5, currency: 'kwd' })).toBe('0.005')
    expect(toDecimal({ amount: 500, currency: 'jpy' })).toBe('500')
  })

  it('adds amounts of one currency only', () => {
    expect(addMoney({ amount: 4900, currency: 'usd' }, { amount: -900, currency: 'usd' })).toEqual({
      amount: 4000,
      currency: 'usd',
    })
    expect(() => addMoney({ amount: 1, currency: 'usd' }, { amount: 1, currency: 'eur' })).toThrow('usd and eur')
  })

  it('refuses a sum that a number cannot hold exactly', () => {
    const most = { amount: Number.MAX_SAFE_INTEGER, currency: 'usd' }
    expect(() => addMoney(most, { amount: 1, currency: 'usd' })).toThrow(RangeError)
  })
})
