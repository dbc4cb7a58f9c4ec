import { describe, expect, it } from '@jest/globals'
import { timesIn } from '../../../src/web/presenters/times.js'

const now = new Date('2026-11-22T14:00:00Z')
const berlin = timesIn('Europe/Berlin', now)

describe('times', () => {
  it('speaks in the time zone of the workspace', () => {
    const at = new Date('2026-11-24T23:10:05Z')
    expect(berlin.moment(at)).toBe('Wed 25 Nov, 00:10')
    expect(timesIn('America/New_York', now).moment(at)).toBe('Tue 24 Nov, 18:10')
  })

  it('gives the proof to the second', () => {
    const at = new Date('2026-11-22T13:19:03Z')
    expect(berlin.clock(at)).toBe('14:19:03')
    expect(berlin.exact(at)).toBe('Sunday 22 November 2026, 14:19:03')
  })

  it('names the year where it is another one', () => {
    expect(berlin.moment(new Date('2027-01-04T08:00:00Z'))).toBe('Mon 4 Jan 2027, 09:00')
    expect(berlin.day(new Date('2025-12-01T08:00:00Z'))).toBe('Monday 1 December 2025')
  })

  it('knows summer from winter', () => {
    expect(berlin.moment(new Date('2026-07-01T08:00:00Z'))).toBe('Wed 1 Jul, 10:00')
  })

  it('names the zone by its city', () => {
    expect(berlin.zone).toBe('Berlin time')
    expect(timesIn('America/New_York', now).zone).toBe('New York time')
    expect(timesIn('UTC', now).zone).toBe('UTC')
  })
})
