import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../errors.js'
import type { Account } from './account.js'
import { cannotRun } from './cannot-run.js'

/** How Postgres's programs are started: as the right user, and with nothing of our own environment. */
export function surroundings(account: Account | undefined) {
  return {
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    ...(account && { uid: account.uid, gid: account.gid }),
  }
}

/** Settings as a program of Postgres takes them. */
export function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Runs a program of Postgres to its end. Throws `StartError` with the program's own words when it fails. */
export async function runProgram(
  file: string,
  args: string[],
  account: Account | undefined,
  input: string = '',
): Promise<void> {
  const running = promisify(execFile)(file, args, surroundings(account))
  running.child.stdin?.end(input)
  await running.catch((error: Error & { stderr?: string }) => {
    const words = (error.stderr || messageOf(error)).trim().replaceAll(/\s*\n\s*/g, ' | ')
    throw cannotRun(`${basename(file)} failed, saying: ${words}`, 'Mend that')
  })
}
