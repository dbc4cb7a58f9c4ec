import { daysLater, momentOf, wallTime, weekdayOf } from './sending-hours.js'

/** How often an owner is mailed how the workspace stands. */
export type DigestFrequency = 'off' | 'daily' | 'weekly'
export const DIGEST_FREQUENCIES: readonly DigestFrequency[] = ['off', 'daily', 'weekly']

/** Eight in the morning; the weekly one on Mondays. */
const MINUTE = 8 * 60
const MONDAY = 1
/** Two weeks: a zone that moves over the date line leaves a day out of the calendar, which may be the Monday. */
const DAYS_LOOKED_AT = 15

/**
 * When the next digest is due, on the clock of the workspace.
 *
 * @param after it comes after that moment, never at it
 * @param timeZone IANA name, such as `Europe/Berlin`
 */
export function nextDigestAt(frequency: Exclude<DigestFrequency, 'off'>, after: Date, timeZone: string): Date {
  const morning = { ...wallTime(after, timeZone), minute: MINUTE }
  for (let days = 0; days <= DAYS_LOOKED_AT; days += 1) {
    const time = daysLater(morning, days)
    if (frequency === 'weekly' && weekdayOf(time) !== MONDAY) continue
    const at = momentOf(time, timeZone)
    if (at > after && wallTime(at, timeZone).minute === MINUTE) return at
  }
  throw new RangeError('This morning never comes')
}
