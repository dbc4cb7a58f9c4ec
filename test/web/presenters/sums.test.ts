import { describe, expect, it } from '@jest/globals'
import { type CurrencySum, presentSums } from '../../../src/web/presenters/sums.js'

const aSum = (over: Partial<CurrencySum> = {}): CurrencySum => ({
  currency: 'usd',
  exposed: 1_284_000,
  recovered: 678_000,
  cases: 17,
  recoveredCases: 6,
  ...over,
})
const present = (...sums: CurrencySum[]) => presentSums(sums, { locale: 'en-US' })

describe('sums', () => {
  it('say the rate by amount beside the rate by cases', () => {
    const [sum] = present(aSum())
    expect(sum).toMatchObject({ byAmount: '53%', byCases: '35%', ofCases: '6 of 17' })
    expect(sum?.recovered.text).toBe('$6,780.00')
    expect(sum?.exposed.text).toBe('$12,840.00')
  })

  it('stay one for each currency', () => {
    const sums = present(aSum({ currency: 'eur', cases: 3 }), aSum(), aSum({ currency: 'jpy', exposed: 500, cases: 3 }))
    expect(sums.map(({ currency, exposed }) => [currency, exposed.text])).toEqual([
      ['usd', '$12,840.00'],
      ['eur', '€12,840.00'],
      ['jpy', '¥500'],
    ])
    expect(() => present(aSum(), aSum())).toThrow(RangeError)
  })

  it('call nothing 0% and all of it 100%, and nothing else', () => {
    expect(present(aSum({ recovered: 0 }))[0]?.byAmount).toBe('0%')
    expect(present(aSum({ recovered: 1 }))[0]?.byAmount).toBe('under 1%')
    expect(present(aSum({ recovered: 1_283_999 }))[0]?.byAmount).toBe('99%')
    expect(present(aSum({ recovered: 1_284_000 }))[0]?.byAmount).toBe('100%')
  })
})
