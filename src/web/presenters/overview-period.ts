import { daysLater, momentOf, wallTime } from '../../domain/sending-hours.js'

/** Periods that end now, in days. */
export const PERIODS = [7, 30, 90] as const
const DEFAULT_DAYS = 30
const MOST_DAYS = 366
const DAY_MS = 86_400_000

/** The time that an overview is about. */
export interface OverviewPeriod {
  /** One of `PERIODS`; `null`: the owner chose the days. */
  readonly days: number | null
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** What stands in the form, as it was typed. */
  readonly typed: { readonly first: string; readonly last: string }
  /** Why what was typed can't be shown. */
  readonly fault: string | null
}

interface Asked {
  readonly days?: unknown
  readonly first?: unknown
  readonly last?: unknown
}

/**
 * Reads the period from an address. What can be no period becomes the default one; days that were typed and can't be
 * shown are kept, and said.
 *
 * @param timeZone IANA name: where days begin
 */
export function periodOf({ days, first, last }: Asked, timeZone: string, now: Date): OverviewPeriod {
  const typed = { first: asText(first), last: asText(last) }
  if (typed.first || typed.last) return chosenPeriod(typed, timeZone, now)
  const wanted = PERIODS.find((each) => String(each) === days) ?? DEFAULT_DAYS
  return { ...endingNow(wanted, now), typed: daysOf(wanted, timeZone, now), fault: null }
}

const endingNow = (days: number, now: Date) => ({
  days,
  from: new Date(now.getTime() - days * DAY_MS),
  until: now,
})

function chosenPeriod(typed: OverviewPeriod['typed'], timeZone: string, now: Date): OverviewPeriod {
  const from = midnight(typed.first, timeZone)
  const end = midnight(typed.last, timeZone, 1)
  const refuse = (fault: string) => ({ ...endingNow(DEFAULT_DAYS, now), typed, fault })
  if (!from || !end) return refuse('Choose a first and a last day.')
  if (end <= from) return refuse('The last day is before the first.')
  if (from > now) return refuse('The first day has not come yet.')
  // A day may be an hour longer.
  if (end.getTime() - from.getTime() > (MOST_DAYS + 1) * DAY_MS) return refuse('Choose a year at most.')
  return { days: null, from, until: end > now ? now : end, typed, fault: null }
}

/** @returns `null` for what is no day of the calendar */
function midnight(day: string, timeZone: string, plusDays = 0): Date | null {
  const [, year, month, date] = /^(20\d\d)-(\d\d)-(\d\d)$/.exec(day)?.map(Number) ?? []
  if (!year || !month || !date || new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10) !== day)
    return null
  return momentOf(daysLater({ year, month, day: date, minute: 0 }, plusDays), timeZone)
}

const daysOf = (days: number, timeZone: string, now: Date) => ({
  first: dayIn(new Date(now.getTime() - days * DAY_MS), timeZone),
  last: dayIn(now, timeZone),
})

/** `2026-11-22`: the day that it is then and there. */
export function dayIn(at: Date, timeZone: string): string {
  const { year, month, day } = wallTime(at, timeZone)
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)
}

const asText = (value: unknown) => (typeof value === 'string' ? value.slice(0, 10) : '')
