/** When reminders may go out, in the workspace's time zone. */
export interface SendingHours {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  /** Minutes since midnight on the clock; `from` is within, `until` is not. 0 <= from < until <= 1440. */
  readonly fromMinute: number
  readonly untilMinute: number
  readonly onWeekends: boolean
}

/** A moment as the clock on the wall shows it. Minutes since midnight on the clock: 2:30 is 150 on every day. */
export interface WallTime {
  readonly year: number
  /** 1 to 12 */
  readonly month: number
  readonly day: number
  readonly minute: number
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** More days than any closed stretch: a weekend, and a day on which the clock leaps over the whole window. */
const DAYS_LOOKED_AT = 5

/** `at` itself when mails may go out then, else the next moment at which they may. */
export function nextSendingTime(at: Date, hours: SendingHours): Date {
  if (isSendingTime(at, hours)) return at
  const today = wallTime(at, hours.timeZone)
  for (let days = 0; days <= DAYS_LOOKED_AT; days += 1) {
    const opening = momentOf({ ...today, day: today.day + days, minute: hours.fromMinute }, hours.timeZone)
    if (opening > at && isSendingTime(opening, hours)) return opening
  }
  throw new RangeError('These sending hours never come')
}

export function isSendingTime(at: Date, { timeZone, fromMinute, untilMinute, onWeekends }: SendingHours): boolean {
  const { year, month, day, minute } = wallTime(at, timeZone)
  if (minute < fromMinute || minute >= untilMinute) return false
  return onWeekends || !isWeekend(year, month, day)
}

export function wallTime(at: Date, timeZone: string): WallTime {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatterOf(timeZone).formatToParts(at)) parts[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts
  return { year, month, day, minute: hour * 60 + minute }
}

/**
 * The moment at which the clock shows a time: the first, where it is shown twice; where the clock leaps over it, the
 * moment of the leap's end. Days past the month's end count on.
 */
export function momentOf({ year, month, day, minute }: WallTime, timeZone: string): Date {
  const asUtc = Date.UTC(year, month - 1, day, 0, minute)
  // The zone is ahead or behind by less than a day, so one of the offsets in force around it is the right one.
  const candidates = [-1, 1].map((side) => asUtc - offsetAt(new Date(asUtc + side * DAY_MS), timeZone))
  const shown = candidates.filter((moment) => moment + offsetAt(new Date(moment), timeZone) === asUtc)
  if (shown.length > 0) return new Date(Math.min(...shown))
  return endOfLeap(Math.min(...candidates), Math.max(...candidates), timeZone)
}

/** Days on the calendar after a wall time, at the same time of the day. */
export const daysLater = (time: WallTime, days: number): WallTime => ({ ...time, day: time.day + days })

/** 0 is Sunday. */
export const weekdayOf = ({ year, month, day }: WallTime): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay()

function isWeekend(year: number, month: number, day: number): boolean {
  const weekday = weekdayOf({ year, month, day, minute: 0 })
  return weekday === 0 || weekday === 6
}

/** Milliseconds that the zone's clock is ahead of UTC, to the minute. */
function offsetAt(at: Date, timeZone: string): number {
  const { year, month, day, minute } = wallTime(at, timeZone)
  return Date.UTC(year, month - 1, day, 0, minute) - Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS
}

/** The first moment of the new offset, between one of the old and one of the new. */
function endOfLeap(before: number, after: number, timeZone: string): Date {
  let low = before
  let high = after
  const offset = offsetAt(new Date(high), timeZone)
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(new Date(middle), timeZone) === offset) high = middle
    else low = middle
  }
  return new Date(high)
}

/** Making a formatter costs a hundred times what using it does; there are some 400 zones. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const kept = formatters.get(timeZone)
  if (kept) return kept
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  formatters.set(timeZone, formatter)
  return formatter
}
