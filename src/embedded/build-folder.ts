import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from './cannot-run.js'

const ABANDONED_AFTER = 60 * 60_000

/**
 * Fills a folder under another name and renames it into place: it is there whole or not at all. Of two that build
 * the same at once the first wins, and both go on with its folder.
 */
export async function buildFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await removeAbandoned(target)
  const folder = await mkdtemp(`${target}.new-`)
  try {
    await fill(folder)
    await rename(folder, target).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a builder killed half-way left behind. */
async function removeAbandoned(target: string): Promise<void> {
  const parent = dirname(target)
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(target)}.new-`)) continue
    const folder = join(parent, name)
    const { mtimeMs } = await stat(folder)
    if (Date.now() - mtimeMs > ABANDONED_AFTER) await rm(folder, { recursive: true, force: true })
  }
}
