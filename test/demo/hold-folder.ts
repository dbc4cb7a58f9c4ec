import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../../src/errors.js'

/**
 * Two demos on one folder would empty each other's database.
 *
 * @returns how to let go
 * @throws StartError when a living demo holds it
 */
export function holdFolder(folder: string): () => void {
  const path = join(folder, 'demo.pid')
  const pid = Number(readIfThere(path))
  if (pid && pid !== process.pid && isDemo(pid)) {
    throw new StartError(
      `A demo already runs on ${folder} (process ${pid}). End it, or set DATA_DIR to another folder.`,
    )
  }
  writeFileSync(path, String(process.pid))
  return () => rmSync(path, { force: true })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // Nobody held it.
  }
}

/** A process of that number lives, and, where the system tells, it is a demo. */
function isDemo(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const commandLine = readIfThere(`/proc/${pid}/cmdline`)
  return commandLine === '' || commandLine.includes('demo')
}
