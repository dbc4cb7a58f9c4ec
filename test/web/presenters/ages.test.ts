import { describe, expect, it } from '@jest/globals'
import { age, duration } from '../../../src/web/presenters/ages.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('ages', () => {
  it.each([
    [9_000, '9s'],
    [59_999, '59s'],
    [MINUTE, '1m'],
    [14 * MINUTE, '14m'],
    [HOUR - 1, '59m'],
    [5 * HOUR, '5h'],
    [2 * HOUR + 5 * MINUTE, '2h 5m'],
    [DAY, '1d'],
    [DAY + 8 * HOUR, '1d 8h'],
    [DAY + 59 * MINUTE, '1d'],
    [9 * DAY + 5 * HOUR, '9d'],
    [21 * DAY, '21d'],
  ])('says %d ms as %s', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })

  it('calls less than a second, and a clock that runs behind, under a second', () => {
    expect(duration(400)).toBe('under 1s')
    expect(duration(-5_000)).toBe('under 1s')
  })

  it('counts from one moment to another', () => {
    expect(age(new Date('2026-11-22T13:19:00Z'), new Date('2026-11-22T14:00:00Z'))).toBe('41m')
  })
})
