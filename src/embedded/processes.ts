import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const LINUX = process.platform === 'linux'

/** The command line of a living process, a space after each word; empty when it is gone or a zombie. */
export async function commandLine(pid: number): Promise<string> {
  return LINUX ? (await proc(pid, 'cmdline')).replaceAll('\0', ' ') : ps(pid, 'args=')
}

/**
 * When a living process started, in some unit: with the pid it tells a process from a later one that got its pid.
 * Undefined when it is gone or a zombie.
 */
export async function startOf(pid: number): Promise<number | undefined> {
  if (!LINUX) return Date.parse(await ps(pid, 'lstart=')) || undefined
  const stat = await proc(pid, 'stat')
  // proc_pid_stat(5): after a name in brackets, which may hold anything, come the state and, 19 fields on, the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : Number(fields[19]) || undefined
}

// Only "no such process" counts as gone: taking a living server for dead because files ran out would do harm.

async function proc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''
    throw error
  })
}

async function ps(pid: number, column: string): Promise<string> {
  const run = promisify(execFile)('ps', ['-ww', '-o', column, '-p', String(pid)])
  const { stdout } = await run.catch((error: { code?: unknown }) => {
    if (error.code === 1) return { stdout: '' }
    throw error
  })
  return `${stdout.trim()} `
}
