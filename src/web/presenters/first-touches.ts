import type { FirstTouchTimes } from '../../db/queries/first-touch-times.js'
import { FIRST_TOUCH_PROMISE_MS } from '../../domain/campaign.js'
import { duration } from './ages.js'
import { counted } from './words.js'

export interface FirstTouchView {
  readonly half: string
  readonly most: string
  /** Where marks stand between one second, 0, and beyond the promise, 100. */
  readonly marks: readonly number[]
  /** Below the marks. */
  readonly ticks: readonly { readonly label: string; readonly left: number }[]
  readonly promise: number
  readonly isKept: boolean
  readonly verdict: string
}

/** One second stands at the left edge; the promise short of the right one. */
const SCALE_MS = { from: 1_000, until: 600_000 }
const placeOf = (ms: number) => {
  const share = Math.log(Math.max(ms, SCALE_MS.from) / SCALE_MS.from) / Math.log(SCALE_MS.until / SCALE_MS.from)
  return Math.round(Math.min(1, share) * 10_000) / 100
}

const TICKS = [
  ['1s', 1_000],
  ['10s', 10_000],
  ['1 min', 60_000],
  ['5 min', FIRST_TOUCH_PROMISE_MS],
] as const

/** `null`: no first mail was due in the period. */
export function presentFirstTouches(times: FirstTouchTimes): FirstTouchView | null {
  const { touched, p50, p95, slowest, breaches, spread } = times
  if (touched === 0 && breaches === 0) return null
  const isKept = breaches === 0
  return {
    half: p50 === null ? '–' : duration(p50),
    most: p95 === null ? '–' : duration(p95),
    marks: [...new Set(spread.map(placeOf))],
    ticks: TICKS.map(([label, ms]) => ({ label, left: placeOf(ms) })),
    promise: placeOf(FIRST_TOUCH_PROMISE_MS),
    isKept,
    verdict: isKept
      ? `${touched === 1 ? 'It' : `All ${touched.toLocaleString('en-US')}`} kept the promise, the slowest took ${duration(slowest ?? 0)}`
      : `${counted(breaches, 'first mail')} broke the promise`,
  }
}
