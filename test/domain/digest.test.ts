import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { nextDigestAt } from '../../src/domain/digest.js'
import { wallTime, weekdayOf } from '../../src/domain/sending-hours.js'

const next = (frequency: 'daily' | 'weekly', after: string, timeZone = 'Europe/Berlin') =>
  nextDigestAt(frequency, new Date(after), timeZone).toISOString()

describe('the next digest', () => {
  it('comes every morning at eight on the workspace’s clock', () => {
    expect(next('daily', '2026-11-24T06:59:59Z')).toBe('2026-11-24T07:00:00.000Z')
    expect(next('daily', '2026-11-24T06:59:59Z', 'America/New_York')).toBe('2026-11-24T13:00:00.000Z')
  })

  it('never comes at the moment that it follows', () => {
    expect(next('daily', '2026-11-24T07:00:00Z')).toBe('2026-11-25T07:00:00.000Z')
    expect(next('weekly', '2026-11-23T07:00:00Z')).toBe('2026-11-30T07:00:00.000Z')
  })

  it('comes on Mondays when it is weekly, also where Monday is still Sunday in UTC', () => {
    expect(next('weekly', '2026-11-23T06:59:00Z')).toBe('2026-11-23T07:00:00.000Z')
    expect(next('weekly', '2026-11-24T12:00:00Z')).toBe('2026-11-30T07:00:00.000Z')
    expect(next('weekly', '2026-11-29T18:00:00Z', 'Pacific/Auckland')).toBe('2026-11-29T19:00:00.000Z')
  })

  it('keeps to eight over both switches of daylight saving', () => {
    // Berlin goes from +1 to +2 on Sunday 29 March 2026 and back on 25 October.
    expect(next('daily', '2026-03-28T12:00:00Z')).toBe('2026-03-29T06:00:00.000Z')
    expect(next('weekly', '2026-03-23T07:00:00Z')).toBe('2026-03-30T06:00:00.000Z')
    expect(next('daily', '2026-10-24T12:00:00Z')).toBe('2026-10-25T07:00:00.000Z')
    expect(next('weekly', '2026-10-19T06:00:00Z')).toBe('2026-10-26T07:00:00.000Z')
  })

  it('comes on a leap day, and around the turn of a year', () => {
    expect(next('daily', '2028-02-28T12:00:00Z')).toBe('2028-02-29T07:00:00.000Z')
    expect(next('weekly', '2026-12-30T12:00:00Z')).toBe('2027-01-04T07:00:00.000Z')
  })

  it('passes over a morning that the calendar left out', () => {
    // Samoa went from Thursday 29 December 2011 to Saturday: there was no Friday.
    expect(next('daily', '2011-12-29T20:00:00Z', 'Pacific/Apia')).toBe('2011-12-30T18:00:00.000Z')
  })

  it('is at eight, on the right day and at most a week away, wherever and whenever', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Kiritimati']
    const moment = fc.date({ min: new Date('2024-01-01'), max: new Date('2032-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom('daily', 'weekly'), moment, (zone, frequency, after) => {
        const at = nextDigestAt(frequency, after, zone)
        const time = wallTime(at, zone)
        const hours = (at.getTime() - after.getTime()) / 3_600_000
        expect(time.minute).toBe(8 * 60)
        if (frequency === 'weekly') expect(weekdayOf(time)).toBe(1)
        expect(hours).toBeGreaterThan(0)
        expect(hours).toBeLessThanOrEqual((frequency === 'weekly' ? 7 * 24 : 24) + 1)
      }),
    )
  })
})
