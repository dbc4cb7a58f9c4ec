import { readdirSync, readFileSync } from 'node:fs'

const TICK_MS = 10 // USER_HZ is 100 on every Linux that Node runs on.

/**
 * CPU time that a process has used, in milliseconds, with that of the children it waited for; NaN where there is no
 * /proc. Unlike a rate, it hardly depends on who else uses the machine.
 */
export function cpuOf(pid: number | undefined): number {
  const stat = pid === undefined ? null : statOf(pid)
  return stat ? stat.ticks * TICK_MS : Number.NaN
}

/** The same of a process and its living children: Postgres has one for each connection. */
export function cpuOfFamily(pid: number): number {
  const children = pidsHere()
    .map((one) => statOf(one))
    .filter((stat) => stat?.parent === pid)
  return children.reduce((sum, stat) => sum + (stat?.ticks ?? 0) * TICK_MS, cpuOf(pid))
}

function pidsHere(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Boolean)
  } catch {
    return []
  }
}

/** Fields 4 and 14 to 17 of /proc/<pid>/stat, see proc(5). */
function statOf(pid: number): { parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) }
  } catch {
    return null
  }
}
