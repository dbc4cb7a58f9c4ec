import { describe, expect, it } from '@jest/globals'
import { periodOf } from '../../../src/web/presenters/overview-period.js'

const NOW = new Date('2026-11-22T14:00:00Z')
const period = (asked: Parameters<typeof periodOf>[0]) => periodOf(asked, 'Europe/Berlin', NOW)
const ends = ({ from, until }: ReturnType<typeof periodOf>) => [from.toISOString(), until.toISOString()]

describe('the period of the overview', () => {
  it('ends now, and is thirty days long where nobody chose', () => {
    const { days, typed, fault } = period({})
    expect({ days, typed, fault }).toEqual({
      days: 30,
      typed: { first: '2026-10-23', last: '2026-11-22' },
      fault: null,
    })
    expect(ends(period({ days: '7' }))).toEqual(['2026-11-15T14:00:00.000Z', '2026-11-22T14:00:00.000Z'])
  })

  it.each([
    { days: '8' },
    { days: ['7', '30'] },
    { days: { $gt: 0 } },
    { days: '7e1' },
    { first: ['2026-01-01'], last: {} },
  ])('takes what can be no period for none: %j', (asked) => {
    expect(period(asked)).toMatchObject({ days: 30, fault: null })
  })

  it('takes whole days of the workspace’s time zone, over a change of its clocks too', () => {
    // Berlin's clocks went back on 25 October 2026.
    expect(ends(period({ first: '2026-10-25', last: '2026-10-25' }))).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
    expect(ends(period({ first: '2026-11-20', last: '2026-11-22' }))).toEqual([
      '2026-11-19T23:00:00.000Z',
      NOW.toISOString(),
    ])
  })

  it('takes a year, leap day and longer days included, and no more', () => {
    expect(period({ first: '2025-11-22', last: '2026-11-22' }).fault).toBeNull()
    expect(period({ first: '2025-11-20', last: '2026-11-22' }).fault).toBe('Choose a year at most.')
  })

  it.each([
    [{ first: '2026-11-01', last: '' }, 'Choose a first and a last day.'],
    [{ first: '2026-02-30', last: '2026-03-01' }, 'Choose a first and a last day.'],
    [{ first: "1' or 1=1", last: '2026-03-01' }, 'Choose a first and a last day.'],
    [{ first: '2026-11-02', last: '2026-11-01' }, 'The last day is before the first.'],
    [{ first: '2026-11-24', last: '2026-11-25' }, 'The first day has not come yet.'],
  ])('says why %j can’t be shown, keeps it, and shows thirty days', (asked, fault) => {
    const refused = period(asked)
    expect(refused).toMatchObject({ days: 30, fault })
    expect(refused.typed.last).toBe(asked.last.slice(0, 10))
  })
})
