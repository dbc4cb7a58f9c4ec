import { describe, expect, it } from '@jest/globals'
import { presentCharts } from '../../../src/web/presenters/overview-charts.js'
import { viewOf } from '../../../src/web/presenters/view.js'

const NOW = new Date('2026-11-22T14:00:00Z')
const VIEW = viewOf({ time_zone: 'Europe/Berlin', prompts_on_at: null }, NOW)
const DAY = 86_400_000
const lastDays = (days: number) => ({ from: new Date(NOW.getTime() - days * DAY), until: NOW })
const day = (name: string, exposed: number, recovered: number, currency = 'usd') => ({
  currency,
  day: name,
  exposed,
  recovered,
})
const DAYS = [
  day('2026-10-30', 100_00, 0),
  day('2026-11-02', 50_00, 60_00),
  day('2026-11-02', 900, 0, 'jpy'),
  day('2026-11-20', 0, 12_50),
]
const present = (days = DAYS, currencies = ['usd', 'jpy'], period = lastDays(30)) =>
  presentCharts(days, currencies, period, 'Europe/Berlin', VIEW)

describe('the charts of the overview', () => {
  it('are one a currency, in the order of the statements, and end with its sums', () => {
    const { charts } = present()
    expect(charts.map(({ currency, inWords }) => [currency, inWords])).toEqual([
      ['USD', 'USD, adding up: $72.50 recovered of $150 exposed'],
      ['JPY', 'JPY, adding up: ¥0 recovered of ¥900 exposed'],
    ])
    expect(charts[0]?.ends.map(({ label }) => label)).toEqual(['$150', '$72.50'])
  })

  it('tell since when, and name the days below', () => {
    const { when, ticks } = present()
    expect(when).toBe('Since 23 October')
    expect(ticks.map(({ label, left }) => [label, left])).toEqual([
      ['23 Oct', 0],
      ['31 Oct', 25],
      ['7 Nov', 50],
      ['15 Nov', 75],
      ['Today', 100],
    ])
  })

  it('tell both ends of days that are over', () => {
    const over = { from: new Date('2026-08-31T22:00:00Z'), until: new Date('2026-09-30T22:00:00Z') }
    const { when, ticks } = present([], ['usd'], over)
    expect(when).toBe('1 September to 30 September')
    expect(ticks.at(-1)?.label).toBe('30 Sep')
  })

  it('keep the labels of two sums apart that are nearly one', () => {
    const [chart] = present([day('2026-11-02', 100_00, 99_00)], ['usd']).charts
    const [exposed, recovered] = chart?.ends ?? []
    expect((recovered?.top ?? 0) - (exposed?.top ?? 0)).toBeGreaterThanOrEqual(30)
    expect(exposed?.top).toBeGreaterThan(0)
  })

  it('have a table behind them that adds up to the same', () => {
    const { currencies, rows } = present().table
    expect(currencies).toEqual(['USD', 'JPY'])
    expect(
      rows.map(({ by, sums }) => [by, ...sums.map((sum) => `${sum.recovered.text} of ${sum.exposed.text}`)]),
    ).toEqual([
      ['By 25 October', '$0.00 of $0.00', '¥0 of ¥0'],
      ['By 1 November', '$0.00 of $100.00', '¥0 of ¥0'],
      ['By 8 November', '$60.00 of $150.00', '¥0 of ¥900'],
      ['By 15 November', '$60.00 of $150.00', '¥0 of ¥900'],
      ['By 22 November', '$72.50 of $150.00', '¥0 of ¥900'],
    ])
  })

  it('count what came back after days that are over at their end', () => {
    const over = { from: new Date('2026-09-30T22:00:00Z'), until: new Date('2026-10-31T23:00:00Z') }
    const { table, charts } = present([day('2026-10-30', 100_00, 0), day('2026-11-20', 0, 100_00)], ['usd'], over)
    expect(table.rows.at(-1)?.sums[0]?.recovered.text).toBe('$100.00')
    expect(charts[0]?.recovered).toMatch(/H100V8\.26H100$/)
  })
})
