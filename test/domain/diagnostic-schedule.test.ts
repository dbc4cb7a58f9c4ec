import { describe, expect, it } from '@jest/globals'
import { nextDiagnosticAt } from '../../src/domain/diagnostic-schedule.js'

const MONDAY_AT_SIX = { every: 'week', weekday: 1, hour: 6 } as const
const next = (schedule: Parameters<typeof nextDiagnosticAt>[0], after: string, zone = 'Europe/Berlin') =>
  nextDiagnosticAt(schedule, new Date(after), zone)?.toISOString() ?? null

describe('when the diagnostic runs next', () => {
  it.each([
    ['later the same day', '2026-11-23T04:00:00Z', '2026-11-23T05:00:00.000Z'],
    ['never at the moment itself', '2026-11-23T05:00:00Z', '2026-11-30T05:00:00.000Z'],
    ['a week on', '2026-11-24T12:00:00Z', '2026-11-30T05:00:00.000Z'],
    ['at the same hour of the clock in summer', '2026-06-03T12:00:00Z', '2026-06-08T04:00:00.000Z'],
  ])('%s', (_, after, at) => {
    expect(next(MONDAY_AT_SIX, after)).toBe(at)
  })

  it('is the first such day of a month', () => {
    expect(next({ ...MONDAY_AT_SIX, every: 'month' }, '2026-11-23T12:00:00Z')).toBe('2026-12-07T05:00:00.000Z')
    expect(next({ ...MONDAY_AT_SIX, every: 'month' }, '2026-12-07T05:00:00Z')).toBe('2027-01-04T05:00:00.000Z')
  })

  it('comes on the day on which the clock leaps over the hour', () => {
    expect(next({ every: 'week', weekday: 0, hour: 2 }, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
  })

  it('is never, when that was chosen', () => {
    expect(next({ ...MONDAY_AT_SIX, every: 'never' }, '2026-11-23T04:00:00Z')).toBeNull()
  })
})
