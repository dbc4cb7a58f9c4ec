import type { Spread } from './measure.js'

/** Columns wide enough for their cells; the first is set left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

export const whole = (value: number) => (Number.isNaN(value) ? '-' : Math.round(value).toLocaleString('en'))

export const decimals = (value: number, digits: number) => (Number.isNaN(value) ? '-' : value.toFixed(digits))

/** "0.45 (0.42-0.47)" */
export const withEnds = ({ median, min, max }: Spread, digits: number) =>
  Number.isNaN(median) ? '-' : `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`
