import { readFileSync } from 'node:fs'

/**
 * Loaded before a process of the product: its `Date` is as far ahead of the real time as the file in `DRILL_CLOCK` says,
 * in milliseconds. Timers keep to real time, as they do when a machine's clock is set.
 */
const file = process.env.DRILL_CLOCK ?? ''
const RealDate = Date
let ahead = read()

setInterval(() => {
  ahead = read()
}, 25).unref()

function read(): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}

globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [RealDate.now() + ahead] : given) as [number]))
  }

  static override now(): number {
    return RealDate.now() + ahead
  }
} as DateConstructor
