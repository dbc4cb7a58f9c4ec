import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from './cannot-run.js'

const DRAFT = '.secondloop-draft-'
const ABANDONED_AFTER = 60 * 60_000

/**
 * Fills a folder under another name and renames it into place: it is there whole or not at all. Of two that build
 * the same at once the first wins, and both go on with its folder.
 */
export async function buildFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = await mkdtemp(join(dirname(target), DRAFT))
  try {
    await fill(draft)
    await rename(draft, target).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Removes what builders killed half-way left in a folder. */
export async function removeAbandonedDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(DRAFT)) continue
    const draft = join(parent, name)
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > ABANDONED_AFTER) await rm(draft, { recursive: true, force: true })
  }
}
