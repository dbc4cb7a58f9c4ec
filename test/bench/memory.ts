import { readFileSync } from 'node:fs'

/** Resident memory of a process in MiB, now and at its most; NaN where there is no /proc. See proc(5), VmRSS and VmHWM. */
export function memoryOf(pid: number | undefined): { readonly nowMiB: number; readonly peakMiB: number } {
  const status = statusOf(pid)
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1_024
  return { nowMiB: field('VmRSS'), peakMiB: field('VmHWM') }
}

function statusOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
