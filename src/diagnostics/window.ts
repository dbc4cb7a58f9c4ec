const WINDOW_DAYS = 90
const DAY_MS = 86_400_000

/** The time that a diagnostic is about: the invoices made in it. */
export interface DiagnosticWindow {
  readonly from: Date
  readonly until: Date
  /** Since 1970; the end is not within. */
  readonly inSeconds: { readonly from: number; readonly until: number }
}

/** The ninety days up to a moment. */
export function windowUntil(until: Date): DiagnosticWindow {
  const from = new Date(until.getTime() - WINDOW_DAYS * DAY_MS)
  return { from, until, inSeconds: { from: secondsOf(from), until: secondsOf(until) } }
}

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1_000)
