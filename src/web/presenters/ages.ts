const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** From here on hours tell nothing more. */
const WEEK = 7 * DAY

/**
 * A span of time as one says it: the largest fitting unit and at most one more, `9s`, `14m`, `5h`, `1d 8h`, `21d`.
 * Nothing is rounded up. Less than a second, or a clock that runs behind, is `under 1s`.
 */
export function duration(ms: number): string {
  if (ms < SECOND) return 'under 1s'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`
  if (ms < DAY) return twoUnits(ms, [HOUR, 'h'], [MINUTE, 'm'])
  if (ms < WEEK) return twoUnits(ms, [DAY, 'd'], [HOUR, 'h'])
  return `${Math.floor(ms / DAY)}d`
}

/** How long it was from one moment to another. */
export const age = (from: Date, to: Date) => duration(to.getTime() - from.getTime())

function twoUnits(ms: number, [large, largeName]: [number, string], [small, smallName]: [number, string]): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)}${largeName}${rest > 0 ? ` ${rest}${smallName}` : ''}`
}
