import { daysLater, momentOf, wallTime, weekdayOf } from './sending-hours.js'

/** When the diagnostic runs by itself, on the clock of the workspace. */
export interface DiagnosticSchedule {
  readonly every: DiagnosticRhythm
  /** 0 is Sunday. */
  readonly weekday: number
  /** Hour of the day, 0 to 23. */
  readonly hour: number
}

export type DiagnosticRhythm = 'never' | 'week' | 'month'
export const DIAGNOSTIC_RHYTHMS: readonly DiagnosticRhythm[] = ['never', 'week', 'month']

/** A month and two weeks: a zone that moves over the date line leaves a day out of the calendar. */
const DAYS_LOOKED_AT = 45

/**
 * When the next run is due: that weekday's hour, in a month's rhythm on the first such day of a month. Where the clock
 * leaps over the hour, at the leap's end.
 *
 * @param after it comes after that moment, never at it
 * @returns `null`: never
 */
export function nextDiagnosticAt(
  { every, weekday, hour }: DiagnosticSchedule,
  after: Date,
  timeZone: string,
): Date | null {
  if (every === 'never') return null
  const first = { ...wallTime(after, timeZone), minute: hour * 60 }
  for (let days = 0; days <= DAYS_LOOKED_AT; days += 1) {
    const time = daysLater(first, days)
    const at = momentOf(time, timeZone)
    const shown = wallTime(at, timeZone)
    const isDay = weekdayOf(time) === weekday && (every === 'week' || shown.day <= 7)
    if (isDay && at > after) return at
  }
  throw new RangeError('This hour never comes')
}
