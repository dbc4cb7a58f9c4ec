import { describe, expect, it } from '@jest/globals'
import { stepChart } from '../../../src/web/presenters/step-chart.js'

const day = (name: string, exposed: number, recovered: number) => ({ currency: 'usd', day: name, exposed, recovered })
const place = (name: string) => Number(name)

describe('a chart in steps', () => {
  it('adds up from the base, level between the days, to the right edge', () => {
    const chart = stepChart([day('10', 100_00, 0), day('50', 0, 40_00), day('90', 100_00, 0)], place, 100)
    expect(chart.exposed).toBe('M0 100H10V54.13H90V8.26H100')
    expect(chart.recovered).toBe('M0 100H50V81.65H100')
    expect(chart.area).toBe('M0 100H50V81.65H100V100H0Z')
    expect([chart.exposedTop, chart.recoveredTop]).toEqual([8.26, 81.65])
  })

  it('has round amounts behind it, none above the highest sum by much', () => {
    const amounts = (exposed: number) => stepChart([day('1', exposed, 0)], place, 100).grid.map(({ amount }) => amount)
    expect(amounts(12_840_00)).toEqual([5_000_00, 10_000_00])
    expect(amounts(2_316_00)).toEqual([1_000_00, 2_000_00])
    expect(amounts(29_00)).toEqual([10_00, 20_00, 30_00])
  })

  it('is level at the base where nothing happened', () => {
    expect(stepChart([], place, 100)).toMatchObject({ exposed: 'M0 100H100', recoveredTop: 100, exposedTop: 100 })
  })
})
