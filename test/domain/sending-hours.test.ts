import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  isSendingTime,
  momentOf,
  nextSendingTime,
  type SendingHours,
  wallTime,
} from '../../src/domain/sending-hours.js'

const BERLIN: SendingHours = { timeZone: 'Europe/Berlin', fromMinute: 9 * 60, untilMinute: 18 * 60, onWeekends: true }
const next = (at: string, hours: Partial<SendingHours> = {}) =>
  nextSendingTime(new Date(at), { ...BERLIN, ...hours }).toISOString()

describe('sending hours', () => {
  it('let a moment within them be', () => {
    expect(next('2026-11-23T10:15:42.123Z')).toBe('2026-11-23T10:15:42.123Z')
  })

  it('move a moment before them to their beginning, one after them to the next morning', () => {
    expect(next('2026-11-23T05:00:00Z')).toBe('2026-11-23T08:00:00.000Z')
    expect(next('2026-11-23T17:00:00Z')).toBe('2026-11-24T08:00:00.000Z') // 18:00 is not within.
    expect(next('2026-11-23T16:59:59Z')).toBe('2026-11-23T16:59:59.000Z')
  })

  it('pass over a weekend where the owner wants it so', () => {
    expect(next('2026-11-27T20:00:00Z', { onWeekends: false })).toBe('2026-11-30T08:00:00.000Z')
    expect(next('2026-11-28T10:00:00Z', { onWeekends: false })).toBe('2026-11-30T08:00:00.000Z')
  })

  it('know a weekend by the day in the zone, not by the day in UTC', () => {
    const hours = { timeZone: 'Pacific/Auckland', fromMinute: 0, untilMinute: 1440, onWeekends: false }
    expect(next('2026-11-27T10:59:00Z', hours)).toBe('2026-11-27T10:59:00.000Z') // Friday, 23:59
    expect(next('2026-11-27T11:00:00Z', hours)).toBe('2026-11-29T11:00:00.000Z') // Saturday, 0:00
  })

  it('follow the clock over both switches of daylight saving', () => {
    // Berlin goes from +1 to +2 on 29 March 2026 and back on 25 October.
    expect(next('2026-03-28T20:00:00Z')).toBe('2026-03-29T07:00:00.000Z')
    expect(next('2026-10-24T20:00:00Z')).toBe('2026-10-25T08:00:00.000Z')
    const newYork = { timeZone: 'America/New_York' }
    expect(next('2026-03-08T02:00:00Z', newYork)).toBe('2026-03-08T13:00:00.000Z')
    expect(next('2026-11-01T02:00:00Z', newYork)).toBe('2026-11-01T14:00:00.000Z')
  })

  it('begin where the clock leaps to, when it leaps over their beginning', () => {
    // 2:00 becomes 3:00.
    expect(next('2026-03-29T00:10:00Z', { fromMinute: 150, untilMinute: 600 })).toBe('2026-03-29T01:00:00.000Z')
    // Over the whole of them: the next day.
    expect(next('2026-03-29T00:10:00Z', { fromMinute: 130, untilMinute: 170 })).toBe('2026-03-30T00:10:00.000Z')
  })

  it('know a leap day', () => {
    expect(next('2028-02-28T20:00:00Z')).toBe('2028-02-29T08:00:00.000Z')
    expect(next('2028-02-29T20:00:00Z')).toBe('2028-03-01T08:00:00.000Z')
    expect(next('2027-02-28T20:00:00Z')).toBe('2027-03-01T08:00:00.000Z')
  })

  it('always give the first moment that fits', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia']
    const hours = fc
      .tuple(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 1380 }),
        fc.integer({ min: 60, max: 1440 }),
        fc.boolean(),
      )
      .map(([timeZone, fromMinute, length, onWeekends]) => ({
        timeZone,
        fromMinute,
        untilMinute: Math.min(1440, fromMinute + length),
        onWeekends,
      }))
    const minutes = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2028, 11, 31) / 60_000 })
    fc.assert(
      fc.property(minutes, hours, (minute, window) => {
        const at = new Date(minute * 60_000)
        const found = nextSendingTime(at, window)
        expect(isSendingTime(found, window)).toBe(true)
        for (let t = at.getTime(); t < found.getTime(); t += 15 * 60_000) {
          expect(isSendingTime(new Date(t), window)).toBe(false)
        }
        if (found > at) expect(isSendingTime(new Date(found.getTime() - 60_000), window)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a time on the wall', () => {
  it('is the first of two where the clock is put back', () => {
    const twice = { year: 2026, month: 10, day: 25, minute: 150 }
    expect(momentOf(twice, 'Europe/Berlin').toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })

  it('comes back as the moment it was read from', () => {
    const moments = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2028, 11, 31) / 60_000 })
    fc.assert(
      fc.property(
        moments,
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns'),
        (m, zone) => {
          const at = new Date(m * 60_000)
          const back = momentOf(wallTime(at, zone), zone)
          // Of two moments that show the same, the first.
          expect(wallTime(back, zone)).toEqual(wallTime(at, zone))
          expect(back.getTime()).toBeLessThanOrEqual(at.getTime())
        },
      ),
    )
  })
})
