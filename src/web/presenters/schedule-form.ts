import { DIAGNOSTIC_RHYTHMS, type DiagnosticSchedule } from '../../domain/diagnostic-schedule.js'

/** By their numbers: Sunday is 0. */
export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
]

export interface ScheduleFaults {
  readonly threshold?: string
}

interface ReadSchedule {
  /** `null`: something is to be mended first. */
  readonly schedule: (DiagnosticSchedule & { readonly leakThreshold: number | null }) | null
  readonly faults: ScheduleFaults
}

/** What was chosen; a choice that is none of ours is the usual one. */
export function readScheduleForm(form: URLSearchParams): ReadSchedule {
  const every = DIAGNOSTIC_RHYTHMS.find((rhythm) => rhythm === form.get('every')) ?? 'week'
  const typed = (form.get('threshold') ?? '').trim().replace(/\s*%$/, '')
  const threshold = /^\d{1,4}$/.test(typed) ? Number(typed) : null
  const isOff = form.get('tell') !== 'yes'
  if (!isOff && (threshold === null || threshold < 1 || threshold > 1_000)) {
    return { schedule: null, faults: { threshold: 'A whole number of percent, from 1 to 1000.' } }
  }
  const schedule = {
    every,
    weekday: within(form.get('weekday'), 6, 1),
    hour: within(form.get('hour'), 23, 6),
    leakThreshold: isOff ? null : threshold,
  }
  return { schedule, faults: {} }
}

function within(typed: string | null, most: number, usual: number): number {
  const value = /^\d{1,2}$/.test(typed ?? '') ? Number(typed) : usual
  return value <= most ? value : usual
}
