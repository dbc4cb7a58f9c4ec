import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOf } from './processes.js'

/**
 * Who holds a server: one empty file each, named after the holder's process and its start. A process that died
 * without letting go is told by that, also when its pid was given to another, so nothing here goes stale.
 */
export interface Hold {
  /** Lets go; says whether it was the last to hold the server. */
  letGo(): Promise<boolean>
}

/** Takes hold of the server whose holders are kept in `folder`. */
export async function takeHold(folder: string): Promise<Hold> {
  await mkdir(folder, { recursive: true })
  const name = `${process.pid}-${await startOf(process.pid)}-${randomBytes(4).toString('hex')}`
  await writeFile(join(folder, name), '')
  return {
    // Gone first, then looks: of two that let go at once at least one finds itself the last.
    async letGo() {
      await rm(join(folder, name), { force: true })
      return !(await isHeld(folder))
    },
  }
}

/** Whether a living process holds the server. Removes what dead ones left. */
export async function isHeld(folder: string): Promise<boolean> {
  let held = false
  for (const name of await readdir(folder)) {
    const [pid, start] = name.split('-').map(Number)
    if (start === (await startOf(pid!))) held = true
    else await rm(join(folder, name), { force: true })
  }
  return held
}
