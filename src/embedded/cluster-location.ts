import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, closedTo, insistOpen, makeFolder } from './account.js'
import { cannotRun, codeOf } from './cannot-run.js'
import { textOf } from './cluster.js'

const POINTER = 'postgres-moved-to'

/**
 * Where the cluster of a data directory (resolved path) lives, or is to be made: in it, unless `account` cannot reach
 * that. Then it lives below `shared`, where a pointer in the data directory leads, also when the folders above are
 * opened later. Without the pointer a data directory that was removed and made again starts empty.
 */
export async function locateCluster(
  dataDir: string,
  account: Account | undefined,
  shared: string,
  say: (line: string) => void,
): Promise<string> {
  const pointer = join(dataDir, POINTER)
  const moved = await movedTo(dataDir)
  if (moved && !existsSync(moved)) {
    throw cannotRun(
      `${pointer} says that the database lives in ${moved}, and nothing is there`,
      `Bring it back, or remove ${pointer} to start with an empty one`,
    )
  }
  if (moved) {
    say(`Postgres keeps its data in ${moved}.`)
    return moved
  }
  const here = join(dataDir, 'postgres')
  const closed = account && (await closedTo(account, dataDir))
  if (!closed) return here
  // Data that are already here must not be passed over for an empty cluster elsewhere.
  if (existsSync(here)) await insistOpen(account, dataDir)

  await makeFolder(shared, account)
  await insistOpen(account, shared)
  const folder = join(shared, `${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}-${random()}`)
  say(`Postgres keeps its data in ${folder}: it runs as ${account.name}, who may not pass ${closed}.`)
  return folder
}

/**
 * Settles a cluster that was just made as that of a data directory. Of two made elsewhere at once the first stays;
 * gives the folder of the one that did.
 */
export async function settleCluster(folder: string, dataDir: string): Promise<string> {
  if (dirname(folder) === dataDir) return folder
  const pointer = join(dataDir, POINTER)
  const draft = `${pointer}.${random()}`
  await writeFile(draft, `${folder}\n`)
  try {
    // Unlike writing to its name, this makes the pointer whole or not at all, and never over another.
    await link(draft, pointer)
    return folder
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    await rm(folder, { recursive: true })
    return (await movedTo(dataDir))!
  } finally {
    await rm(draft)
  }
}

/** Forgets that the cluster of a data directory lives elsewhere. */
export async function unsettleCluster(dataDir: string): Promise<void> {
  await rm(join(dataDir, POINTER), { force: true })
}

/** Where the pointer in a data directory leads. */
export async function movedTo(dataDir: string): Promise<string | undefined> {
  return (await textOf(join(dataDir, POINTER)))?.trim()
}

const random = () => randomBytes(4).toString('hex')
